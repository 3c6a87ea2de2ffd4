"""Un chiffre demandé à l'ARS, dans un vrai navigateur : la demande, la réponse, ce que chacun en lit."""

import pytest
from playwright.sync_api import expect

from esperluette.sollicitations.models import Sollicitation
from tests.fabriques import dossiers as fabrique
from tests.fabriques.sollicitations import LIBELLE, sollicitation
from tests.navigateur.aides import BUREAU, TELEPHONE, atteindre_au_clavier, axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acteurs(site):
    equipe = fabrique.equipe_complete(nom="Équipe du Lié")
    return fabrique.acteurs_de(equipe) | {"dossier": fabrique.brouillon(equipe)}


def test_demander_un_chiffre_y_repondre_et_le_lire(site, acteurs, nouvelle_personne, surveillance):
    dossier, membre, agente = acteurs["dossier"], nouvelle_personne(), nouvelle_personne()
    sollicitation(dossier, libelle="Passages aux urgences des habitants de nos communes")
    ouvrir_session(membre, site, acteurs["membre"].courriel)
    membre.goto(f"{site}/dossiers/{dossier.reference}/chiffres/")
    axe(membre)
    membre.get_by_label("Le chiffre dont vous avez besoin").fill(LIBELLE)
    membre.get_by_label("Précisions").fill("Pour 2024, dans les communes du Lié.")
    atteindre_au_clavier(membre, "button:has-text('Envoyer la demande')")
    membre.keyboard.press("Enter")
    expect(membre.locator("main")).to_contain_text("Votre demande est partie.")
    expect(membre.locator("main")).to_contain_text(LIBELLE)
    axe(membre)
    capturer(membre, "chiffres-equipe")

    ouvrir_session(agente, site, acteurs["referente"].courriel)
    agente.goto(f"{site}/instruction/chiffres/")
    expect(agente.locator("main")).to_contain_text("Équipe du Lié")
    axe(agente)
    capturer(agente, "chiffres-agent-liste")
    agente.get_by_role("link", name=LIBELLE).click()
    expect(agente.locator("main")).to_contain_text("son brouillon ne vous est pas montré")
    surveillance.admettre("status of 422")
    agente.get_by_role("button", name="Envoyer le chiffre").click()
    expect(agente.locator("main")).to_contain_text("Dites d’où vient ce chiffre.")
    axe(agente)
    agente.get_by_label("Valeur").fill("1 234,5")
    agente.get_by_label("Unité").fill("patients")
    agente.get_by_label("Source").fill("Chiffre inventé pour l’essai")
    agente.get_by_label("Millésime").fill("2024")
    agente.set_viewport_size(TELEPHONE)
    assert agente.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    capturer(agente, "chiffres-agent-reponse")
    agente.get_by_role("button", name="Envoyer le chiffre").click()
    expect(agente.locator("main")).to_contain_text("Votre réponse est envoyée.")

    membre.set_viewport_size(TELEPHONE)
    membre.goto(f"{site}/dossiers/{dossier.reference}/chiffres/")
    expect(membre.locator("main")).to_contain_text("Chiffre inventé pour l’essai, 2024")
    assert membre.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(membre)
    capturer(membre, "chiffres-equipe-reponse")
    assert Sollicitation.objects.filter(issue="fourni").count() == 1

    membre.set_viewport_size(BUREAU)
    membre.goto(f"{site}/dossiers/{dossier.reference}/redaction/territoire/")
    expect(membre.locator("main")).to_contain_text("Chiffre inventé pour l’essai, 2024")
    axe(membre)
    capturer(membre, "chiffres-rubrique")
    membre.get_by_role("link", name="Demander un chiffre à l’ARS").click()
    expect(membre.get_by_label("Pour quelle rubrique")).to_have_value("territoire")
