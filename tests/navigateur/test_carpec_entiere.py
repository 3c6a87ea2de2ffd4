"""Une CARPEC entière, jouée par les écrans : de l'inscription de trois dossiers à l'équipe reconnue.

Le Lié reçoit un avis favorable, l'Oust un avis favorable avec une réserve, l'Hyvet est ajourné. Rozenn Abgrall se
déporte de l'Oust ; Malo Tanguy part, le quorum est perdu ; Erwan Jégou arrive, il est retrouvé.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Locator, Page, expect

from esperluette.commissions.models import Convocation, Seance
from esperluette.comptes.models import Compte
from esperluette.deliberations.models import AvisRendu
from esperluette.dossiers.models import Dossier
from esperluette.notifications.models import PieceDeCourriel
from tests.fabriques.equipes import commune
from tests.navigateur import commissions as jouer
from tests.navigateur.aides import TELEPHONE, dernier_code
from tests.navigateur.commissions import entrer, regarder

pytestmark = pytest.mark.django_db(transaction=True)
MOTIF = "Le diagnostic du territoire manque : la commission le relira."
RESERVE = "Nommer un référent pour les soins non programmés."


@dataclass
class Carpec:
    """Qui joue, et quoi."""

    seance: Seance
    dossiers: list[Dossier]
    agent: Compte
    secretaire: Compte
    autorite: Compte
    presidente: Compte
    malo: Compte
    erwan: Compte
    rozenn: Compte

    def adresse(self, suite: str = "") -> str:
        return f"/seances/{self.seance.pk}/{suite}"


@pytest.fixture
def carpec(site: str) -> Carpec:
    """Trois dossiers pris en instruction, leur réunion sur site tenue ; quatre sièges pourvus, une séance fixée."""
    lieu = commune()
    agent = jouer.fonction(jouer.personne("Nolwenn", "Le Bris"), lieu, departementale=True, referent=True)
    membres = [
        jouer.personne("Gwenn", "Quéré"), jouer.personne("Malo", "Tanguy"),
        jouer.personne("Erwan", "Jégou"), jouer.personne("Rozenn", "Abgrall"),
    ]  # fmt: skip
    instance = jouer.instance_de(lieu, "carpec")
    jouer.nommer(instance, dict(zip(("Agence", "URPS", "Assurance", "GECO"), membres, strict=True)), preside="Agence")
    dossiers = [jouer.en_instruction(f"Équipe {nom}", agent, lieu=lieu) for nom in ("du Lié", "de l’Oust", "d’Hyvet")]
    secretaire = jouer.fonction(jouer.personne("Soizic", "Guyot"), lieu, departementale=False, secretariat=True)
    autorite = jouer.fonction(jouer.personne("Maud", "Riou"), lieu, departementale=False, autorite=True)
    return Carpec(jouer.seance_du_jour(instance), dossiers, agent, secretaire, autorite, *membres)


def test_une_carpec_entiere(
    carpec: Carpec, nouvelle_personne: Callable[..., Page], site: str, surveillance, tmp_path: Path
) -> None:
    surveillance.admettre("404")  # le dossier dont un membre s'est déporté
    surveillance.admettre("422")  # rendre un avis sans quorum
    agent, secretariat, presidente = (nouvelle_personne() for _ in range(3))
    inscrire_les_trois(agent, site, carpec)
    entrer(secretariat, site, carpec.secretaire, "/commissions/")
    jouer.convoquer(secretariat, site, carpec.seance, "carpec-02")
    l_invitation_se_relit(carpec)
    se_deporter(nouvelle_personne(), site, carpec)
    donner_son_avis_au_telephone(nouvelle_personne(viewport=TELEPHONE), site, carpec)
    tenir_la_seance(secretariat, site, carpec)
    clore(secretariat, carpec)
    valider_le_proces_verbal(presidente, site, carpec, tmp_path)
    lire_l_avis(nouvelle_personne(), nouvelle_personne(), site, carpec)
    jouer.preparer_la_decision(agent, site, carpec.dossiers[0], "Accord", "carpec-40")
    jouer.signer(nouvelle_personne(), site, carpec.autorite, "carpec-41")
    jouer.notifier(agent, site, "carpec-42")
    etre_reconnue(nouvelle_personne(), nouvelle_personne(), site, carpec, tmp_path)


def inscrire_les_trois(agent: Page, site: str, c: Carpec) -> None:
    entrer(agent, site, c.agent, f"/instruction/{c.dossiers[0].reference}/commission/")
    regarder(agent, "carpec-01-inscrire")
    for dossier in c.dossiers:
        jouer.inscrire(agent, site, dossier)
        expect(agent.locator("main")).to_contain_text(re.compile("Il passe en CARPEC"))
    assert [p.dossier for p in c.seance.points.order_by("ordre")] == c.dossiers


def l_invitation_se_relit(c: Carpec) -> None:
    """Chaque convoqué reçoit une invitation d'agenda qu'une autre bibliothèque sait lire."""
    convocations = Convocation.objects.filter(seance=c.seance)
    assert {v.compte for v in convocations} == {c.presidente, c.malo, c.erwan, c.rozenn}
    pieces = PieceDeCourriel.objects.filter(courriel__destinataire=c.erwan.courriel)
    evenement = vobject.readOne(bytes(pieces.get(type_mime__startswith="text/calendar").contenu).decode()).vevent
    assert "Surcouf" in evenement.location.value
    assert str(convocations.get(compte=c.erwan).jeton) in evenement.uid.value


def se_deporter(page: Page, site: str, c: Carpec) -> None:
    """Rozenn est intéressée à l'Oust : le dossier n'existe plus pour elle."""
    entrer(page, site, c.rozenn, f"/commissions/convocations/{c.seance.convocations.get(compte=c.rozenn).jeton}/")
    regarder(page, "carpec-03-convocation")
    page.get_by_role("link", name=re.compile(r"intéressé à ce dossier.*Oust")).click()
    page.locator("main [name=motif]").fill("Ma sœur y exerce.")
    regarder(page, "carpec-04-deport")
    page.get_by_role("button", name="Me déporter de ce dossier").click()
    expect(page.locator("main")).to_contain_text("Vous êtes déporté de 1 dossier")
    expect(page.locator("main")).not_to_contain_text("Oust")
    lie, oust, _ = c.seance.points.order_by("ordre")
    statuts = [page.goto(f"{site}{c.adresse(f'points/{p.pk}/')}").status for p in (lie, oust)]
    assert statuts == [200, 404]


def donner_son_avis_au_telephone(page: Page, site: str, c: Carpec) -> None:
    entrer(page, site, c.erwan, c.adresse())
    regarder(page, "carpec-05-mes-lectures")
    page.get_by_role("link", name="Commencer la lecture").click()
    expect(page.locator("h1")).to_contain_text("du Lié")
    page.get_by_label("Favorable", exact=True).check()
    page.get_by_label(re.compile("^En quelques lignes")).fill("Un projet solide.")
    regarder(page, "carpec-06-lecture")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Rendre mon avis et lire le suivant").click()
    expect(page.locator("h1")).to_contain_text("de l’Oust")


def point(page: Page) -> Locator:
    """Le point affiché au cockpit."""
    return page.locator("[data-esp-point]:not([hidden])")


def noter(page: Page, compte: Compte, mode: str) -> None:
    """Note où en est quelqu'un."""
    page.get_by_role("form", name=str(compte)).get_by_role("button", name=mode).click()


