"""Où en sont les fichiers reçus."""

from typing import Any

from django.db.models import Count, Min

from esperluette.fichiers.enums import A_JUGER, LISIBLES, Analyse
from esperluette.fichiers.models import Fichier


def bilan() -> dict[str, Any]:
    """Combien de fichiers par état, depuis quand le plus ancien attend, ce qui reste à examiner et à lire."""
    par_etat = dict(Fichier.objects.order_by().values_list("analyse").annotate(Count("pk")))
    attend = Fichier.objects.filter(analyse__in=A_JUGER).aggregate(depuis=Min("depose_le"))["depuis"]
    avertis = Fichier.objects.filter(vigilance_vue_le=None).exclude(vigilances=[])
    return {
        "etats": {str(cle): par_etat.get(cle, 0) for cle in Analyse},
        "attend_depuis": attend.isoformat() if attend else None,
        "a_examiner": Fichier.objects.filter(examine_le=None, analyse__in=LISIBLES).count(),
        "avertissements_a_lire": avertis.count(),
    }
