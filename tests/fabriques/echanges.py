"""Des messages, des notes et des réponses types, par les vraies actions."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.echanges import actions
from esperluette.echanges.enums import Cote
from esperluette.echanges.models import Message, NoteInterne, ReponseType
from esperluette.territoires.models import Region

SECRET = "Le cabinet du port hésite encore."


def message(dossier: Dossier, acteur: Compte, texte: str = SECRET, **suite: Any) -> Message:
    """Un message de plus dans le fil."""
    return actions.ecrire(dossier, acteur=acteur, texte=texte, **suite)


def message_de_l_ars(dossier: Dossier, acteur: Compte, texte: str = "Bonjour, merci.", **suite: Any) -> Message:
    return actions.ecrire(dossier, acteur=acteur, texte=texte, cote=Cote.ARS, **suite)


def note(dossier: Dossier, acteur: Compte, texte: str = SECRET, **suite: Any) -> NoteInterne:
    return actions.noter(dossier, acteur=acteur, texte=texte, **suite)


def reponse_type(region: Region, acteur: Compte, intitule: str = "Pièce manquante", texte: str = "") -> ReponseType:
    """Une réponse type ; `acteur` est un agent de cette région."""
    texte = texte or "Bonjour, il manque une pièce au dossier {reference} de {equipe}."
    return actions.creer_reponse_type(region, acteur=acteur, intitule=intitule, texte=texte)
