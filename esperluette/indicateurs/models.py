"""Les chiffres d'un jeu importé, tels qu'ils ont été lus."""

from django.db import models

from esperluette.territoires.models import JeuImporte


class Tableau(models.Model):
    """Le tableau d'un jeu de chiffres : une ligne par commune (ou territoire de vie-santé), une colonne par chiffre.

    `contenu` est du Parquet : il se relit d'un bloc, sans un million de lignes en base. Une cellule vide est un
    manque ; le secret statistique a sa propre colonne (`indicateurs.tableaux.TU`).
    """

    importation = models.OneToOneField(
        JeuImporte, on_delete=models.CASCADE, related_name="tableau", verbose_name="jeu importé"
    )
    contenu = models.BinaryField("contenu (Parquet)")
    rangees = models.PositiveIntegerField("lignes")
    # Quand le jeu donne des établissements : un par ligne, dont `contenu` est le compte.
    etablissements = models.BinaryField("établissements (Parquet)", null=True)

    class Meta:
        verbose_name = "tableau de chiffres"
        verbose_name_plural = "tableaux de chiffres"

    def __str__(self) -> str:
        return str(self.importation)
