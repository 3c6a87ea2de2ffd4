"""Contrôle au démarrage : le fichier des durées de conservation se lit."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from esperluette.comptes.durees import DureesInvalides, durees


@register
def durees_lisibles(**_contexte: Any) -> list[CheckMessage]:
    """Une durée illisible arrête le service au démarrage, pas une page un an plus tard."""
    try:
        durees()
    except DureesInvalides as erreur:
        return [
            Error(str(erreur), hint="Corrigez le fichier que désigne ESPERLUETTE_CONSERVATION.", id="archives.E001")
        ]
    return []
