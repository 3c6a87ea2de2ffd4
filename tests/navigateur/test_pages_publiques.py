"""Les pages publiques dans un vrai navigateur : axe, téléphone, commune cherchée avec et sans JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from esperluette.portail.plan import adresses
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.reconnaissances import ReconnaissanceFabrique
from tests.fabriques.territoires import communes_reelles, petite_bretagne
from tests.navigateur.aides import BUREAU, TELEPHONE, axe, capturer
from tests.portail.chargement import charger_ce_qui_tient

COMMUNES = {
    "Gap": ("05061", "Provence-Alpes-Côte d’Azur", "provence-alpes-cote-d-azur"),
    "Saint-Quentin": ("02691", "Hauts-de-France", "hauts-de-france"),
    "Carhaix-Plouguer": ("29024", "Bretagne", "bretagne"),
}
# Une page d'aide vaut pour toutes : même gabarit.
PAGES = [page for page in adresses() if not page.startswith("/aide/") or page in {"/aide/", "/aide/porteur/"}]


@pytest.fixture
def donnees(transactional_db):
    """Trois communes, leurs contacts, deux équipes reconnues dont une joignable."""
    petite_bretagne()
    communes_reelles(*(code for code, _, _ in COMMUNES.values()))
    charger_ce_qui_tient()
    equipe = EquipeFabrique(nom="Équipe du Lié", courriel="lie@equipe.example")
    MembreFabrique(equipe=equipe)
    ReconnaissanceFabrique(equipe=equipe, joignable=True)
    ReconnaissanceFabrique(forme="msp")


def sans_debord(page: Page) -> None:
    """La page tient dans l'écran : on ne défile jamais de côté."""
    debord = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert debord <= 0, f"{page.url} dépasse de {debord} pixels"


def test_chaque_page_publique_est_accessible_et_tient_sur_un_telephone(page, site, donnees):
    for adresse in PAGES:
        page.set_viewport_size(BUREAU)
        page.goto(site + adresse)
        axe(page)
        page.set_viewport_size(TELEPHONE)
        sans_debord(page)
        page.set_viewport_size({"width": 375, "height": 800})
        sans_debord(page)
        capturer(page, "public" + adresse.replace("/", "-").rstrip("-"))


@pytest.mark.parametrize("nom", COMMUNES)
def test_chercher_sa_commune_avec_javascript(page, site, donnees, nom):
    code, region, cle = COMMUNES[nom]
    page.goto(site)
    champ = page.get_by_role("combobox", name="Votre commune")
    champ.press_sequentially(nom[:5].lower())
    page.get_by_role("option", name=re.compile(nom)).wait_for()
    champ.press("ArrowDown")
    champ.press("Enter")
    page.get_by_role("heading", name=nom, exact=True).wait_for()
    assert page.url == f"{site}/?commune={code}"
    ce_qui_attend(page, region)
    axe(page)
    page.get_by_role("link", name=re.compile("^Le chemin")).first.click()
    page.wait_for_url(f"**/regions/{cle}/")
    expect(page.get_by_role("heading", name="Les étapes")).to_be_visible()


@pytest.mark.parametrize("nom", COMMUNES)
def test_chercher_sa_commune_sans_javascript(nouvelle_personne, site, donnees, nom):
    code, region, _ = COMMUNES[nom]
    page = nouvelle_personne(java_script_enabled=False)
    page.goto(site)
    page.locator("input[name=commune]").fill(nom)
    page.get_by_role("button", name="Voir ce qui vous attend").click()
    ce_qui_attend(page, region)
    page.goto(f"{site}/contacts/")
    page.locator("input[name=commune]").fill(code)
    page.get_by_role("button", name="Trouver mon interlocuteur").click()
    expect(page.get_by_role("heading", name=f"Pour {nom}")).to_be_visible()


def ce_qui_attend(page: Page, region: str) -> None:
    """Région, zonages (ou leur absence dite), interlocuteur, commission, aides, et le bouton qui suit."""
    reponse = page.locator("#reponse")
    expect(reponse).to_contain_text(re.compile(region.replace("’", ".")))
    expect(reponse).to_contain_text("Zonages")
    for titre in ("Votre interlocuteur", "Prochaine commission", "Aides possibles"):
        expect(reponse.get_by_role("heading", name=titre)).to_be_visible()
    expect(reponse.get_by_role("link", name=re.compile("Pouvons-nous former une équipe"))).to_be_visible()


def test_une_page_gardee_en_cache_execute_toujours_ses_scripts(page, site, donnees):
    for _ in range(2):  # la seconde lecture est une revalidation : 304
        page.goto(site)
        page.get_by_role("combobox", name="Votre commune").press_sequentially("loud")
        page.get_by_role("option", name=re.compile("Loudéac")).wait_for()


def test_le_chemin_d_une_region_s_imprime_sans_menu(page, site, donnees):
    page.goto(f"{site}/regions/bretagne/")
    page.emulate_media(media="print")
    expect(page.locator("#menu-principal")).to_be_hidden()
    expect(page.get_by_role("heading", name="Les étapes")).to_be_visible()
    expect(page.get_by_role("navigation", name="Sur cette page")).to_be_hidden()
