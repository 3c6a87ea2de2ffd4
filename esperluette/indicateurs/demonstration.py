"""Le petit tableau de chiffres de la démonstration, fait par outils/chiffres_de_demonstration.py. Sans base."""

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO

import polars as pl

from esperluette.indicateurs.calcul import Etat, Valeur
from esperluette.indicateurs.jeux import JeuDeChiffres, jeux
from esperluette.indicateurs.tableaux import COMMUNE, TU

DOSSIER = ("donnees", "demonstration")


def dossier() -> Traversable:
    """Où sont les tableaux, dans le paquet."""
    return files("esperluette.indicateurs").joinpath(*DOSSIER)


@dataclass(frozen=True, slots=True)
class JeuDeDemonstration:
    """Un jeu du tableau : sa provenance, et ses lignes, telles qu'un import les aurait laissées.

    `description` change avec la description du jeu ou avec le tableau : l'un ou l'autre, et il se repose.
    """

    decrit: JeuDeChiffres
    producteur: str
    millesime: str
    licence: str
    fichier: str
    empreinte: str
    description: str
    table: pl.DataFrame


def jeux_de_demonstration() -> list[JeuDeDemonstration]:
    """Les jeux du tableau, dans l'ordre où il les donne."""
    trouves = []
    for ligne in csv.DictReader(StringIO((dossier() / "jeux.csv").read_text(encoding="utf-8"))):
        decrit = jeux()[ligne.pop("jeu")]
        octets = (dossier() / f"{decrit.id}.csv").read_bytes()
        description = hashlib.sha256(decrit.empreinte.encode() + octets).hexdigest()
        trouves.append(JeuDeDemonstration(decrit, **ligne, description=description, table=_table(decrit, octets)))
    return trouves


def _table(decrit: JeuDeChiffres, octets: bytes) -> pl.DataFrame:
    """« s » : le producteur tait la valeur ; vide : elle manque."""
    lue = pl.read_csv(octets, infer_schema=False).drop("nom")
    cle = "tvs" if decrit.grain == "tvs" else COMMUNE
    colonnes = [pl.col(cle)]
    for nom in lue.columns:
        if nom in decrit.textes and nom != cle:
            colonnes.append(pl.col(nom))
        elif nom in decrit.indicateurs:
            secret = (pl.col(nom) == "s").fill_null(value=False)
            colonnes.append(pl.when(~secret).then(pl.col(nom)).cast(pl.Float64))
            if (lue[nom] == "s").any():
                colonnes.append(secret.alias(TU + nom))
    return lue.select(colonnes)


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
            float(ligne["poids"]) if ligne["poids"] else None,
        )  # fmt: skip
    return references


@lru_cache(maxsize=1)
def distances_de_demonstration() -> dict[str, dict[str, tuple[float, str]]]:
    """Par offre puis par commune : les kilomètres jusqu'à la plus proche, et où ; d'après les fichiers entiers."""
    fichier = dossier() / "distances.csv"
    distances: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    if fichier.is_file():
        for ligne in csv.DictReader(StringIO(fichier.read_text(encoding="utf-8"))):
            distances[ligne["offre"]][ligne["commune"]] = float(ligne["km"]), ligne["vers"]
    return distances
