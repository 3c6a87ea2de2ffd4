"""Joindre les actes numérisés d'une équipe reprise : le projet signé, la décision, le procès-verbal."""

from typing import Any

from django.db import transaction

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.fichiers.actions import enregistrer
from esperluette.journal.actions import consigner
from esperluette.reprises.droits import peut_completer
from esperluette.reprises.enums import NatureActe
from esperluette.reprises.models import Reprise


@transaction.atomic
def joindre_un_acte(reprise: Reprise, televerse: Any, *, acteur: Compte, nature: str) -> PieceJointe:
    """Joint l'acte au dossier repris ; le même fichier, envoyé deux fois, n'en fait qu'un."""
    permission = peut_completer(acteur, reprise)
    if not permission:
        raise Refus(permission.motif)
    if reprise.dossier_id is None:
        raise ErreurMetier("Cette équipe a été reprise sans dossier : il n’y a pas où joindre d’acte.")
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=reprise.dossier_id)
    fichier = enregistrer(televerse, acteur=acteur)
    if (meme := dossier.pieces.filter(fichier__empreinte=fichier.empreinte, retiree_le=None).first()) is not None:
        return meme
    sorte = NatureActe(nature)
    piece = PieceJointe.objects.create(
        dossier=dossier, fichier=fichier, nature=sorte.value, libelle=str(sorte.label), jointe_par=acteur
    )
    consigner("acte_joint", dossier, acteur=acteur, piece=piece.pk, nature=sorte.value, empreinte=fichier.empreinte)
    return piece
