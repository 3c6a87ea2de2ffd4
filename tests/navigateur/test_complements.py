"""Une demande de compléments d'un bout à l'autre, dans un vrai navigateur : l'agent remarque, l'équipe répond."""

import pytest
from playwright.sync_api import expect

from esperluette.complements.models import Remarque
from esperluette.instruction.actions import prendre_en_instruction
from tests.fabriques import complements as fabrique
from tests.fabriques import dossiers as fabrique_dossier
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
CHAMP = fabrique.CHAMPS[0]


@pytest.fixture
def acteurs(site):
    equipe = fabrique_dossier.equipe_complete(nom="Équipe du Lié")
    acteurs = fabrique_dossier.acteurs_de(equipe)
    dossier = fabrique_dossier.depose(equipe).dossier
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    return acteurs | {"dossier": dossier}


def test_remarquer_envoyer_repondre_redeposer_relire(site, acteurs, nouvelle_personne):
    dossier = acteurs["dossier"]
    agent, equipe = nouvelle_personne(), nouvelle_personne()
    ouvrir_session(agent, site, acteurs["referente"].courriel)
    ouvrir_session(equipe, site, acteurs["porteuse"].courriel)
    agent.goto(f"{site}/instruction/{dossier.reference}/remarquer/?champ={CHAMP}&extrait=peu mobile")
    agent.locator("textarea[name=texte]").fill("Combien de patients ?")
    agent.get_by_role("button", name="Ajouter la remarque au brouillon").click()
    axe(agent)
    capturer(agent, "complements-preparer")
    agent.get_by_role("button", name="Relire avant d’envoyer").click()
    capturer(agent, "complements-apercu")
    agent.get_by_role("button", name="Envoyer la demande à l’équipe").click()
    expect(agent.locator("main")).to_contain_text("suspendue depuis le")

    equipe.goto(f"{site}/dossiers/{dossier.reference}/")
    expect(equipe.locator("h1")).to_contain_text("À vous : 1 remarque de l’ARS")
    equipe.get_by_role("link", name="Répondre aux remarques de l’ARS").first.click()
    axe(equipe)
    capturer(equipe, "complements-remarques")
    equipe.locator("[data-esp-ma-reponse]").fill("Environ 1 200 patients.")
    expect(equipe.locator("[data-esp-reponse-etat]")).to_contain_text("Enregistré à", timeout=15_000)
    equipe.locator(f"[data-esp-champ='{CHAMP}'] .ProseMirror").fill("Nous partageons 1 200 patients.")
    etat = equipe.locator(f"[data-esp-champ='{CHAMP}'] [data-esp-etat]").first
    expect(etat).to_contain_text("Enregistré à", timeout=15_000)
    assert Remarque.objects.get().reponse == "Environ 1 200 patients."
    equipe.reload()
    expect(equipe.locator("main")).to_contain_text("Chaque remarque a sa réponse")
    equipe.get_by_role("link", name="Relire et figer la version").click()

    fabrique.redeposer(dossier)
    agent.goto(f"{site}/instruction/{dossier.reference}/complements/")
    expect(agent.locator("ins").first).to_be_visible()
    axe(agent)
    capturer(agent, "complements-retour")
    agent.get_by_role("button", name="Lever la remarque").click()
    expect(agent.locator("#remarque-" + str(Remarque.objects.get().pk))).to_contain_text("Levée par")
