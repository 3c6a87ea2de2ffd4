"""L'avis de la commission, tel que la décision le lit : le seul endroit qui sait d'où il vient."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from esperluette.dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class AvisLu:
    """L'avis rendu sur un dossier. `sens` : la décision qu'il propose, vide si on ne sait pas le dire."""

    seance_le: date
    libelle: str = ""
    sens: str = ""
    motif: str = ""
    reserves: tuple[str, ...] = ()


def avis_lu(dossier: Dossier) -> AvisLu | None:
    """Le dernier avis rendu sur ce dossier, ou rien ; une requête."""
    passage = dossier.passages.filter(geste="rendre_avis").order_by("-le", "-pk").first()
    return AvisLu(timezone.localdate(passage.le)) if passage else None
