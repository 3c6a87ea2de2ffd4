"""Le territoire dans un vrai navigateur : à la souris, au clavier, sur un téléphone, sans JavaScript, sans réseau."""

import re

import pytest
from playwright.sync_api import Page, expect

from esperluette.diagnostics.actions.territoire import enregistrer_territoire
from esperluette.indicateurs.imports import charger_chiffres_de_demonstration
from esperluette.territoires.lectures import communes
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique
from tests.fabriques.territoires import communes_reelles, decoupage
from tests.indicateurs.conftest import noter_le_decoupage
from tests.navigateur.aides import TELEPHONE, atteindre_au_clavier, axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
MARIE = "marie@essais.example"
TREVE, PLOUGUENAST = "22376", "22219"


@pytest.fixture
def equipe(transactional_db):
    """Loudéac et toute son intercommunalité, comme en vrai."""
    siege = next(ligne for ligne in decoupage().communes if ligne.code == "22136")
    communes_reelles(*(ligne.code for ligne in decoupage().communes if ligne.epci == siege.epci), "22278", "56215")
    return EquipeFabrique(nom="Équipe du Lié", porteur=CompteFabrique(courriel=MARIE, prenom="Marie", nom="Le Goff"))


def ouvrir(page: Page, site: str, equipe: object, suite: str = "") -> None:
    ouvrir_session(page, site, MARIE)
    page.goto(f"{site}/equipes/{equipe.pk}/territoire/{suite}")  # type: ignore[attr-defined]


def sur_la_carte(page: Page, code: str):
    return page.locator(f'path[data-esp-code="{code}"]')


def ecart(page: Page):
    return page.locator("#ecart")


def codes(equipe) -> set[str]:
    return {c.pk for c in equipe.communes.all()}


def test_a_la_souris_un_clic_sur_la_carte_coche_et_le_diagnostic_suit(page, site, equipe):
    ouvrir(page, site, equipe)
    axe(page)
    treve = sur_la_carte(page, TREVE)
    expect(treve).to_have_attribute("aria-checked", "false")
    treve.click()
    expect(treve).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("heading", name="Le diagnostic de 2 communes")).to_be_visible()
    expect(ecart(page)).to_contain_text("1 commune en plus (Trévé)")
    expect(page.get_by_role("list", name="Communes cochées").get_by_label("Trévé")).to_be_checked()
    expect(page.get_by_role("button", name="Recalculer sans enregistrer")).to_be_hidden()
    assert f"communes={TREVE}" in page.url
    assert codes(equipe) == {"22136"}
    axe(page)
    capturer(page, "territoire")
    page.reload()  # le choix est dans l'adresse
    expect(sur_la_carte(page, TREVE)).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_text("Le territoire de l’équipe est enregistré.")).to_be_visible()
    assert codes(equipe) == {"22136", TREVE}


def test_au_clavier_la_carte_se_parcourt_et_se_coche(page, site, equipe):
    ouvrir(page, site, equipe)
    atteindre_au_clavier(page, 'path[data-esp-code="22136"]')
    page.keyboard.press(" ")  # la commune d'implantation ne se décoche pas, et le dit
    expect(page.get_by_text("est votre commune d’implantation")).to_be_visible()
    page.keyboard.press("ArrowUp")
    ou = page.evaluate("document.activeElement.dataset.espCode")
    assert ou != "22136"
    page.keyboard.press(" ")
    expect(sur_la_carte(page, ou)).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("heading", name="Le diagnostic de 2 communes")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.espCode") == ou
    page.keyboard.press(" ")
    expect(page.get_by_role("heading", name="Le diagnostic de 1 commune")).to_be_visible()
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.espCode") == "22136"
    page.keyboard.press("Tab")  # la carte n'a qu'un arrêt : on en sort d'une touche
    assert page.evaluate("document.activeElement.closest('path')") is None


def test_chaque_commune_de_la_carte_s_atteint_aux_fleches(page, site, equipe):
    ouvrir(page, site, equipe)
    toutes = set(page.locator("path[data-esp-code]").evaluate_all("e => e.map((p) => p.dataset.espCode)"))
    vues, a_voir = set(), ["22136"]
    while a_voir:
        code = a_voir.pop()
        if code in vues:
            continue
        vues.add(code)
        for fleche in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            sur_la_carte(page, code).focus()
            page.keyboard.press(fleche)
            a_voir.append(page.evaluate("document.activeElement.dataset.espCode"))
    assert vues == toutes


def test_la_carte_suit_la_liste(page, site, equipe):
    ouvrir(page, site, equipe)
    page.locator("summary", has_text="Loudéac Communauté").click()
    page.get_by_role("group", name=re.compile("Communes de .*Loudéac")).get_by_label("Trévé").check(force=True)
    expect(sur_la_carte(page, TREVE)).to_have_attribute("aria-checked", "true")
    plein = sur_la_carte(page, "22136").get_attribute("fill")
    assert plein
    expect(sur_la_carte(page, TREVE)).to_have_attribute("fill", plein)


def test_chercher_une_commune_hors_de_la_carte_l_y_ajoute(page, site, equipe):
    ouvrir(page, site, equipe)
    expect(sur_la_carte(page, "22278")).to_have_count(0)
    champ = page.get_by_role("combobox", name="Ajouter une commune")
    champ.press_sequentially("saint-brieuc")
    page.locator(".esp-commune__option", has_text="Saint-Brieuc").click()
    expect(sur_la_carte(page, "22278")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("heading", name="Le diagnostic de 2 communes")).to_be_visible()