def choisir(page: Page, avis: str) -> None:
    point(page).locator(".esp-choix__option").filter(has_text=re.compile(rf"{avis}\s*$")).click()


def rendre(page: Page, bouton: str, attendu: str) -> None:
    point(page).get_by_role("button", name=bouton).click()
    expect(point(page).locator(".esp-rendu")).to_contain_text(attendu)


def tenir_la_seance(page: Page, site: str, c: Carpec) -> None:
    page.goto(f"{site}{c.adresse('cockpit/')}")
    regarder(page, "carpec-10-avant")
    page.get_by_role("button", name="Ouvrir la séance").click()
    quorum = page.locator("[data-esp-zone=quorum]")
    expect(quorum).to_contain_text("Quorum perdu")
    noter(page, c.presidente, "Présent")
    noter(page, c.malo, "À distance")
    expect(quorum).to_contain_text("Quorum atteint")
    choisir(page, "Favorable")
    le_quorum_se_perd_et_se_retrouve(page, quorum, c)
    expect(point(page).locator(".esp-votes")).to_contain_text("Favorable")  # l'avis écrit d'Erwan
    rendre(page, "Rendre cet avis", "Favorable")
    page.locator("[data-esp-suivant]").click()
    expect(point(page)).to_contain_text("Rozenn Abgrall")
    choisir(page, "Favorable avec réserves")
    point(page).locator("textarea[name=texte]").fill(RESERVE)
    point(page).get_by_role("button", name="Ajouter la réserve").click()
    expect(point(page).get_by_label("Réserve 1")).to_have_value(RESERVE)
    regarder(page, "carpec-12-reserve")
    rendre(page, "Rendre cet avis", RESERVE)
    page.locator("[data-esp-suivant]").click()
    choisir(page, "Ajourn.*")
    point(page).get_by_label(re.compile("^Motif")).first.fill(MOTIF)
    point(page).get_by_label(re.compile("^Motif")).first.blur()
    rendre(page, "Ajourner ce dossier", MOTIF)


