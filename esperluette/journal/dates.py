"""Un moment, comme on le dit : « 3 mars à 14 h 32 »."""

from datetime import datetime

from django.utils import timezone
from django.utils.dates import MONTHS


def moment(quand: datetime, *, maintenant: datetime | None = None) -> str:
    """Date et heure de Paris ; l'année n'est dite que si ce n'est pas celle en cours."""
    local = timezone.localtime(quand)
    jour = "1er" if local.day == 1 else str(local.day)
    annee = "" if local.year == timezone.localtime(maintenant).year else f" {local.year}"
    return f"{jour} {MONTHS[local.month]}{annee} à {local.hour} h {local.minute:02d}"