def test_un_rayon_et_une_intercommunalite_s_ajoutent_sans_recharger(page, site, equipe):
    ouvrir(page, site, equipe)
    page.locator("summary", has_text="Ajouter une intercommunalité").click()
    page.get_by_label("Ajouter les communes autour de Loudéac").fill("7")
    page.get_by_role("button", name="Ajouter ce rayon").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 3 communes")).to_be_visible()
    page.locator("summary", has_text="Ajouter une intercommunalité").click()
    page.get_by_label("Ajouter une intercommunalité").select_option(index=1)
    page.get_by_role("button", name="Ajouter toutes ses communes").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 38 communes")).to_be_visible()
    axe(page)


def test_deux_onglets_ne_s_ecrasent_pas(page, site, equipe, surveillance):
    surveillance.admettre("422")
    ouvrir(page, site, equipe)
    enregistrer_territoire(equipe, acteur=equipe.porteur.compte, communes=communes([PLOUGUENAST]))
    sur_la_carte(page, TREVE).click()
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_role("heading", name="Deux versions du territoire")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Réunir les deux").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 3 communes")).to_be_visible()
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_text("Le territoire de l’équipe est enregistré.")).to_be_visible()
    assert codes(equipe) == {"22136", TREVE, PLOUGUENAST}


def test_sans_reseau_rien_n_est_perdu(page, site, equipe, surveillance):
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    surveillance.admettre("Failed to fetch")
    surveillance.admettre("htmx:sendError")
    surveillance.admettre("htmx:afterRequest")
    ouvrir(page, site, equipe)
    page.context.set_offline(True)
    sur_la_carte(page, TREVE).click()
    expect(page.get_by_text("Vos communes restent cochées, cet appareil les garde.")).to_be_visible()
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_text("Le réseau manque : rien n’est enregistré")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Le diagnostic de 2 communes")).to_be_visible()
    # Fermé sans enregistrer, l'appareil s'en souvient.
    page.goto(f"{site}/equipes/{equipe.pk}/territoire/")
    page.get_by_role("link", name="Reprendre ce choix").click()
    expect(sur_la_carte(page, TREVE)).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_text("Le territoire de l’équipe est enregistré.")).to_be_visible()
    expect(page.locator("#reprise")).to_be_hidden()


def test_une_session_terminee_se_dit_et_le_choix_reste(page, site, equipe, surveillance):
    surveillance.admettre("401")
    ouvrir(page, site, equipe)
    page.context.clear_cookies()
    sur_la_carte(page, TREVE).click()
    expect(page.get_by_text("Votre session est terminée.")).to_be_visible()
    expect(sur_la_carte(page, TREVE)).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("heading", name="Le diagnostic de 1 commune")).to_be_visible()


def test_trier_un_constat_au_clavier_sur_les_chiffres_de_demonstration(page, site, equipe):
    noter_le_decoupage()
    charger_chiffres_de_demonstration()
    enregistrer_territoire(equipe, acteur=equipe.porteur.compte, communes=communes([TREVE, "22275", "22155"]))
    ouvrir(page, site, equipe)
    expect(page.get_by_role("heading", name="Forces, fragilités, questions à se poser")).to_be_visible()
    axe(page)
    capturer(page, "territoire-chiffres")
    premier = page.locator(".esp-constats__un").first
    phrase = premier.locator(".esp-constats__phrase").inner_text()
    atteindre_au_clavier(page, ".esp-constats__un button[value=garder]", limite=200)
    page.keyboard.press("Enter")
    expect(page.get_by_text("La phrase est gardée")).to_be_visible()
    premier.get_by_role("link", name=re.compile("^Récrire")).click()
    axe(page)
    capturer(page, "constat")
    page.get_by_label("La phrase que vous gardez").fill("Dit avec nos mots.")
    page.get_by_role("button", name="Garder cette phrase").click()
    expect(premier).to_contain_text("Dit avec nos mots.")
    expect(premier).to_contain_text(f"Phrase calculée ce jour-là : {phrase}")
    axe(page)
    page.emulate_media(media="print")
    expect(page.locator("#choix")).to_be_hidden()
    expect(premier).to_be_visible()


def test_sur_un_telephone_rien_ne_deborde(nouvelle_personne, site, equipe):
    page = nouvelle_personne(viewport=TELEPHONE)
    ouvrir(page, site, equipe, f"?communes={TREVE}&communes={PLOUGUENAST}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    sur_la_carte(page, "22275").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 4 communes")).to_be_visible()


def test_sans_javascript_la_liste_fait_tout(nouvelle_personne, site, equipe):
    page = nouvelle_personne(java_script_enabled=False)
    ouvrir(page, site, equipe)
    page.get_by_label("Ajouter une commune").fill("Plouguenast-Langast")
    page.get_by_role("button", name="Ajouter", exact=True).last.click()
    expect(page.get_by_role("heading", name="Le diagnostic de 2 communes")).to_be_visible()
    page.locator("summary", has_text="Loudéac Communauté").click()
    page.locator("#alentour label", has_text="Trévé").click()
    page.get_by_role("button", name="Recalculer sans enregistrer").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 3 communes")).to_be_visible()
    page.locator("summary", has_text="Ajouter une intercommunalité").click()
    page.get_by_label("Ajouter les communes autour de Loudéac").fill("5")
    page.get_by_role("button", name="Ajouter ce rayon").click()
    expect(page.get_by_role("heading", name="Le diagnostic de 4 communes")).to_be_visible()
    page.get_by_role("button", name="Enregistrer ce territoire").click()
    expect(page.get_by_text("Le territoire de l’équipe est enregistré.")).to_be_visible()
    assert codes(equipe) == {"22136", TREVE, PLOUGUENAST, "22275"}
