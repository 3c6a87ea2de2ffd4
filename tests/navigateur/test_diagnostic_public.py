"""Le diagnostic public dans un vrai navigateur : axe sur cartes et dessins, clavier, téléphone, noir et blanc."""

import pytest
from playwright.sync_api import expect

from tests.fabriques.indicateurs import charger
from tests.fabriques.territoires import communes_reelles, decoupage, petite_bretagne
from tests.navigateur.aides import BUREAU, TELEPHONE, axe, capturer
from tests.navigateur.test_pages_publiques import sans_debord

LOUDEAC_COMMUNAUTE = "200067460"
ADRESSE = f"/territoires/{LOUDEAC_COMMUNAUTE}/"


@pytest.fixture
def territoire(transactional_db):
    """Une intercommunalité entière et un chiffre fictif par commune, dont un tu."""
    petite_bretagne()
    codes = [ligne.code for ligne in decoupage().communes if ligne.epci == LOUDEAC_COMMUNAUTE]
    communes_reelles(*codes)
    valeurs = {code: 1 + rang / 4 for rang, code in enumerate(sorted(codes))}
    charger("apl_medecins", valeurs | {codes[0]: None}, tues=[codes[0]])
    return codes


def ouvrir_tout(page):
    """Déplie chaque tableau et chaque dessin."""
    page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")


def test_la_page_ses_cartes_et_ses_dessins_sont_accessibles(page, site, territoire):
    page.set_viewport_size(BUREAU)
    page.goto(f"{site}{ADRESSE}?carte=apl_medecins")
    carte = page.get_by_role("img", name="Accès aux médecins généralistes (APL)").first
    expect(carte).to_be_visible()
    ouvrir_tout(page)
    expect(page.locator("svg.esp-dessin").first).to_be_visible()
    axe(page)
    capturer(page, "diagnostic-public")
    for largeur in (TELEPHONE, {"width": 375, "height": 800}):
        page.set_viewport_size(largeur)
        sans_debord(page)
    capturer(page, "diagnostic-public-telephone")


def test_on_trouve_un_territoire_et_on_change_de_carte_au_clavier_sans_javascript(nouvelle_personne, site, territoire):
    page = nouvelle_personne(java_script_enabled=False)
    page.goto(f"{site}/territoires/")
    page.get_by_role("searchbox", name="Une intercommunalité").fill("Loudéac")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Loudéac").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Loudéac")
    choix = page.get_by_label("Ce que la carte montre")
    choix.select_option("apl_medecins")
    page.get_by_role("button", name="Voir la carte").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Accès aux médecins généralistes (APL)").first).to_be_visible()
    expect(choix).to_have_value("apl_medecins")


def test_imprime_en_noir_et_blanc_tout_est_deplie(page, site, territoire):
    page.goto(f"{site}{ADRESSE}?carte=apl_medecins")
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
    expect(page.get_by_role("button", name="Voir la carte")).to_be_hidden()
    expect(page.locator("figure.esp-chiffres-dessin").first).to_be_visible()
    capturer(page, "diagnostic-public-gris")
