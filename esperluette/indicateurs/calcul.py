"""Agréger des communes : des totaux, des rapports de totaux, des moyennes bien pondérées. Pur, sans base.

Une commune dont il manque un terme ne compte pas dans le chiffre ; on dit combien il en manque, et pourquoi.
Un chiffre qui compterait trop peu de personnes se tait (`Definition.masquer_sous`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from esperluette.indicateurs.definitions import Definition, termes
from esperluette.indicateurs.tableaux import COMMUNE, TU

HABITANTS = "@habitants"  # la colonne, facultative, de la population municipale : elle dit ce que pèse une commune
PARTIES = ("valeur", "comptees", "tues", "personnes", "poids")  # ce que calculent `_expressions`, dans l'ordre


class Etat(StrEnum):
    """Ce que vaut un chiffre."""

    CONNU = "connu"
    INCOMPLET = "incomplet"  # il manque des communes : ce n'est qu'une partie
    SECRET = "secret"  # noqa: S105 — secret statistique : le producteur tait la valeur
    MASQUE = "masque"  # trop peu de personnes : le chiffre pourrait en désigner une, nous le taisons
    MANQUANT = "manquant"
    NON_CHARGE = "non_charge"


@dataclass(frozen=True, slots=True)
class Valeur:
    """Un chiffre pour un territoire : sa valeur, son état, et les communes qui y manquent.

    `poids` : la part, de 0 à 1, de ses habitants qui vivent dans les communes comptées ; None si toutes le sont, ou si
    la population n'est pas connue.
    """

    valeur: float | None
    etat: Etat
    communes: int  # communes du territoire
    comptees: int  # communes qui entrent dans le chiffre
    tues: int = 0  # communes dont le producteur tait un terme
    poids: float | None = None


def agreger(table: pl.DataFrame, definitions: Sequence[Definition]) -> dict[str, Valeur]:
    """Chaque chiffre, pour l'ensemble des communes de `table` ; l'ordre des lignes est indifférent."""
    faisables = [d for d in definitions if set(d.colonnes) <= set(table.columns)]
    valeurs = {d.id: Valeur(None, Etat.NON_CHARGE, table.height, 0) for d in definitions}
    if not faisables or table.is_empty():
        return valeurs
    (ligne,) = table.select([e for d in faisables for e in _expressions(d, table.columns)]).iter_rows(named=True)
    for d in faisables:
        valeurs[d.id] = _lue(d, table.height, *(ligne[f"{d.id}:{partie}"] for partie in PARTIES))
    return valeurs


def par_commune(table: pl.DataFrame, d: Definition) -> dict[str, Valeur]:
    """Ce chiffre, commune par commune : le même calcul que `agreger`, sur une commune à la fois."""
    if not set(d.colonnes) <= set(table.columns):
        return dict.fromkeys(table[COMMUNE], Valeur(None, Etat.NON_CHARGE, 1, 0))
    lues = table.group_by(COMMUNE).agg(_expressions(d, table.columns))
    return {
        code: _lue(d, 1, valeur, comptees, int(tues), personnes, None)
        for code, valeur, comptees, tues, personnes, _ in lues.iter_rows()
    }


def _lue(
    d: Definition, communes: int, valeur: float | None, comptees: int, tues: int, personnes: float | None,
    poids: float | None,
) -> Valeur:  # fmt: skip
    if personnes is not None and personnes < d.masquer_sous:
        return Valeur(None, Etat.MASQUE, communes, comptees, tues)
    etat = _etat(valeur, comptees, tues, communes)
    return Valeur(valeur, etat, communes, comptees, tues, poids if etat == Etat.INCOMPLET else None)


def _etat(valeur: float | None, comptees: int, tues: int, communes: int) -> Etat:
    if comptees == communes and valeur is not None:
        return Etat.CONNU
    if valeur is not None and comptees:
        return Etat.INCOMPLET
    return Etat.SECRET if tues else Etat.MANQUANT


def _expressions(d: Definition, colonnes: Sequence[str]) -> list[pl.Expr]:
    """La valeur, les communes comptées, celles que le secret écarte, les personnes comptées, et leur poids."""
    connu = pl.all_horizontal(pl.col(c).is_not_null() for c in d.colonnes)
    tues = [pl.col(TU + c) for c in d.colonnes if TU + c in colonnes]
    tu = pl.any_horizontal(tues) & ~connu if tues else pl.lit(value=False)
    return [
        _valeur(d, connu).alias(f"{d.id}:valeur"),
        connu.sum().alias(f"{d.id}:comptees"),
        tu.sum().alias(f"{d.id}:tues"),
        _personnes(d, connu).alias(f"{d.id}:personnes"),
        _poids(connu, colonnes).alias(f"{d.id}:poids"),
    ]


def _personnes(d: Definition, connu: pl.Expr) -> pl.Expr:
    """Le plus petit des totaux que le chiffre laisse lire, zéro à part : il ne désigne personne."""
    if not d.masquer_sous or not d.comptes:
        return pl.lit(None, dtype=pl.Float64)
    totaux = [_total(c, connu) for c in d.comptes]
    return pl.min_horizontal(pl.when(t > 0).then(t) for t in totaux)


def _poids(connu: pl.Expr, colonnes: Sequence[str]) -> pl.Expr:
    if HABITANTS not in colonnes:
        return pl.lit(None, dtype=pl.Float64)
    tous = pl.col(HABITANTS).sum()
    return pl.when(tous > 0).then(pl.col(HABITANTS).filter(connu).sum() / tous)


def _total(somme: str, connu: pl.Expr) -> pl.Expr:
    """Les termes s'ajoutent commune par commune, puis les communes : un seul filtre, quel que soit leur nombre."""
    return pl.sum_horizontal(*termes(somme)).filter(connu).sum()


def _valeur(d: Definition, connu: pl.Expr) -> pl.Expr:
    def total(somme: str) -> pl.Expr:
        return _total(somme, connu)

    if d.somme:
        return pl.when(connu.any()).then(total(d.somme))
    if d.difference:
        return pl.when(connu.any()).then(total(d.difference[0]) - total(d.difference[1]))
    if d.rapport:
        dessus, dessous = (total(c) for c in d.rapport)
        return pl.when(dessous > 0).then(dessus / dessous * d.facteur)
    if d.evolution:
        avant, apres = (total(c) for c in d.evolution)
        return pl.when((avant > 0) & (apres > 0)).then(((apres / avant) ** (1 / d.annees) - 1) * 100)
    poids = total(d.poids)
    return pl.when(poids > 0).then((pl.col(d.moyenne) * pl.col(d.poids)).filter(connu).sum() / poids)


__all__ = ["COMMUNE", "Etat", "Valeur", "agreger", "par_commune"]
