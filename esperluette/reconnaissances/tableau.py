"""Ce que les reconnaissances ajoutent aux pages des autres : l'équipe, ses dossiers, la fiche de l'agent."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.commun.dates import en_lettres
from esperluette.dossiers.contributions import Bloc
from esperluette.dossiers.contributions import Onglet as OngletDeDossier
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import edition_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes import droits as droits_equipe
from esperluette.equipes.enums import EtatEtape
from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import VOUS, Etape, Onglet
from esperluette.instruction.contributions import Signalement
from esperluette.reconnaissances.droits import peut_ouvrir_un_avenant
from esperluette.reconnaissances.lectures import alerte_ouverte, reconnaissances_de, retrait_ouvert
from esperluette.reconnaissances.models import Alerte, Reconnaissance


def onglets(equipe: Equipe, _compte: Any) -> Iterator[Onglet]:
    """La reconnaissance de l'équipe, et ce qu'elle en publie."""
    if reconnaissances_de(equipe):
        yield Onglet("reconnaissance", "Reconnaissance", reverse("reconnaissances:equipe", args=[equipe.pk]), 80)


def etapes(equipe: Equipe, compte: Any) -> Iterator[Etape]:
    """Ce qui arrive à la reconnaissance et demande l'équipe : une composition à rétablir, un retrait envisagé."""
    main = VOUS if droits_equipe.peut_modifier(compte, equipe) else str(equipe.porteur)
    for reconnaissance in reconnaissances_de(equipe):
        if (alerte := alerte_ouverte(reconnaissance)) is not None:
            yield Etape(
                "composition-reconnue", "Rétablir la composition", EtatEtape.EN_COURS, phrase_de_l_alerte(alerte),
                lien=reverse("equipes:membres", args=[equipe.pk]), geste="Voir les membres", main=main, en_tete=True,
            )  # fmt: skip
        if (retrait := retrait_ouvert(reconnaissance)) is not None and retrait.observations_le is None:
            yield Etape(
                "retrait-envisage", "Répondre à l’ARS", EtatEtape.EN_COURS,
                "L’ARS envisage de retirer la reconnaissance de l’équipe. Rien n’est décidé : vous pouvez répondre "
                f"jusqu’au {retrait.reponse_avant_le:%d/%m/%Y}.",
                lien=reverse("reconnaissances:repondre", args=[equipe.pk, retrait.pk]), geste="Lire et répondre",
                main=main, en_tete=True,
            )  # fmt: skip


def phrase_de_l_alerte(alerte: Alerte) -> str:
    """Ce qui manque, jusqu'à quand, et ce qui n'arrivera pas tout seul."""
    if alerte.delai_le is None:
        delai = "L’ARS n’a pas encore fixé de délai."
    elif alerte.delai_passe:
        delai = f"Le délai, le {alerte.delai_le:%d/%m/%Y}, est passé : écrivez à votre ARS."
    else:
        delai = f"À rétablir avant le {alerte.delai_le:%d/%m/%Y} ({alerte.get_delai_origine_display().lower()})."
    return f"La composition de l’équipe reconnue est sous le minimum. {' '.join(alerte.constats)} {delai}"


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """Un dossier repris se dit ; sur un projet accepté, la reconnaissance qu'il ouvre, la composition à rétablir, et
    l'avenant qui le modifierait.
    """
    if dossier.reprise:
        yield Bloc(
            "reprise", "Dossier repris",
            "Il a été instruit avant Esperluette : ses dates sont les vraies, son projet est dans les pièces jointes.",
            ordre=10,
        )  # fmt: skip
    if dossier.etat != Etat.ACCEPTE or dossier.avenant_de_id is not None:
        return
    siennes = reconnaissances_de(dossier.equipe)
    for reconnaissance in siennes:
        if reconnaissance.dossier_id == dossier.pk and reconnaissance.est_en_cours:
            yield Bloc(
                "reconnaissance", "Votre équipe est reconnue",
                f"Reconnaissance {reconnaissance.numero}, depuis le {en_lettres(reconnaissance.debut)}. "
                "Vous y trouvez son attestation.",
                reverse("reconnaissances:equipe", args=[dossier.equipe_id]), "Voir la reconnaissance", ordre=15,
            )  # fmt: skip
    for reconnaissance in siennes:
        if (alerte := alerte_ouverte(reconnaissance)) is not None:
            lien = reverse("equipes:membres", args=[dossier.equipe_id])
            yield Bloc(
                "composition",
                "Composition à rétablir",
                phrase_de_l_alerte(alerte),
                lien,
                "Voir les membres",
                urgent=True,
            )
            break
    if _ouvre_a_un_avenant(dossier) and peut_ouvrir_un_avenant(compte, dossier):
        yield Bloc(
            "avenant", "Quelque chose change dans votre projet ?",
            "Un membre, un axe, le territoire : un avenant reprend le projet accepté. Celui-ci reste la référence "
            "jusqu’à la décision de l’ARS.",
            reverse("reconnaissances:ouvrir_avenant", args=[dossier.reference]), "Ouvrir un avenant",
        )  # fmt: skip


