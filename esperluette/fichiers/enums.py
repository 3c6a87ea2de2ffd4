"""Ce que l'antivirus a dit d'un fichier."""

from django.db import models


class Analyse(models.TextChoices):
    """L'état d'un fichier face à l'antivirus."""

    NON_ANALYSE = "non_analyse", "Non analysé"
    EN_ATTENTE = "en_attente", "En attente d’analyse"
    SAIN = "sain", "Sain"
    INFECTE = "infecte", "En quarantaine"
    ECHEC = "echec", "Analyse impossible"


# Ce qui se lit et part dans un dépôt. Sans antivirus configuré, un fichier reste « non analysé ».
LISIBLES = (Analyse.SAIN, Analyse.NON_ANALYSE)
# Ce que l'antivirus n'a pas encore pu juger.
A_JUGER = (Analyse.EN_ATTENTE, Analyse.ECHEC)
