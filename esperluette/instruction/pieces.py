"""Les pièces d'un dépôt, côté agent : ce qui a changé, ce qui ne vaut plus, ce que l'antivirus a retenu."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from esperluette.dossiers.lectures_pieces import PieceMontree, montrer, pieces_deposees
from esperluette.dossiers.models import Depot, Dossier
from esperluette.fichiers.enums import Analyse
from esperluette.instruction.contributions import Signalement


def pieces_recues(depots: Sequence[Depot], depot: Depot, lecteur: Any) -> tuple[list[PieceMontree], list[Any]]:
    """Les pièces de `depot`, comparées au dépôt reçu juste avant ; puis celles qui n'y sont plus."""
    precedent = next((d for d in depots if d.numero < depot.numero), None)
    lues, retirees = pieces_deposees(depot, lecteur, precedent=precedent)
    return montrer(lues, "instruction", depot.dossier.reference), retirees


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """Une pièce du dernier dépôt est périmée, ou en quarantaine ; une requête quand tout va bien."""
    lien = reverse("instruction:fiche", args=[dossier.reference]) + "#pieces"
    douteuses = list(
        dossier.pieces.filter(
            Q(valable_jusqu_au__lt=timezone.localdate()) | Q(fichier__analyse=Analyse.INFECTE)
        ).select_related("fichier")
    )
    if not douteuses:
        return
    dernier = dossier.depots.filter(depose_le__isnull=False).values_list("contenu__pieces", flat=True).first()
    deposees = {p["piece"] for p in dernier or ()}
    for piece in douteuses:
        if piece.pk not in deposees:
            continue
        if piece.fichier.en_quarantaine:
            phrase = f"L’antivirus a reconnu un danger dans « {piece.libelle} » : elle ne se télécharge plus."
            yield Signalement("Pièce en quarantaine", phrase, "erreur", lien, "Voir les pièces")
        if piece.est_perimee(timezone.localdate()):
            phrase = f"« {piece.libelle} » n’est plus valable depuis le {piece.valable_jusqu_au:%d/%m/%Y}."
            yield Signalement("Pièce périmée", phrase, "attention", lien, "Voir les pièces")
