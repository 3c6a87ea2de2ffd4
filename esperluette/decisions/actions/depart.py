"""Notifier : chaque décision franchit l'état de son dossier, ou dit pourquoi elle reste."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.decisions import courriels, cycle, droits, registres
from esperluette.decisions.actions.preparation import possible, verrouiller
from esperluette.decisions.documents import produire_le_pdf
from esperluette.decisions.enums import EtatDecision, Sens
from esperluette.decisions.lectures import courrier_de
from esperluette.decisions.models import Decision
from esperluette.documents.lectures import est_intact
from esperluette.documents.moteur import GabaritInvalide, ProductionImpossible
from esperluette.dossiers.cycle import franchir
from esperluette.journal.actions import consigner

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Depart:
    """Ce qu'a donné l'envoi d'une décision : partie, ou la raison pour laquelle elle reste."""

    decision: Decision
    raison: str = ""

    @property
    def partie(self) -> bool:
        """L'équipe a reçu la décision."""
        return not self.raison


def notifier_ensemble(decisions: Sequence[Decision], *, acteur: Compte) -> list[Depart]:
    """Notifie chaque décision dans sa propre transaction : un échec n'empêche pas les autres, et se dit.

    À appeler hors de toute transaction.
    """
    return [_tenter(decision, acteur) for decision in decisions]


def _tenter(decision: Decision, acteur: Compte) -> Depart:
    try:
        return Depart(notifier(decision, acteur=acteur))
    except ErreurMetier as erreur:
        return Depart(decision, str(erreur))
    except Exception:  # noqa: BLE001 — un incident sur l'une n'empêche pas les autres de partir
        journal.exception("Notification de la décision %s : échec inattendu.", decision.pk)
        return Depart(
            decision, "Un incident nous a empêchés de la notifier. Réessayez ; s’il se répète, prévenez-nous."
        )


def notifier(decision: Decision, *, acteur: Compte) -> Decision:
    """Notifie une décision signée : le dossier change d'état, l'équipe est prévenue, les effets s'appliquent.

    Le PDF existe avant que rien ne soit écrit. Lève `Refus`, `GesteImpossible` (déjà partie, abandonnée…),
    `TransitionImpossible` (dossier retiré entre-temps), ou ce qu'un effet refuse. Rejoué, sans effet.
    """
    decision = Decision.objects.select_related("dossier__equipe__implantation", "signee_par").get(pk=decision.pk)
    if decision.etat == EtatDecision.SIGNEE and droits.peut_notifier(acteur, decision):
        _produire(decision)
    return _notifier(decision, acteur)


def _produire(decision: Decision) -> None:
    courrier = courrier_de(decision)
    if courrier is None:
        raise ErreurMetier("Cette décision n’a pas de courrier.")
    courrier.decision = decision
    try:
        document = produire_le_pdf(courrier)
    except (ProductionImpossible, GabaritInvalide) as erreur:
        journal.exception("Courrier %s : le PDF n’a pas pu être produit.", courrier.pk)
        raise ErreurMetier(f"Le courrier n’a pas pu être mis en PDF. {erreur}") from erreur
    if not est_intact(document):
        raise ErreurMetier("Le PDF gardé n’est plus celui qui a été signé : il ne part pas. Prévenez-nous.")


@transaction.atomic
def _notifier(decision: Decision, acteur: Compte) -> Decision:
    decision = verrouiller(decision)
    permission = droits.peut_notifier(acteur, decision)
    if decision.etat == EtatDecision.NOTIFIEE and decision.notifiee_par_id == acteur.pk:
        return decision
    possible(permission, decision, "notifier")
    signataire = decision.signee_par
    if signataire is None:
        raise ErreurMetier("Cette décision n’est pas signée.")
    aboutir = droits.peut_aboutir(signataire, decision)
    if not aboutir:
        raise ErreurMetier(f"Elle ne peut plus partir. {aboutir.motif}")
    # C'est l'autorité qui décide : le passage porte son nom, la notification celui de qui l'envoie.
    motif = "" if decision.sens in Sens.FAVORABLES else decision.motif
    franchir(decision.dossier, decision.sens_enum.geste, acteur=signataire, motif=motif, decision=decision.pk)
    decision = verrouiller(decision)
    cycle.avancer(decision, "notifier", notifiee_le=timezone.now(), notifiee_par=acteur)
    for effet in registres.EFFETS:
        effet(decision, acteur)
    consigner("decision_notifiee", decision.dossier, acteur=acteur, decision=decision.pk, sens=decision.sens)
    if not courriels.decision_notifiee(decision):
        raise ErreurMetier("Aucun membre de l’équipe n’a de compte actif : personne ne recevrait la décision.")
    return decision
