"""Les chiffres chargés, réunis en un seul tableau gardé en mémoire tant que rien ne change."""

import io
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import polars as pl

from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.models import Tableau
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.models import Commune, Decoupage, JeuImporte

NIVEAUX = ("epci", "departement", "region")


@dataclass(frozen=True, slots=True)
class Source:
    """D'où vient un jeu chargé."""

    jeu: str
    titre: str
    producteur: str
    millesime: str
    licence: str
    demonstration: bool

    def __str__(self) -> str:
        return f"{self.producteur}, {self.titre}, {self.millesime}"


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Une ligne par commune (hors arrondissements), ses niveaux, et les colonnes de tous les jeux chargés.

    `cle` change quand un jeu ou le découpage change : elle nomme ce qui en est gardé en mémoire.
    """

    cle: tuple[str, ...]
    table: pl.DataFrame
    densite_par_tvs: pl.DataFrame | None
    sources: dict[str, Source]
    memoire: dict[str, Any] = field(default_factory=dict, compare=False)


def chiffres() -> Chiffres:
    """Les chiffres chargés ; deux requêtes quand rien n'a changé depuis la dernière fois."""
    decoupage = Decoupage.objects.order_by("-charge_le").values_list("empreinte", flat=True).first() or ""
    courants = JeuImporte.objects.filter(courant=True, jeu__in=list(jeux())).order_by("jeu")
    return _reunir((decoupage, *(f"{pk}:{empreinte}" for pk, empreinte in courants.values_list("pk", "empreinte"))))


def vider_memoire() -> None:
    """Oublie ce qui est gardé en mémoire : pour les essais, et après un changement que rien n'a noté."""
    _reunir.cache_clear()


@lru_cache(maxsize=2)
def _reunir(cle: tuple[str, ...]) -> Chiffres:
    table, densite, sources = _communes(), None, {}
    for tableau in Tableau.objects.filter(importation__in=[int(c.split(":")[0]) for c in cle[1:]]).select_related(
        "importation"
    ):
        i = tableau.importation
        decrit = jeux()[i.jeu]
        sources[i.jeu] = Source(i.jeu, decrit.titre, i.producteur, i.millesime, i.licence, i.demonstration)
        lu = pl.read_parquet(io.BytesIO(bytes(tableau.contenu)))
        if decrit.grain == "tvs":
            densite = lu
        else:
            table = table.join(lu, on=COMMUNE, how="left")
    return Chiffres(cle, table, densite, sources)


def _communes() -> pl.DataFrame:
    lignes = Commune.objects.filter(active=True, commune_mere=None).values_list(
        "pk", "epci_id", "departement_id", "region_id"
    )
    return pl.DataFrame(list(lignes), schema=dict.fromkeys((COMMUNE, *NIVEAUX), pl.String), orient="row")
