"""Retirer une reconnaissance, en deux temps : l'intention notifiée à l'équipe, ses observations, puis la décision."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.actions.fiches import exiger
from esperluette.journal.actions import consigner
from esperluette.reconnaissances import courriels
from esperluette.reconnaissances.actions.reconnaissance import retirer_a_compter_du
from esperluette.reconnaissances.droits import peut_repondre, peut_suivre, peut_suspendre
from esperluette.reconnaissances.enums import IssueRetrait
from esperluette.reconnaissances.models import Reconnaissance, Retrait
from esperluette.reconnaissances.saisie import motif_propre

DEJA_DECIDE = "L’ARS a déjà décidé de ce retrait : rechargez la page."


@transaction.atomic
def envisager(reconnaissance: Reconnaissance, *, acteur: Compte, motif: str, reponse_avant_le: date) -> Retrait:
    """Notifie à l'équipe l'intention de retirer, avec ses motifs et jusqu'à quand répondre. Rejoué, sans effet.

    Rien n'est retiré : la reconnaissance vaut toujours. Le délai est celui que fixe l'agent.
    """
    reconnaissance = _relire(reconnaissance)
    exiger(peut_suivre(acteur, reconnaissance))
    motif = motif_propre(motif, "Écrivez les motifs : l’équipe doit pouvoir y répondre.")
    if not reconnaissance.est_en_cours:
        raise ErreurMetier("Cette reconnaissance ne vaut plus : il n’y a rien à retirer.")
    if reponse_avant_le <= timezone.localdate():
        raise ErreurMetier("Laissez à l’équipe le temps de répondre : choisissez une date à venir.")
    if (deja := reconnaissance.retraits.filter(issue="").first()) is not None:
        if (deja.motif, deja.reponse_avant_le) == (motif, reponse_avant_le):
            return deja
        raise Conflit("Un retrait est déjà envisagé : décidez d’abord de celui-là.")
    try:
        with transaction.atomic():
            retrait = Retrait.objects.create(
                reconnaissance=reconnaissance, motif=motif, reponse_avant_le=reponse_avant_le, notifie_par=acteur
            )
    except IntegrityError as erreur:  # deux envois au même instant : la contrainte en base a tranché
        raise Conflit("Un retrait est déjà envisagé : décidez d’abord de celui-là.") from erreur
    consigner(
        "retrait_envisage", reconnaissance.equipe, acteur=acteur, reconnaissance=reconnaissance.pk,
        retrait=retrait.pk, avant=reponse_avant_le.isoformat(),
    )  # fmt: skip
    courriels.retrait_envisage(retrait)
    return retrait


@transaction.atomic
def repondre(retrait: Retrait, *, acteur: Compte, observations: str) -> Retrait:
    """Les observations de l'équipe ; elle peut les reprendre tant que l'ARS n'a pas décidé."""
    retrait = _verrouiller(retrait)
    exiger(peut_repondre(acteur, retrait))
    observations = motif_propre(observations, "Écrivez vos observations avant de les envoyer.")
    if retrait.observations == observations:
        return retrait
    retrait.observations, retrait.observations_le = observations, timezone.now()
    retrait.observations_par = acteur
    retrait.save(update_fields=["observations", "observations_le", "observations_par"])
    consigner(
        "retrait_observations", retrait.reconnaissance.equipe, acteur=acteur,
        reconnaissance=retrait.reconnaissance_id, retrait=retrait.pk,
    )  # fmt: skip
    courriels.observations_recues(retrait)
    return retrait


@transaction.atomic
def decider(retrait: Retrait, *, acteur: Compte, issue: str, motif: str, effet_le: date | None = None) -> Retrait:
    """Retire la reconnaissance à compter d'un jour, ou la maintient ; motivé dans les deux cas. Rejoué, sans effet.

    On ne retire pas avant que l'équipe ait répondu, ou que son délai soit passé ; ni pour le passé.
    """
    retrait = _verrouiller(retrait)
    reconnaissance = retrait.reconnaissance
    exiger(peut_suspendre(acteur, reconnaissance))
    issue = IssueRetrait(issue)
    motif = motif_propre(motif, "Écrivez les motifs de la décision : en droit et en fait.")
    if not retrait.est_ouvert:
        if (retrait.issue, retrait.decision_motif) == (issue, motif):
            return retrait
        raise Conflit(DEJA_DECIDE)
    jour = effet_le or timezone.localdate()
    if issue == IssueRetrait.RETIREE:
        if retrait.attend_l_equipe:
            raise ErreurMetier(
                f"L’équipe peut répondre jusqu’au {retrait.reponse_avant_le:%d/%m/%Y} : "
                "attendez sa réponse, ou ce jour."
            )
        if jour < timezone.localdate():
            raise ErreurMetier("Un retrait vaut pour l’avenir : choisissez aujourd’hui ou une date à venir.")
        retirer_a_compter_du(reconnaissance, jour, acteur=acteur, retrait=retrait.pk)
    retrait.issue, retrait.decide_le, retrait.decide_par = issue, timezone.now(), acteur
    retrait.decision_motif = motif
    retrait.save(update_fields=["issue", "decide_le", "decide_par", "decision_motif"])
    consigner(
        "retrait_decide", reconnaissance.equipe, acteur=acteur, reconnaissance=reconnaissance.pk, retrait=retrait.pk,
        issue=issue.value, effet=jour.isoformat(),
    )  # fmt: skip
    courriels.retrait_decide(retrait)
    return retrait


def _relire(reconnaissance: Reconnaissance) -> Reconnaissance:
    """La reconnaissance sous verrou, avec ce que lisent les droits et les courriels."""
    return (
        Reconnaissance.objects.select_for_update(of=("self",))
        .select_related("equipe__implantation__region", "equipe__implantation__departement")
        .get(pk=reconnaissance.pk)
    )


def _verrouiller(retrait: Retrait) -> Retrait:
    reconnaissance = _relire(retrait.reconnaissance)
    retrait = Retrait.objects.select_for_update(of=("self",)).select_related("notifie_par").get(pk=retrait.pk)
    retrait.reconnaissance = reconnaissance
    return retrait
