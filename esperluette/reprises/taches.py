"""Ce qui se fait régulièrement : oublier les tableurs déposés."""

from datetime import timedelta

from django.utils import timezone

from esperluette.reprises.models import TableurDepose

GARDE = timedelta(days=1)


def oublier_les_tableurs() -> int:
    """Efface les tableurs gardés depuis plus d'un jour ; rend leur nombre."""
    return TableurDepose.objects.filter(depose_le__lt=timezone.now() - GARDE).delete()[0]
