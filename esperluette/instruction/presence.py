"""Deux agents sur le même dossier se voient : chaque page ouverte fait signe, un signe ancien s'oublie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers.lectures_ecran import PRESENCE
from esperluette.dossiers.models import Dossier
from esperluette.instruction.models_fiche import PresenceSurDossier

# En deçà, un nouveau signe n'apprendrait rien : on n'écrit pas.
REPIT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Present:
    """Un autre agent, et depuis quand il regarde."""

    nom: str
    depuis: datetime


def faire_signe(dossier: Dossier, compte: Compte) -> None:
    """Note que ce compte regarde le dossier. Absent plus de deux minutes, il revient : sa visite recommence."""
    maintenant = timezone.now()
    siennes = PresenceSurDossier.objects.filter(dossier=dossier, compte=compte)
    connue = siennes.values_list("vu_le", flat=True).first()
    if connue is not None and maintenant - connue < REPIT:
        return
    if connue is not None and maintenant - connue < PRESENCE:
        siennes.update(vu_le=maintenant)
        return
    PresenceSurDossier.objects.update_or_create(
        dossier=dossier, compte=compte, defaults={"depuis": maintenant, "vu_le": maintenant}
    )


def presents(dossier: Dossier, compte: Any) -> list[Present]:
    """Les autres agents qui regardent ce dossier en ce moment, le plus ancien d'abord ; une requête."""
    autres = (
        PresenceSurDossier.objects.filter(dossier=dossier, vu_le__gte=timezone.now() - PRESENCE)
        .exclude(compte=compte)
        .select_related("compte")
        .order_by("depuis", "pk")
    )
    return [Present(str(p.compte), p.depuis) for p in autres]