def le_quorum_se_perd_et_se_retrouve(page: Page, quorum: Locator, c: Carpec) -> None:
    noter(page, c.malo, "Parti")
    expect(quorum).to_contain_text("Quorum perdu : 1 siège présent, il en faut 2 sur 4. Il en manque 1.")
    point(page).get_by_role("button", name="Rendre cet avis").click()
    refus = page.locator("[data-esp-refus]")
    expect(refus).to_contain_text("Rendre cet avis : ")
    expect(refus).to_contain_text("uorum")
    refus.get_by_role("button", name="J’ai lu").click()
    assert not AvisRendu.objects.filter(rendu_le__isnull=False).exists()
    regarder(page, "carpec-11-quorum-perdu")
    noter(page, c.erwan, "Présent")
    expect(quorum).to_contain_text("Quorum atteint")


def clore(page: Page, c: Carpec) -> None:
    expect(page.locator("[data-esp-etat-saisies]")).to_contain_text("Tout est enregistré")
    page.get_by_role("link", name="Clore la séance").click()
    regarder(page, "carpec-20-clore")
    page.get_by_role("button", name="Clore la séance").click()
    page.wait_for_url(f"**{c.adresse('proces-verbal/')}")
    regarder(page, "carpec-21-proces-verbal")


def valider_le_proces_verbal(page: Page, site: str, c: Carpec, dans: Path) -> None:
    entrer(page, site, c.presidente, c.adresse("proces-verbal/"))
    page.get_by_role("link", name="Valider le procès-verbal").click()
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_label("Code reçu par courriel").fill(dernier_code(page, site, c.presidente.courriel))
    regarder(page, "carpec-22-valider")
    page.get_by_role("button", name="Valider le procès-verbal").click()
    expect(page.locator("main")).to_contain_text("Il ne change plus")
    regarder(page, "carpec-23-valide")
    texte = jouer.telecharger(page, "PDF", dans)
    for attendu in (
        "Malo Tanguy", "Équipe du Lié", "Équipe de l’Oust", "Équipe d’Hyvet",
        "Avis : Favorable Quorum", "Avis : Favorable avec réserves", RESERVE, MOTIF,
    ):  # fmt: skip
        assert attendu in texte, texte
    assert "intéressé à l’affaire : Rozenn Abgrall" in texte, texte
    assert texte.count("Quorum atteint : 2 sièges présents, 2 nécessaires sur 4.") == 3, texte
    assert "Issue : Ajournement" in texte, texte
    # La case tient sur deux lignes : le texte du PDF y mêle la colonne voisine.
    assert re.search(r"\barrivée à \d+ h \d\d, départ à\b.{0,20}\b\d+ h \d\d", texte), texte
    assert "sœur" not in texte


def lire_l_avis(page: Page, autre: Page, site: str, c: Carpec) -> None:
    """L'Oust lit le sens de son avis et sa réserve ; l'Hyvet, pourquoi il est ajourné."""
    _, oust, hyvet = c.dossiers
    entrer(page, site, oust.equipe.porteur.compte, f"/dossiers/{oust.reference}/")
    expect(page.locator("main")).to_contain_text(re.compile("favorable avec réserves", re.IGNORECASE))
    regarder(page, "carpec-30-equipe-avis")
    page.goto(f"{site}/dossiers/{oust.reference}/reserves/")
    expect(page.locator("main")).to_contain_text(RESERVE)
    regarder(page, "carpec-31-equipe-reserves")
    entrer(autre, site, hyvet.equipe.porteur.compte, f"/dossiers/{hyvet.reference}/")
    expect(autre.locator("main")).to_contain_text("La commission a ajourné votre dossier")
    expect(autre.locator("main")).to_contain_text(f"Son motif : {MOTIF}")
    regarder(autre, "carpec-32-equipe-ajournee")


def etre_reconnue(page: Page, public: Page, site: str, c: Carpec, dans: Path) -> None:
    """Le Lié lit son courrier, télécharge son attestation, et paraît à l'annuaire."""
    lie = c.dossiers[0]
    entrer(page, site, lie.equipe.porteur.compte, f"/dossiers/{lie.reference}/decision/")
    expect(page.locator("h1")).to_contain_text("Votre demande est acceptée.")
    regarder(page, "carpec-50-equipe-decision")
    courrier = jouer.telecharger(page, "Télécharger le courrier (PDF)", dans)
    assert "Équipe du Lié" in courrier
    assert "Maud R" in courrier
    page.goto(f"{site}/dossiers/{lie.reference}/")
    expect(page.locator("main")).to_contain_text("Votre équipe est reconnue")
    regarder(page, "carpec-50-equipe-reconnue")
    page.get_by_role("link", name="Voir la reconnaissance").click()
    regarder(page, "carpec-51-reconnaissance")
    expect(page.get_by_role("button", name="Publier nos coordonnées")).to_have_count(0)  # elle n'en a pas encore
    attestation = jouer.telecharger(page, re.compile("Télécharger l’attestation"), dans)
    assert "Équipe du Lié" in attestation
    assert f"Décision sur le dossier {lie.reference}, du" in attestation
    public.goto(f"{site}/annuaire/")
    expect(public.locator("main")).to_contain_text("Équipe du Lié")
    expect(public.locator("main")).not_to_contain_text("Équipe de l’Oust")
    regarder(public, "carpec-52-annuaire")
