"""Des chiffres publics dans un projet, dans un vrai navigateur : insérer, commenter, contester, figer."""

import pytest
from playwright.sync_api import expect

from tests.fabriques import chiffres
from tests.fabriques import dossiers as fabrique
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import TELEPHONE, atteindre_au_clavier, axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dossier(site):
    petite_bretagne()
    chiffres.charger()
    return fabrique.brouillon(fabrique.equipe_complete(nom="Équipe du Lié"))


def test_inserer_commenter_contester_et_figer(site, dossier, nouvelle_personne):
    page = nouvelle_personne()
    ouvrir_session(page, site, dossier.equipe.porteur.compte.courriel)
    page.goto(f"{site}/dossiers/{dossier.reference}/redaction/territoire/")
    champ = page.locator("#champ-chiffres_territoire")
    atteindre_au_clavier(page, "button:has-text('Insérer les chiffres publics')")
    page.keyboard.press("Enter")
    expect(champ).to_contain_text("9\u202f600")
    champ.get_by_label("Votre commentaire").fill("Nous gagnons des habitants.")
    expect(champ.locator("[data-esp-etat]")).to_contain_text("Enregistré à")
    champ.get_by_text("Contester un chiffre").click()
    champ.get_by_label("Le chiffre").select_option("population")
    champ.get_by_label("Pourquoi").fill("Un lotissement n’est pas compté.")
    champ.get_by_role("button", name="Contester ce chiffre").click()
    expect(champ.locator("tr", has_text="Habitants").first).to_contain_text("Contesté")
    expect(champ.get_by_label("Vous contestez")).to_have_value("Un lotissement n’est pas compté.")
    expect(champ.get_by_label("Votre commentaire")).to_have_value("Nous gagnons des habitants.")
    axe(page)
    capturer(page, "chiffres-publics-rubrique")
    champ.get_by_role("button", name="Figer ces chiffres").click()
    expect(champ).to_contain_text("Ces chiffres sont figés")
    page.set_viewport_size(TELEPHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    capturer(page, "chiffres-publics-figes")
    page.goto(f"{site}/dossiers/{dossier.reference}/signature/")
    expect(page.locator(".encart")).to_contain_text("Contesté par l’équipe (1)")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    capturer(page, "chiffres-publics-apercu")


def test_la_reponse_enregistree_est_celle_de_la_page(site, dossier, nouvelle_personne):
    page = nouvelle_personne()
    ouvrir_session(page, site, dossier.equipe.porteur.compte.courriel)
    page.goto(f"{site}/dossiers/{dossier.reference}/redaction/territoire/")
    champ = page.locator("#champ-chiffres_territoire")
    champ.get_by_role("button", name="Insérer les chiffres publics").click()
    champ.get_by_label("Votre commentaire").fill("Un mot.")
    expect(champ.locator("[data-esp-etat]")).to_contain_text("Enregistré à")
    page.reload()
    expect(champ.get_by_label("Votre commentaire")).to_have_value("Un mot.")
    expect(champ).to_contain_text("suivent les données")
    champ.get_by_role("button", name="Retirer").click()
    expect(champ).to_contain_text("Pas encore de chiffres ici")
