"""L'accueil et le simulateur dans un vrai navigateur : mise à jour au clavier, sans JavaScript, accessibilité."""

import re

import pytest
from playwright.sync_api import expect

from esperluette.referentiel.lecture import editions
from tests.fabriques.interlocuteurs import charger_la_bretagne
from tests.fabriques.territoires import communes_reelles, decoupage, petite_bretagne
from tests.navigateur.aides import TELEPHONE, axe, capturer

COMPLETE = (
    "/simulateur/?forme=esp&commune=22136&profession1=10&qualification1=SM54&exercice1=liberal"
    "&profession2=60&exercice2=liberal&statut=association&avancement=cree"
)


@pytest.fixture
def bretagne(transactional_db):
    petite_bretagne()
    cites = {epci for e in editions() for contact in e.local.contacts for epci in contact.territoire.epci}
    communes_reelles(*{ligne.epci: ligne.code for ligne in decoupage().communes if ligne.epci in cites}.values())
    charger_la_bretagne()


def test_choisir_sa_commune_montre_ce_qui_attend_sans_recharger(page, site, bretagne):
    page.goto(site)
    champ = page.get_by_role("combobox", name="Votre commune")
    champ.press_sequentially("loud")
    page.get_by_role("option", name=re.compile("Loudéac")).wait_for()
    champ.press("ArrowDown")
    champ.press("Enter")
    page.get_by_role("heading", name="Votre interlocuteur").wait_for()
    expect(page.get_by_text("Manon MULLER")).to_be_visible()
    assert page.url == f"{site}/?commune=22136"
    axe(page)
    capturer(page, "accueil-commune")


def test_la_reponse_suit_chaque_choix_et_l_adresse_aussi(page, site, bretagne):
    page.goto(f"{site}/simulateur/?commune=22136")
    page.get_by_label("Profession", exact=True).first.select_option(label="Médecin")
    qualification = page.get_by_label("Qualification", exact=True)
    qualification.wait_for()
    qualification.select_option(label="Médecin généraliste")
    page.get_by_label("Exercice", exact=True).first.select_option(label="Libéral")
    page.get_by_label("Profession", exact=True).nth(1).select_option(label="Masseur-kinésithérapeute")
    page.get_by_label("Exercice", exact=True).nth(1).select_option(label="Libéral")
    page.get_by_role("heading", name=re.compile("Oui, vous pouvez former")).wait_for()
    assert "profession2=70" in page.url
    page.get_by_role("button", name="Ajouter une personne").click()
    page.get_by_role("group", name="Personne 3").wait_for()
    page.get_by_role("button", name="Retirer la personne 1").click()
    page.get_by_role("heading", name=re.compile("Pas encore")).wait_for()
    axe(page)
    page.reload()
    assert page.get_by_label("Profession", exact=True).first.input_value() == "70"


def test_un_choix_fait_avant_que_la_page_soit_prete_compte_aussi(page, site, bretagne):
    """Réseau lent : la page se voit, son programme n'est pas encore arrivé, la personne a déjà choisi."""
    retenues = []
    page.route("**/htmx*.js", lambda requete: retenues.append(requete))
    page.goto(f"{site}/simulateur/?commune=22136", wait_until="commit")
    page.get_by_label("Profession", exact=True).first.select_option(label="Médecin")
    while not retenues:
        page.wait_for_timeout(20)
    retenues[0].continue_()
    page.get_by_label("Qualification", exact=True).wait_for()
    assert page.get_by_label("Profession", exact=True).first.input_value() == "10"


def test_une_reponse_en_retard_n_efface_pas_le_choix_qui_la_suit(page, site, bretagne):
    page.goto(f"{site}/simulateur/?commune=22136")
    retenues = []
    page.route("**/simulateur/?*", lambda requete: retenues.append(requete))
    page.get_by_label("Profession", exact=True).first.select_option(label="Médecin")
    while not retenues:
        page.wait_for_timeout(20)
    # Le choix est fait, sa requête n'est pas encore partie : la réponse précédente arrive à ce moment-là.
    exercice = page.get_by_label("Exercice", exact=True).first
    exercice.evaluate("champ => { champ.value = 'liberal'; }")
    with page.expect_response(re.compile("/simulateur/")):
        retenues[0].continue_()
    page.unroute("**/simulateur/?*")
    page.wait_for_timeout(100)
    assert exercice.input_value() == "liberal"
    exercice.dispatch_event("change")
    page.get_by_label("Qualification", exact=True).wait_for()
    assert exercice.input_value() == "liberal"


def test_le_clavier_reste_ou_il_etait_apres_la_mise_a_jour(page, site, bretagne):
    page.goto(f"{site}/simulateur/?commune=22136")
    profession = page.get_by_label("Profession", exact=True).first
    profession.focus()
    with page.expect_response(re.compile("/simulateur/")):
        profession.press("ArrowDown")
    page.get_by_label("Qualification", exact=True).wait_for()
    assert page.evaluate("document.activeElement.id") == "profession1"


