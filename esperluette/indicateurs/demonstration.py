"""Le petit tableau de chiffres de la démonstration, fait par outils/chiffres_de_demonstration.py. Sans base."""

import csv
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO

from esperluette.indicateurs.calcul import Etat, Valeur

DOSSIER = ("donnees", "demonstration")


def dossier() -> Traversable:
    """Où sont les tableaux, dans le paquet."""
    return files("esperluette.indicateurs").joinpath(*DOSSIER)


@lru_cache(maxsize=1)
def references_de_demonstration() -> dict[str, dict[str, Valeur]]:
    """Par niveau puis par chiffre, la valeur calculée des fichiers entiers."""
    fichier = dossier() / "references.csv"
    references: dict[str, dict[str, Valeur]] = defaultdict(dict)
    if not fichier.is_file():
        return references
    for ligne in csv.DictReader(StringIO(fichier.read_text(encoding="utf-8"))):
        references[ligne["niveau"]][ligne["chiffre"]] = Valeur(
            float(ligne["valeur"]) if ligne["valeur"] else None,
            Etat(ligne["etat"]), int(ligne["communes"]), int(ligne["comptees"]), int(ligne["tues"]),
        )  # fmt: skip
    return references
