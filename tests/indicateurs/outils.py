"""Importer un petit fichier, et relire ce qui en est en base."""

import io

import polars as pl

from esperluette.indicateurs.imports import importer_chiffres
from esperluette.indicateurs.models import Tableau


def importer(tmp_path, jeu, octets, nom="f.csv", **options):
    fichier = tmp_path / nom
    fichier.write_bytes(octets)
    return importer_chiffres(jeu, acteur=None, fichier=fichier, **options)


def tableau(jeu):
    contenu = Tableau.objects.get(importation__jeu=jeu, importation__courant=True).contenu
    return pl.read_parquet(io.BytesIO(bytes(contenu)))


def de(jeu, commune):
    return tableau(jeu).row(by_predicate=pl.col("commune") == commune, named=True)
