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


def sur_la_rubrique(page, site, dossier):
    """Le champ des chiffres, déjà insérés, dont « population » est contestée."""
    ouvrir_session(page, site, dossier.equipe.porteur.compte.courriel)
    page.goto(f"{site}/dossiers/{dossier.reference}/redaction/territoire/")
    champ = page.locator("#champ-chiffres_territoire")
    champ.get_by_role("button", name="Insérer les chiffres publics").click()
    champ.get_by_text("Contester un chiffre").click()
    champ.get_by_label("Le chiffre").select_option("population")
    champ.get_by_label("Pourquoi").fill("Un lotissement n’est pas compté.")
    champ.get_by_role("button", name="Contester ce chiffre").click()
    expect(champ.get_by_label("Vous contestez")).to_have_value("Un lotissement n’est pas compté.")
    return champ


def couper(page):
    """Plus sévère que `set_offline`, qui laisse passer le dernier envoi d'une page qu'on quitte."""
    page.on("dialog", lambda dialogue: dialogue.accept())
    page.evaluate("() => { window.fetch = async () => { throw new TypeError('réseau coupé'); }; }")


def test_une_copie_reprise_rend_a_chaque_chiffre_son_motif(site, dossier, nouvelle_personne):
    page = nouvelle_personne()
    champ = sur_la_rubrique(page, site, dossier)
    couper(page)
    champ.get_by_label("Votre commentaire").fill("Nous gagnons des habitants.")
    champ.get_by_label("Vous contestez").fill("Deux lotissements ne sont pas comptés.")
    champ.get_by_label("Votre commentaire").focus()
    expect(champ.locator("[data-esp-etat]")).to_contain_text("Hors connexion", timeout=15_000)
    adresse = page.url
    page.goto("about:blank")
    page.goto(adresse)
    with page.expect_response(lambda reponse: reponse.request.method == "POST"):
        champ.get_by_role("button", name="Reprendre ce texte").click()
    page.reload()
    expect(champ.get_by_label("Votre commentaire")).to_have_value("Nous gagnons des habitants.")
    expect(champ.get_by_label("Vous contestez")).to_have_value("Deux lotissements ne sont pas comptés.")


def test_un_motif_en_cours_de_frappe_est_garde_sur_l_appareil(site, dossier, nouvelle_personne):
    page = nouvelle_personne()
    champ = sur_la_rubrique(page, site, dossier)
    couper(page)
    champ.get_by_label("Vous contestez").fill("Un lotissement n’est pas compté, ni l’école.")
    expect(champ.locator("[data-esp-etat]")).to_contain_text("Pas encore enregistré")
    champ.get_by_text("Contester un chiffre").click()
    champ.get_by_label("Le chiffre", exact=True).select_option(index=1)
    choisi = champ.get_by_label("Le chiffre", exact=True).input_value()
    champ.get_by_label("Pourquoi").press_sequentially("Un départ récent.")
    gardees = page.evaluate(
        "Object.entries(localStorage).filter(([c]) => c.startsWith('esp:')).flatMap(([, v]) => JSON.parse(v).entrees)"
    )
    nom = "conteste:chiffres_territoire"
    assert [f"{nom}:population", "Un lotissement n’est pas compté, ni l’école."] in gardees
    assert [nom, choisi] in gardees
    assert [f"{nom}:", "Un départ récent."] in gardees
