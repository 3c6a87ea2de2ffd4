"""Demander une rencontre sans compte ni JavaScript, la fixer ; corriger un contact et revenir. axe à chaque écran."""

import pytest
from playwright.sync_api import Page, expect

from esperluette.interlocuteurs.models import Contact, DemandeDeRencontre
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.interlocuteurs import ContactFabrique
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import TELEPHONE, axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


def regarder(page: Page, nom: str) -> None:
    """axe, une capture, et rien qui déborde d'un téléphone."""
    axe(page)
    capturer(page, nom)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{nom} déborde"


def test_un_elu_ecrit_confirme_et_lit_la_date_de_sa_rencontre(site, nouvelle_personne):
    bretagne = petite_bretagne()
    ContactFabrique(region=bretagne.region, nom="Claude Exemple")
    referente = FonctionFabrique(referent=True, region=bretagne.region).compte
    # axe a besoin de JavaScript : l'élu s'en passe, l'agente l'a.
    elu = nouvelle_personne(java_script_enabled=False, viewport=TELEPHONE)
    elu.goto(f"{site}/rencontre/")
    elu.get_by_label("Votre commune").fill("Loudéac")
    elu.get_by_role("button", name="Trouver mon interlocuteur").click()
    expect(elu.locator("main")).to_contain_text("Claude Exemple")
    elu.get_by_label("Votre message").fill("La commune peut prêter une salle.")
    elu.get_by_text("Élu ou collectivité").click()
    elu.get_by_label("Votre nom").fill("Ange Le Bihan")
    elu.get_by_label("Votre courriel").fill("ange@mairie.example")
    elu.get_by_role("button", name="Envoyer ma demande").click()
    expect(elu.locator("main")).to_contain_text("Il reste à confirmer votre adresse")
    elu.goto(f"{site}/boite/?a=ange@mairie.example")
    elu.locator("main a").filter(has_text="Confirmez").first.click()
    adresse = elu.locator("main").inner_text().split("Confirmer et envoyer : ")[1].split()[0]
    elu.goto(f"{site}/rencontre/{adresse.split('/rencontre/')[1]}")
    elu.get_by_role("button", name="Confirmer et envoyer ma demande").click()
    expect(elu.locator("main")).to_contain_text("La main est à votre interlocuteur")

    agente = nouvelle_personne()
    ouvrir_session(agente, site, referente.courriel)
    agente.goto(f"{site}/rencontre/recues/")
    regarder(agente, "prises-de-contact")
    agente.get_by_role("link", name="Ange Le Bihan").click()
    regarder(agente, "demande-de-rencontre")
    agente.get_by_label("Date", exact=True).fill("2030-01-14")
    agente.get_by_label("Heure").fill("14:30")
    agente.get_by_label("Lieu").fill("Mairie de Loudéac")
    agente.get_by_role("button", name="Fixer la rencontre").click()
    expect(agente.locator("main")).to_contain_text("Rencontre fixée au lundi 14 janvier 2030 à 14:30")
    elu.reload()
    expect(elu.locator("main")).to_contain_text("Mairie de Loudéac")
    assert DemandeDeRencontre.objects.get().etat == "fixee"


def test_l_administratrice_corrige_un_contact_et_revient_en_arriere(site, nouvelle_personne):
    bretagne = petite_bretagne()
    contact = ContactFabrique(region=bretagne.region)
    page = nouvelle_personne()
    ouvrir_session(page, site, FonctionFabrique(admin_regional=True, region=bretagne.region).compte.courriel)
    for ou in ("", "contacts/", "seances/ajouter/", "structures/ajouter/", "reconnaissances/", "recharger/"):
        page.goto(f"{site}/administration/bretagne/{ou}")
        axe(page)
    page.goto(f"{site}/administration/bretagne/contacts/{contact.pk}/")
    page.get_by_label("Téléphone").fill("02 96 00 00 00")
    page.get_by_role("button", name="Enregistrer la fiche").click()
    expect(page.locator("main")).to_contain_text("est enregistré")
    regarder(page, "fiche-de-contact")
    page.get_by_role("link", name="Revenir à l’état d’avant").click()
    regarder(page, "revenir-en-arriere")
    page.get_by_role("button", name="Reprendre ces valeurs").click()
    expect(page.locator("main")).to_contain_text("a retrouvé ses valeurs précédentes")
    assert Contact.objects.get(pk=contact.pk).telephone == ""