def test_copier_le_lien_et_la_creation_gardent_les_reponses(nouvelle_personne, site, bretagne):
    page = nouvelle_personne(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site + COMPLETE)
    page.get_by_role("link", name="Copier le lien").click()
    page.get_by_text("Lien copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == site + COMPLETE
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    axe(page)
    capturer(page, "simulateur")


def test_sur_un_telephone_la_reponse_se_rappelle_en_bas(nouvelle_personne, site, bretagne):
    page = nouvelle_personne(viewport=TELEPHONE)
    page.goto(site + COMPLETE)
    rappel = page.get_by_role("link", name="Voir la réponse")
    rappel.wait_for()
    rappel.click()
    rappel.wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_l_impression_les_sources_se_deplient(page, site, bretagne):
    page.goto(site + COMPLETE)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#resultat details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#resultat details[open]").count() == 0
    page.emulate_media(media="print")
    expect(page.locator("#saisie")).to_be_hidden()
    expect(page.get_by_text("Simulation du")).to_be_visible()


def test_tout_marche_sans_javascript(nouvelle_personne, site, bretagne):
    page = nouvelle_personne(java_script_enabled=False)
    page.goto(f"{site}/simulateur/?commune=22136")
    page.get_by_label("Profession", exact=True).first.select_option("10")
    page.get_by_role("button", name="Mettre à jour").last.click()
    page.get_by_label("Qualification", exact=True).select_option("SM54")
    page.get_by_label("Exercice", exact=True).first.select_option("liberal")
    page.get_by_role("button", name="Ajouter une personne").click()
    page.get_by_label("Profession", exact=True).nth(1).select_option("60")
    page.get_by_label("Exercice", exact=True).nth(1).select_option("liberal")
    page.get_by_label("Profession", exact=True).nth(1).press("Enter")
    page.get_by_role("button", name="Mettre à jour").last.click()
    expect(page.get_by_role("heading", name=re.compile("Oui, vous pouvez former"))).to_be_visible()
    expect(page.get_by_role("link", name="Lien vers cette simulation")).to_be_visible()


@pytest.mark.parametrize("chemin", ["/elus-et-partenaires/", "/agents/", "/demonstration/", "/simulateur/"])
def test_les_autres_pages_publiques_n_ont_pas_de_defaut_d_accessibilite(page, site, bretagne, chemin):
    page.goto(site + chemin)
    axe(page)
    capturer(page, f"portail-{chemin.strip('/')}")


INCOMPLETE = "/simulateur/?forme=esp&commune=22136&profession1=10&exercice1=liberal&statut=aucun"


@pytest.mark.parametrize("javascript", [True, False])
def test_suivre_ce_qui_rapproche_mene_au_oui(nouvelle_personne, site, bretagne, javascript):
    page = nouvelle_personne(java_script_enabled=javascript)
    page.goto(site + INCOMPLETE)
    page.get_by_role("heading", name=re.compile("Pas encore")).wait_for()
    page.get_by_role("heading", name="Ce qui vous en rapproche").wait_for()
    if javascript:
        axe(page)
        capturer(page, "simulateur-rapprochement")
    page.locator(".esp-propositions").first.get_by_role("link").first.click()
    page.get_by_role("heading", name=re.compile("Oui, vous pouvez former")).wait_for()
    assert page.get_by_label("Qualification", exact=True).first.input_value() == "SM54"
    page.get_by_role("heading", name="Se former sans financement").wait_for()
    page.get_by_text("Créez la structure attendue (association loi 1901).").first.wait_for()


def test_changer_de_region_et_de_forme_sans_commune(page, site, bretagne):
    page.goto(f"{site}/simulateur/")
    page.get_by_label("Ou seulement la région").select_option("bretagne")
    page.get_by_role("radio", name=re.compile("MSP")).check(force=True)
    page.get_by_role("heading", name="Ce qu’il faut réunir pour une MSP").wait_for()
    page.get_by_role("link", name="Ajouter : Médecin généraliste").click()
    page.get_by_role("heading", name=re.compile("Pas encore")).wait_for()
    page.locator(".esp-propositions").get_by_text(
        "Ajoutez un second médecin généraliste et un paramédical"
    ).first.wait_for()
    assert "forme=msp" in page.url
    axe(page)


def test_un_zonage_se_demande_et_la_reponse_se_dit_declaree(page, site, bretagne):
    page.goto(
        f"{site}/simulateur/?region=provence-alpes-cote-d-azur&profession1=10&qualification1=SM54&exercice1=liberal"
        "&profession2=60&exercice2=liberal&statut=association&avancement=cree"
    )
    page.get_by_role("heading", name=re.compile("Oui, vous pouvez former")).wait_for()
    page.get_by_text("Précisez le classement du territoire (").first.wait_for()
    axe(page)
    capturer(page, "simulateur-zonages")
    question = page.get_by_role("group", name=re.compile("Zone d'intervention prioritaire"))
    question.get_by_label("Oui").check(force=True)
    page.get_by_text("(déclaré)").first.wait_for()
    assert "zone-zip=oui" in page.url
    expect(page.get_by_text("10 000 €").first).to_be_visible()
