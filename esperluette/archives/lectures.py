"""Qui emporte quoi, et ce qu'une personne a déjà demandé."""

from typing import Any

from esperluette.archives.droits import peut_emporter_pour_l_ars, peut_emporter_pour_l_equipe
from esperluette.archives.models import Archive
from esperluette.commun.permissions import Permission, non
from esperluette.documents.emport import Public
from esperluette.dossiers.models import Dossier
from esperluette.instruction.lectures import dossiers_de

MONTREES = 10


def peut_emporter(compte: Any, dossier: Dossier, pour: Public) -> Permission:
    """Le droit entier, visibilité comprise : sert à la demande, à la fabrication et au téléchargement."""
    if not compte.is_active:
        return non("Ce compte est fermé.")
    if pour == Public.EQUIPE:
        return peut_emporter_pour_l_equipe(compte, dossier)
    if not dossiers_de(compte).filter(pk=dossier.pk).exists():
        return non("Ce dossier n’est pas dans votre périmètre.")
    return peut_emporter_pour_l_ars(compte, dossier)


def archives_de(dossier: Dossier, compte: Any, pour: Public) -> list[Archive]:
    """Ses dernières archives de ce dossier, la plus récente d'abord."""
    return list(Archive.objects.de(compte).filter(dossier=dossier, pour=pour)[:MONTREES])
