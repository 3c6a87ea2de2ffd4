"""Avant qu'une pièce ne soit plus valable, l'équipe est prévenue : une fois par palier, et jamais deux."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from esperluette.dossiers import courriels
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import PieceJointe


def alerter_des_peremptions() -> int:
    """Rappelle les pièces en place qui expirent bientôt, dans les dossiers encore ouverts ; rend leur nombre."""
    jour = timezone.localdate()
    horizon = jour + timedelta(days=max(settings.ALERTES_DE_PEREMPTION, default=0))
    proches = PieceJointe.objects.filter(
        retiree_le=None, valable_jusqu_au__gte=jour, valable_jusqu_au__lte=horizon, dossier__etat__in=Etat.OUVERTS
    ).select_related("dossier__equipe")
    return sum(_alerter(piece, jour) for piece in proches.order_by("pk"))


def _alerter(piece: PieceJointe, jour: date) -> bool:
    if piece.valable_jusqu_au is None:
        return False
    reste = (piece.valable_jusqu_au - jour).days
    palier = min((p for p in settings.ALERTES_DE_PEREMPTION if reste <= p), default=None)
    if palier is None:
        return False
    with transaction.atomic():
        # Deux travailleurs au même instant n'en font qu'un : un seul abaisse le palier.
        a_rappeler = PieceJointe.objects.filter(
            Q(rappel=None) | Q(rappel__gt=palier), pk=piece.pk, valable_jusqu_au=piece.valable_jusqu_au
        )
        if not a_rappeler.update(rappel=palier):
            return False
        courriels.piece_bientot_perimee(piece, reste)
    return True
