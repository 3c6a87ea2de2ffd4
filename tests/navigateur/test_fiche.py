"""La fiche de l'agent dans un vrai navigateur : lire ce qui a changé, répondre à la grille, se voir à deux."""

import pytest
from playwright.sync_api import expect

from esperluette.instruction.actions import prendre_en_instruction
from esperluette.instruction.lectures_de_depot import commencer_la_lecture
from esperluette.instruction.models_fiche import LigneDeGrille
from esperluette.instruction.presence import faire_signe
from tests.fabriques import dossiers as fabrique
from tests.fabriques.fiche import collegue, reunion_tenue, second_depot
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acteurs(site):
    equipe = fabrique.equipe_complete(nom="Équipe du Lié")
    acteurs = fabrique.acteurs_de(equipe)
    dossier = fabrique.depose(equipe).dossier
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    commencer_la_lecture(dossier, acteurs["referente"])
    second_depot(dossier, patientele_description="<p>Nous partageons une patientèle jeune, et mobile.</p>")
    return acteurs | {"dossier": dossier}


def test_lire_repondre_se_voir(site, acteurs, nouvelle_personne):
    dossier = acteurs["dossier"]
    faire_signe(dossier, collegue(dossier))
    agent = nouvelle_personne()
    ouvrir_session(agent, site, acteurs["referente"].courriel)
    agent.goto(f"{site}/instruction/{dossier.reference}/")
    expect(agent.locator("main")).to_contain_text("regarde aussi ce dossier")
    expect(agent.locator(".esp-depuis ins").first).to_be_visible()
    axe(agent)
    capturer(agent, "fiche-dossier")
    champ = agent.locator("#champ-patientele_description")
    expect(champ.get_by_role("link", name="Remarquer")).to_be_visible()
    champ.get_by_text("patientèle").first.dblclick()  # sélectionne un mot
    passage = champ.get_by_role("link", name="Remarquer le passage choisi")
    assert "extrait=" in (passage.get_attribute("href") or "")
    passage.click()
    expect(agent.locator("main")).to_contain_text("Remarque")
    agent.go_back()
    agent.get_by_role("button", name="J’ai lu ces changements").click()
    expect(agent.locator("main")).not_to_contain_text("Depuis votre dernière lecture")

    agent.goto(f"{site}/instruction/{dossier.reference}/grille/")
    agent.locator("#critere-trame-suivie").get_by_text("En partie", exact=True).click()
    expect(agent.locator("#critere-trame-suivie")).to_contain_text("Réponse enregistrée.")
    agent.locator("#critere-synthese-texte").fill("Un projet solide.")
    agent.locator("#critere-synthese-texte").blur()
    expect(agent.locator("#critere-synthese")).to_contain_text("Réponse enregistrée.")
    assert set(LigneDeGrille.objects.values_list("critere", "valeur")) == {
        ("trame-suivie", "en_partie"),
        ("synthese", ""),
    }
    axe(agent)
    capturer(agent, "fiche-grille")

    reunion_tenue(dossier, acteurs["referente"])
    agent.goto(f"{site}/instruction/{dossier.reference}/reunion/")
    axe(agent)
    capturer(agent, "fiche-reunion")
    agent.goto(f"{site}/instruction/{dossier.reference}/journal/")
    axe(agent)
    capturer(agent, "fiche-journal")
