"""Les mots fermés du découpage."""

from django.db import models


class RangDeCle(models.IntegerChoices):
    """L'ordre des propositions, à saisie égale : du plus direct au plus détourné."""

    NOM = 0, "Nom entier ou code"
    MOT = 1, "Mot à l'intérieur du nom"
    ANCIENNE = 2, "Ancienne commune"
    ARRONDISSEMENT = 3, "Arrondissement municipal"
