"""Remplacer une pièce, dire jusqu'à quand elle vaut, garder celle qui a fait l'objet d'un avertissement."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.redaction import verrouiller
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.lectures_pieces import validite
from esperluette.dossiers.models import PieceJointe
from esperluette.dossiers.registre import PIECES
from esperluette.fichiers.actions import FichierRefuse, confirmer_l_avertissement, empreinte_de, enregistrer
from esperluette.journal.actions import consigner


@transaction.atomic
def remplacer_piece(
    piece: PieceJointe,
    televerse: "UploadedFile[Any]",
    *,
    acteur: Compte,
    libelle: str = "",
    valable_jusqu_au: date | None = None,
) -> PieceJointe:
    """Met un nouveau fichier à la place de celui-ci, qui reste lisible dans l'historique et les dépôts passés.

    Le même envoi rejoué rend la pièce déjà en place. Lève `Conflit` si un autre fichier l'a remplacée entre-temps ou
    si elle a été retirée, `FichierRefuse` si le fichier n'est pas acceptable ou n'a pas changé, `Refus` sans le droit.
    """
    dossier = verrouiller(piece.dossier, acteur, PIECES)
    empreinte = empreinte_de(televerse)
    piece = PieceJointe.objects.select_related("fichier", "remplacee_par__fichier").get(pk=piece.pk)
    if piece.retiree_le is not None:
        suivante: PieceJointe | None = getattr(piece, "remplacee_par", None)
        if suivante is None:
            raise Conflit(f"« {piece.libelle} » a été retirée entre-temps : joignez votre fichier comme une pièce.")
        if suivante.fichier.empreinte == empreinte:
            return suivante
        raise Conflit(
            f"« {piece.libelle} » a été remplacée entre-temps par {suivante.jointe_par}. Votre fichier n’est pas "
            "joint : regardez la version en place, puis remplacez-la si vous le voulez."
        )
    if piece.fichier.empreinte == empreinte:
        raise FichierRefuse("Ce fichier est exactement celui qui est déjà joint : rien n’a changé.")
    fichier = enregistrer(televerse, acteur=acteur)
    piece.retiree_le = timezone.now()
    piece.save(update_fields=["retiree_le"])
    neuve = PieceJointe.objects.create(
        dossier=dossier,
        fichier=fichier,
        nature=piece.nature,
        libelle=libelle.strip() or piece.libelle,
        jointe_par=acteur,
        remplace=piece,
        valable_jusqu_au=validite(demarche_de(dossier), piece.nature, valable_jusqu_au),
    )
    consigner(
        "piece_remplacee", dossier, acteur=acteur, piece=neuve.pk, remplace=piece.pk, empreinte=fichier.empreinte
    )
    return neuve


@transaction.atomic
def dater_piece(piece: PieceJointe, valable_jusqu_au: date | None, *, acteur: Compte) -> None:
    """Change jusqu'à quand une pièce vaut (None : sans date) ; les rappels repartent de là. Rejoué, sans effet."""
    dossier = verrouiller(piece.dossier, acteur, PIECES)
    change = PieceJointe.objects.filter(pk=piece.pk, retiree_le=None).exclude(
        **({"valable_jusqu_au": valable_jusqu_au} if valable_jusqu_au else {"valable_jusqu_au__isnull": True})
    )
    if change.update(valable_jusqu_au=valable_jusqu_au, rappel=None):
        jour = valable_jusqu_au.isoformat() if valable_jusqu_au else ""
        consigner("piece_datee", dossier, acteur=acteur, piece=piece.pk, valable_jusqu_au=jour)


@transaction.atomic
def garder_la_piece(piece: PieceJointe, *, acteur: Compte) -> None:
    """L'avertissement est lu : la personne a vérifié et garde le fichier. Rejoué, sans effet ; lève `Refus`."""
    dossier = verrouiller(piece.dossier, acteur, PIECES)
    if not PieceJointe.objects.filter(pk=piece.pk, retiree_le=None).exists():
        raise Refus("Cette pièce ne fait plus partie du dossier.")
    if confirmer_l_avertissement(piece.fichier, acteur=acteur):
        consigner("piece_verifiee", dossier, acteur=acteur, piece=piece.pk, sortes=list(piece.fichier.vigilances))
