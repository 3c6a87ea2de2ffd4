"""Les états des objets du diagnostic d'une équipe."""

from django.db import models


class GenreDeConstat(models.TextChoices):
    """Ce qu'un constat apporte au projet."""

    FORCE = "force", "Force"
    FRAGILITE = "fragilite", "Fragilité"
    QUESTION = "question", "Question à se poser"

    @property
    def pluriel(self) -> str:
        """Le titre d'une liste : « Forces », « Questions à se poser »."""
        premier, *suite = str(self.label).split(" ")
        return " ".join([f"{premier}s", *suite])


class DecisionDeConstat(models.TextChoices):
    """Ce que l'équipe fait d'une phrase calculée."""

    GARDE = "garde", "Gardé"
    MODIFIE = "modifie", "Gardé, récrit par l’équipe"
    ECARTE = "ecarte", "Écarté"