def page_de_la_suite(dossier: Dossier) -> str:
    """La reconnaissance que ce dossier a ouverte, une fois en cours ; vide sinon."""
    ouverte = any(r.dossier_id == dossier.pk and r.est_en_cours for r in reconnaissances_de(dossier.equipe))
    return reverse("reconnaissances:equipe", args=[dossier.equipe_id]) if ouverte else ""


def _ouvre_a_un_avenant(dossier: Dossier) -> bool:
    edition = edition_de(dossier)
    return edition.avenant is not None and edition.demarche(dossier.demarche).reconnait is not None


def onglets_de_dossier(dossier: Dossier, _compte: Any) -> Iterator[OngletDeDossier]:
    """Côté équipe, sur un avenant : ce qu'il change au projet accepté."""
    if dossier.avenant_de_id is not None:
        lien = reverse("reconnaissances:avenant", args=[dossier.reference])
        yield OngletDeDossier("avenant", "Ce qui change", lien, ordre=20)


def onglets_d_agent(dossier: Dossier, _compte: Any) -> Iterator[OngletDeDossier]:
    """Côté agent, sur un avenant : ce qu'il change au projet accepté."""
    if dossier.avenant_de_id is not None:
        lien = reverse("reconnaissances:avenant_agent", args=[dossier.reference])
        yield OngletDeDossier("avenant", "Ce qui change", lien, ordre=5)


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """Ce que l'agent doit savoir de l'équipe : reprise, avenant, composition tombée, suspension, retrait envisagé."""
    if dossier.reprise:
        yield Signalement(
            "Dossier repris",
            "Il a été instruit avant Esperluette : ses dates sont celles qu’on a données à la reprise, "
            "ses pièces les actes d’alors.",
        )  # fmt: skip
    for reconnaissance in reconnaissances_de(dossier.equipe):
        if reconnaissance.est_en_cours:
            yield from _ce_qui_arrive(reconnaissance)


def _ce_qui_arrive(reconnaissance: Reconnaissance) -> Iterator[Signalement]:
    lien = reverse("reconnaissances:fiche", args=[reconnaissance.pk])
    if (alerte := alerte_ouverte(reconnaissance)) is not None:
        texte = f"{' '.join(alerte.constats)} " + (
            f"À rétablir avant le {alerte.delai_le:%d/%m/%Y}." if alerte.delai_le else "Aucun délai n’est fixé."
        )
        yield Signalement("Composition sous le minimum", texte, "attention", lien, "Suivre l’équipe")
    if (suspension := reconnaissance.suspension_en_cours) is not None:
        texte = f"La reconnaissance n° {reconnaissance.numero} est suspendue depuis le {suspension.debut:%d/%m/%Y}."
        yield Signalement("Reconnaissance suspendue", texte, "attention", lien, "Voir la suspension")
    if (retrait := retrait_ouvert(reconnaissance)) is not None:
        texte = (
            "L’équipe a répondu."
            if retrait.observations_le
            else f"L’équipe peut répondre jusqu’au {retrait.reponse_avant_le:%d/%m/%Y}."
        )
        yield Signalement("Retrait envisagé", texte, "attention", lien, "Voir la procédure")
