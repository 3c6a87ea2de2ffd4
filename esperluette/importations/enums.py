"""Vocabulaire de l'import d'une trame remplie."""

from enum import nonmember

from django.db import models


class EtatImportation(models.TextChoices):
    """Où en est la lecture d'un fichier."""

    EN_LECTURE = "en_lecture", "En cours de lecture"
    A_RELIRE = "a_relire", "À relire"
    REFUSEE = "refusee", "Fichier refusé"
    TERMINEE = "terminee", "Relecture terminée"
    ABANDONNEE = "abandonnee", "Abandonnée"

    OUVERTES = nonmember(("en_lecture", "a_relire"))


class Choix(models.TextChoices):
    """Ce que la personne fait d'une proposition."""

    PRENDRE = "prendre", "Prendre"
    GARDER = "garder", "Garder la mienne"
    SUITE = "suite", "Mettre à la suite"


class SortMorceau(models.TextChoices):
    """Ce que devient un morceau qui n'a pas trouvé sa question."""

    RANGE = "range", "Rangé"
    ECARTE = "ecarte", "Écarté"
