"""Les saisies d'une réunion sur site."""

from typing import Any

from django import forms

from esperluette.commun.formulaires import Formulaire, Heure, Jour
from esperluette.instruction.reunions import LONGUEUR


def _long(libelle: str, aide: str, lignes: int = 4) -> forms.CharField:
    zone = forms.Textarea(attrs={"rows": lignes})
    return forms.CharField(label=libelle, help_text=aide, required=False, max_length=LONGUEUR, widget=zone)


PARTICIPANTS = "Une personne par ligne, avec sa qualité. Par exemple : Anne Le Goff, infirmière."


class PrevoirForm(Formulaire):
    """Le jour, l'heure, le lieu, qui vient."""

    prevue_le = Jour(label="Jour")
    heure = Heure(label="Heure", required=False)
    lieu = forms.CharField(label="Lieu", max_length=250, help_text="Par exemple : mairie, salle du conseil.")
    participants = _long("Participants attendus", PARTICIPANTS)


class TenirForm(Formulaire):
    """Le jour où elle s'est tenue, qui était là, ce qu'on en retient."""

    tenue_le = Jour(label="Jour où elle s’est tenue")
    lieu = forms.CharField(label="Lieu", max_length=250)
    participants = _long("Participants", PARTICIPANTS)
    compte_rendu = _long("Compte rendu", "L’équipe le lira. Aucun nom ni renseignement sur un patient.", 8)


class CompteRenduForm(Formulaire):
    """Compléter le compte rendu."""

    participants = _long("Participants", PARTICIPANTS)
    texte = _long("Compte rendu", "L’équipe le lit. Aucun nom ni renseignement sur un patient.", 10)


class PieceForm(Formulaire):
    """Un document à joindre."""

    fichier: Any = forms.FileField(
        label="Document", help_text="Feuille de présence, présentation : PDF, image, texte."
    )
