"""Le champ « commune » dans un vrai navigateur : au clavier, à la souris, sans JavaScript, dans un fragment."""

import pytest
from playwright.sync_api import Page, expect

from tests.fabriques.territoires import communes_reelles, petite_bretagne
from tests.navigateur.aides import axe, capturer


@pytest.fixture
def essai(transactional_db, settings, site) -> str:
    """L'adresse d'une page qui porte les deux champs, et quelques communes en base."""
    settings.ROOT_URLCONF = "tests.territoires.page_d_essai"
    petite_bretagne()
    communes_reelles("93066", "97411", "11339", "30247")  # quatre Saint-Denis
    return f"{site}/essai/"


def code(page: Page) -> str:
    return page.locator("input[name=lieu_code]").input_value()


def test_on_choisit_au_clavier(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("loud")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(saisie).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").first).to_contain_text("1 commune proposée")
    axe(page)
    saisie.press("ArrowDown")
    expect(saisie).to_have_attribute("aria-activedescendant", "id_lieu_propositions_0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    capturer(page, "champ-commune")
    saisie.press("Enter")
    expect(saisie).to_have_value("Loudéac (22)")
    expect(saisie).to_have_attribute("aria-expanded", "false")
    assert code(page) == "22136"
    saisie.press("Enter")
    expect(page.locator("#recu")).to_have_text("22136")


def test_les_fleches_tournent_et_echap_referme(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("saint-denis")
    expect(page.get_by_role("option")).to_have_count(4)
    saisie.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    saisie.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    saisie.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(saisie).to_have_value("saint-denis")
    saisie.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(4)


def test_tabulation_garde_la_proposition_visee(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("saint-denis")
    expect(page.get_by_role("option")).to_have_count(4)
    saisie.press("ArrowDown")
    saisie.press("ArrowDown")
    saisie.press("Tab")
    expect(saisie).to_have_value("Saint-Denis (93)")
    assert code(page) == "93066"


def test_on_choisit_a_la_souris_et_retaper_oublie_le_choix(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("saint-denis")
    page.get_by_role("option").filter(has_text="Gard").click()
    expect(saisie).to_have_value("Saint-Denis (30)")
    assert code(page) == "30247"
    saisie.press("Backspace")
    assert code(page) == ""


def test_sans_reponse_on_le_dit(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("zzzz")
    expect(page.get_by_role("status").first).to_have_text("Aucune commune trouvée.")
    expect(saisie).to_have_attribute("aria-expanded", "false")


def test_si_le_reseau_tombe_la_saisie_reste_possible(page, essai, surveillance):
    surveillance.admettre("ERR_FAILED")
    page.goto(essai)
    page.route("**/communes/chercher/**", lambda route: route.abort())
    saisie = page.get_by_role("combobox", name="Commune d’implantation")
    saisie.press_sequentially("loud")
    expect(page.get_by_role("status").first).to_contain_text("La recherche ne répond pas")
    saisie.fill("Loudéac")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#recu")).to_have_text("22136")


def test_plusieurs_communes_s_ajoutent_et_se_decochent(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Territoire")
    for nom in ("loud", "rostre", "fouge"):
        saisie.press_sequentially(nom)
        expect(page.get_by_role("option")).to_have_count(1)
        saisie.press("Enter")
        expect(saisie).to_have_value("")
    expect(page.get_by_role("status").last).to_have_text("Fougères (35) ajoutée.")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    page.locator("label", has_text="Rostrenen").click()  # le DSFR dessine la case dans l’étiquette
    axe(page)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#recu")).to_have_text("22136 35115")


def test_la_meme_commune_ne_s_ajoute_qu_une_fois(page, essai):
    page.goto(essai)
    saisie = page.get_by_role("combobox", name="Territoire")
    for _ in range(2):
        saisie.press_sequentially("loud")
        expect(page.get_by_role("option")).to_have_count(1)
        saisie.press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(1)


def test_un_fragment_insere_par_htmx_a_les_memes_champs(page, essai):
    page.goto(essai)
    page.get_by_role("button", name="Un autre").click()
    saisie = page.locator("#id_autre-lieu")
    expect(saisie).to_have_role("combobox")
    saisie.press_sequentially("vann")
    expect(page.get_by_role("option")).to_have_count(1)
    saisie.press("ArrowDown")
    saisie.press("Enter")
    assert page.locator("input[name=autre-lieu_code]").input_value() == "56260"


def test_sans_javascript_la_page_propose_un_choix_et_garde_la_saisie(nouvelle_personne, essai):
    page = nouvelle_personne(java_script_enabled=False)
    page.goto(essai)
    page.get_by_label("Commune d’implantation").fill("saint-denis")
    page.get_by_label("Territoire").fill("loudéac, rostrenen")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Plusieurs communes correspondent à « saint-denis »")).to_be_visible()
    expect(page.get_by_label("Commune d’implantation")).to_have_value("saint-denis")
    expect(page.get_by_label("Territoire")).to_have_value("loudéac, rostrenen")
    capturer(page, "champ-commune-choix")
    page.locator("label", has_text="Aude").click()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#recu")).to_have_text("11339 22136 22266")


def test_avec_javascript_le_choix_propose_disparait_des_qu_on_retape(page, essai):
    page.goto(essai)
    saisie = page.get_by_label("Commune d’implantation")
    saisie.fill("saint-denis")
    saisie.press("Enter")
    expect(page.get_by_role("radio")).to_have_count(4)
    axe(page)
    saisie.fill("rennes")
    expect(page.get_by_role("radio")).to_have_count(0)
    saisie.press("Enter")
    expect(page.locator("#recu")).to_have_text("35238")
