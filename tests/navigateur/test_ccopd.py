"""Une CCOPD de Provence-Alpes-Côte d'Azur, par les écrans : de la lettre d'intention au courrier sous un mois."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import vobject
from django.utils import timezone
from playwright.sync_api import Page, expect

from esperluette.commissions.models import Seance
from esperluette.commun.dates import ajouter_mois, en_lettres
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.notifications.models import PieceDeCourriel
from tests.fabriques.equipes import commune
from tests.navigateur import commissions as jouer
from tests.navigateur.commissions import entrer, regarder

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Ccopd:
    """Qui joue, et quoi."""

    seance: Seance
    lettre: Dossier
    agent: Compte
    secretaire: Compte
    autorite: Compte
    porteuse: Compte
    membres: list[Compte]


@pytest.fixture
def ccopd(site: str) -> Ccopd:
    """À Gap, une lettre d'intention prise en instruction ; trois sièges pourvus, une séance fixée."""
    gap = commune("05061")
    agent = jouer.fonction(jouer.personne("Inès", "Blanc"), gap, departementale=True, referent=True)
    lettre = jouer.en_instruction("Équipe du Buëch", agent, lieu=gap, demarche="lettre-intention")
    membres = [jouer.personne("Anne", "Faure"), jouer.personne("Jean", "Roux"), jouer.personne("Odile", "Meyer")]
    instance = jouer.instance_de(gap, "ccopd-05")
    jouer.nommer(instance, dict(zip(("Préfecture", "Assurance", "ordre"), membres, strict=True)), preside="Préfecture")
    secretaire = jouer.fonction(jouer.personne("Luc", "Arnaud"), gap, departementale=True, secretariat=True)
    autorite = jouer.fonction(jouer.personne("Maud", "Riou"), gap, departementale=True, autorite=True)
    seance = jouer.seance_du_jour(instance)
    return Ccopd(seance, lettre, agent, secretaire, autorite, lettre.equipe.porteur.compte, membres)


def test_de_la_lettre_d_intention_au_courrier_sous_un_mois(
    ccopd: Ccopd, nouvelle_personne: Callable[..., Page], site: str, surveillance, tmp_path: Path
) -> None:
    agent, secretariat, equipe = (nouvelle_personne() for _ in range(3))
    entrer(agent, site, ccopd.agent, "/instruction/")
    jouer.inscrire(agent, site, ccopd.lettre)
    expect(agent.locator("main")).to_contain_text("Invité à présenter le projet")
    regarder(agent, "ccopd-01-inscrit")
    entrer(secretariat, site, ccopd.secretaire, "/commissions/")
    jouer.convoquer(secretariat, site, ccopd.seance, "ccopd-02")
    le_porteur_est_invite(equipe, site, ccopd)
    rendre_l_avis(secretariat, site, ccopd)
    le_compte_a_rebours_se_voit(agent, equipe, site, ccopd)
    jouer.preparer_la_decision(agent, site, ccopd.lettre, "Accord", "ccopd-20")
    jouer.signer(nouvelle_personne(), site, ccopd.autorite, "ccopd-21")
    jouer.notifier(agent, site, "ccopd-22")
    lire_la_reponse(equipe, site, ccopd, tmp_path)


def le_porteur_est_invite(page: Page, site: str, c: Ccopd) -> None:
    """La porteuse reçoit son rendez-vous, et le lit."""
    piece = PieceDeCourriel.objects.get(courriel__destinataire=c.porteuse.courriel)
    assert vobject.readOne(bytes(piece.contenu).decode()).vevent.status.value == "CONFIRMED"
    entrer(page, site, c.porteuse, f"/dossiers/{c.lettre.reference}/")
    regarder(page, "ccopd-03-equipe-inscrite")
    page.get_by_role("link", name="Voir mon heure de passage").click()
    expect(page.locator("main")).to_contain_text("Vous êtes attendu")
    regarder(page, "ccopd-04-presentation")


def rendre_l_avis(page: Page, site: str, c: Ccopd) -> None:
    page.goto(f"{site}/seances/{c.seance.pk}/cockpit/")
    page.get_by_role("button", name="Ouvrir la séance").click()
    for membre in c.membres[:2]:
        page.get_by_role("form", name=str(membre)).get_by_role("button", name="Présent").click()
    expect(page.locator("[data-esp-zone=quorum]")).to_contain_text("Quorum atteint")
    le_point = page.locator("[data-esp-point]:not([hidden])")
    le_point.locator(".esp-choix__option").filter(has_text=re.compile(r"Favorable\s*$")).click()
    le_point.get_by_role("button", name="Rendre cet avis").click()
    expect(le_point.locator(".esp-rendu")).to_contain_text("Favorable")
    page.get_by_role("link", name="Clore la séance").click()
    page.get_by_role("button", name="Clore la séance").click()
    page.wait_for_url("**/proces-verbal/")


def le_compte_a_rebours_se_voit(agent: Page, equipe: Page, site: str, c: Ccopd) -> None:
    """Un mois pour répondre : l'agent et l'équipe lisent le même jour."""
    terme = en_lettres(ajouter_mois(timezone.localdate(), 1))
    for page, adresse, nom in (
        (agent, f"/instruction/{c.lettre.reference}/decision/", "ccopd-10-agent-attend"),
        (equipe, f"/dossiers/{c.lettre.reference}/", "ccopd-11-equipe-attend"),
    ):
        page.goto(f"{site}{adresse}")
        expect(page.locator("main")).to_contain_text(terme)
        expect(page.locator("main")).to_contain_text(re.compile(r"dans \d+ jours \(réponse attendue de l’ARS\)"))
        regarder(page, nom)


def lire_la_reponse(page: Page, site: str, c: Ccopd, dans: Path) -> None:
    """L'équipe lit la réponse, son courrier, et l'étape suivante ; plus rien ne court."""
    page.goto(f"{site}/dossiers/{c.lettre.reference}/")
    regarder(page, "ccopd-30-equipe-notifiee")
    expect(page.locator("main")).not_to_contain_text(re.compile(r"dans \d+ jours"))
    page.goto(f"{site}/dossiers/{c.lettre.reference}/decision/")
    expect(page.locator("h1")).to_contain_text("Votre demande est acceptée.")
    expect(page.locator("main")).to_contain_text(re.compile("structure d.appui"))
    regarder(page, "ccopd-31-equipe-decision")
    texte = jouer.telecharger(page, "Télécharger le courrier (PDF)", dans)
    assert "Équipe du Buëch" in texte
    assert "ne reconnaît pas encore votre équipe" in texte
    page.goto(f"{site}/equipes/{c.lettre.equipe_id}/reconnaissance/")
    expect(page.locator("main")).to_contain_text("pas encore enregistré de reconnaissance")
