"""Après la notification : la preuve de lecture, le retrait d'un accord, le réexamen d'un refus."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.decisions import courriels, cycle, droits, registres
from esperluette.decisions.actions.preparation import courrier_du_retrait, exiger, figer, possible, verrouiller
from esperluette.decisions.enums import EtatDecision
from esperluette.decisions.lectures import contenu_a_signer, retrait_possible_jusqu_au
from esperluette.decisions.models import Decision
from esperluette.decisions.taches import produire_courrier
from esperluette.documents.canonique import empreinte
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner


def consulter(decision: Decision, *, acteur: Compte) -> bool:
    """Note la première lecture d'une décision par un membre de l'équipe ; rend vrai si c'est celle-ci."""
    if decision.consultee_le is not None or decision.etat not in EtatDecision.RECUES:
        return False
    if not droits.consulte_pour_l_equipe(acteur, decision.dossier):
        return False
    maintenant = timezone.now()
    with transaction.atomic():
        premiere = Decision.objects.filter(pk=decision.pk, consultee_le=None)
        if not premiere.update(consultee_le=maintenant, consultee_par=acteur):
            return False
        consigner("decision_consultee", decision.dossier, acteur=acteur, decision=decision.pk)
    decision.consultee_le, decision.consultee_par = maintenant, acteur
    return True


@transaction.atomic
def retirer(decision: Decision, *, acteur: Compte, motif: str, observations_le: date, qualite: str) -> Decision:
    """Retire une décision favorable illégale : l'autorité, dans le délai, après avoir recueilli les observations.

    Le dossier est de nouveau à décider, un courrier le dit à l'équipe. Lève `Refus`, `ErreurMetier` (délai passé,
    motifs absents, observations postérieures ou antérieures à la décision). Rejoué, sans effet.
    """
    decision = verrouiller(decision)
    if decision.etat == EtatDecision.RETIREE and decision.finie_par_id == acteur.pk:
        return decision
    possible(droits.peut_retirer(acteur, decision), decision, "retirer")
    _verifier_le_retrait(decision, motif, observations_le, qualite)
    _rien_d_autre_d_ouvert(decision.dossier)
    franchir(decision.dossier, "retirer_l_accord", acteur=acteur, motif=motif, decision=decision.pk)
    decision = verrouiller(decision)
    decision.observations_le = observations_le
    origine, decision.motif = decision.motif, motif.strip()
    courrier = courrier_du_retrait(decision, acteur)  # ce sont les motifs du retrait que dit ce courrier
    figer(courrier, decision, acteur, qualite.strip(), empreinte(contenu_a_signer(decision, courrier)))
    decision.motif = origine
    cycle.avancer(
        decision, "retirer", finie_le=timezone.now(), finie_par=acteur, fin_motif=motif.strip(),
        observations_le=observations_le,
    )  # fmt: skip
    for effet in registres.RETRAITS:
        effet(decision, acteur)
    consigner("decision_retiree", decision.dossier, acteur=acteur, decision=decision.pk)
    courriels.decision_retiree(decision)
    transaction.on_commit(lambda: produire_courrier.enqueue(courrier.pk), robust=True)
    return decision


def _verifier_le_retrait(decision: Decision, motif: str, observations_le: date, qualite: str) -> None:
    terme = retrait_possible_jusqu_au(decision)
    if terme is not None and timezone.localdate() > terme:
        raise ErreurMetier(
            f"Une décision créatrice de droits ne se retire plus après le {en_lettres(terme)} (CRPA, L. 242-1)."
        )
    if not motif.strip():
        raise ErreurMetier("Écrivez en quoi la décision est illégale, en droit et en fait : l’équipe le lira.")
    if not qualite.strip():
        raise ErreurMetier("Une décision porte la qualité de son auteur (CRPA, article L. 212-1) : écrivez la vôtre.")
    debut = timezone.localdate(decision.notifiee_le) if decision.notifiee_le else None
    if observations_le > timezone.localdate() or (debut is not None and observations_le < debut):
        raise ErreurMetier("Les observations de l’équipe se recueillent entre la notification et aujourd’hui.")


def _rien_d_autre_d_ouvert(dossier: Dossier) -> None:
    autres = dossier.equipe.dossiers.ouverts().filter(demarche=dossier.demarche).exclude(pk=dossier.pk)
    if (autre := autres.first()) is not None:
        raise ErreurMetier(
            f"L’équipe a ouvert depuis un autre dossier pour cette démarche, {autre.reference} : deux ne peuvent pas "
            "être ouverts à la fois."
        )


@transaction.atomic
def reexaminer(decision: Decision, *, acteur: Compte, motif: str) -> Decision:
    """Rouvre un dossier refusé sur recours gracieux ; l'ancienne décision reste lisible, comme remplacée.

    Rejoué, sans effet. Lève `Refus`, `TransitionImpossible`, `GardeFermee` (motif absent), `ErreurMetier`.
    """
    decision = verrouiller(decision)
    if decision.etat == EtatDecision.REMPLACEE and decision.finie_par_id == acteur.pk:
        return decision
    exiger(droits.peut_reexaminer(acteur, decision))
    motif = motif.replace("\x00", "").strip()
    _rien_d_autre_d_ouvert(decision.dossier)
    franchir(decision.dossier, "reexaminer", acteur=acteur, motif=motif, decision=decision.pk)
    decision = verrouiller(decision)
    cycle.avancer(decision, "remplacer", finie_le=timezone.now(), finie_par=acteur, fin_motif=motif)
    courriels.dossier_reexamine(decision)
    return decision
