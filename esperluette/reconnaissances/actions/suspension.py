"""Suspendre une reconnaissance, lever la suspension."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.interlocuteurs.actions.fiches import exiger
from esperluette.journal.actions import consigner
from esperluette.reconnaissances import courriels
from esperluette.reconnaissances.droits import peut_suspendre
from esperluette.reconnaissances.models import Reconnaissance, Suspension
from esperluette.reconnaissances.saisie import motif_propre


def _relire(reconnaissance: Reconnaissance) -> Reconnaissance:
    """La reconnaissance sous verrou : un second clic, arrivé au même instant, voit ce que le premier a fait."""
    return (
        Reconnaissance.objects.select_for_update(of=("self",))
        .select_related("equipe__implantation__region", "equipe__implantation__departement")
        .get(pk=reconnaissance.pk)
    )


@transaction.atomic
def suspendre(
    reconnaissance: Reconnaissance, *, acteur: Compte, debut: date, motif: str, fin: date | None = None
) -> Suspension:
    """Suspend la reconnaissance à compter d'un jour, jusqu'à un autre ou jusqu'à la levée. Rejoué, sans effet.

    Lève Refus, ErreurMetier (sans motif, dates impossibles, reconnaissance finie), Conflit (déjà suspendue alors).
    """
    reconnaissance = _relire(reconnaissance)
    exiger(peut_suspendre(acteur, reconnaissance))
    motif = motif_propre(motif, "Écrivez le motif de la suspension : l’équipe le lira.")
    if fin is not None and fin < debut:
        raise ErreurMetier("Une suspension finit après avoir commencé.")
    if reconnaissance.retiree_le is not None or (reconnaissance.fin is not None and reconnaissance.fin < debut):
        raise ErreurMetier("Cette reconnaissance ne vaut plus à cette date : il n’y a rien à suspendre.")
    if debut < reconnaissance.debut:
        raise ErreurMetier("Une suspension commence après la reconnaissance.")
    autres = reconnaissance.suspensions.filter(Q(fin=None) | Q(fin__gte=debut), levee_le=None)
    if fin is not None:
        autres = autres.filter(debut__lte=fin)
    if (autre := autres.first()) is not None:
        if (autre.debut, autre.fin, autre.motif) == (debut, fin, motif):
            return autre
        raise Conflit("La reconnaissance est déjà suspendue à ces dates : levez d’abord cette suspension.")
    suspension = Suspension.objects.create(
        reconnaissance=reconnaissance, debut=debut, fin=fin, motif=motif, prononcee_par=acteur
    )
    consigner(
        "reconnaissance_suspendue", reconnaissance.equipe, acteur=acteur, reconnaissance=reconnaissance.pk,
        suspension=suspension.pk, debut=debut.isoformat(), fin=fin.isoformat() if fin else None,
    )  # fmt: skip
    courriels.suspendue(suspension)
    return suspension


@transaction.atomic
def lever(suspension: Suspension, *, acteur: Compte) -> Suspension:
    """Lève la suspension, tout de suite. Rejoué, sans effet."""
    reconnaissance = _relire(suspension.reconnaissance)
    exiger(peut_suspendre(acteur, reconnaissance))
    suspension = Suspension.objects.select_for_update(of=("self",)).get(pk=suspension.pk)
    if suspension.levee_le is not None:
        return suspension
    if suspension.fin is not None and suspension.fin < timezone.localdate():
        raise ErreurMetier("Cette suspension est déjà finie.")
    suspension.levee_le, suspension.levee_par = timezone.now(), acteur
    suspension.save(update_fields=["levee_le", "levee_par"])
    consigner(
        "suspension_levee", reconnaissance.equipe, acteur=acteur, reconnaissance=reconnaissance.pk,
        suspension=suspension.pk,
    )  # fmt: skip
    suspension.reconnaissance = reconnaissance
    courriels.suspension_levee(suspension)
    return suspension
