"""La pyramide des âges, sans qu'aucune de ses barres puisse désigner quelqu'un. Pur, sans base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esperluette.indicateurs.calcul import Valeur
from esperluette.indicateurs.definitions import Tranche
from esperluette.indicateurs.instantane import TrancheLue


@dataclass(frozen=True, slots=True)
class _Barre:
    de: int
    a: int | None
    hommes: float
    femmes: float
    reference: tuple[float, float] | None

    @property
    def libelle(self) -> str:
        if self.a is None:
            return f"{self.de} ans et plus" if self.de else "Tous les âges"
        return f"{self.de} à {self.a} ans" if self.de else f"Moins de {self.a + 1} ans"

    def avec(self, autre: "_Barre") -> "_Barre":
        """Les deux n'en font qu'une ; `autre` est plus âgée."""
        parts = None
        if self.reference is not None and autre.reference is not None:
            parts = self.reference[0] + autre.reference[0], self.reference[1] + autre.reference[1]
        return _Barre(self.de, autre.a, self.hommes + autre.hommes, self.femmes + autre.femmes, parts)


def tranches_lues(
    tranches: Sequence[Tranche],
    territoire: Mapping[str, Valeur],
    reference: Mapping[str, Valeur],
    *,
    masquer_sous: int,
) -> tuple[TrancheLue, ...]:
    """Une barre par tranche et par sexe ; vide si un effectif manque, ou si tout le territoire en compte trop peu.

    Une tranche où un sexe compte moins de `masquer_sous` personnes se réunit à sa voisine la moins peuplée.
    """
    barres = _barres(tranches, territoire, _parts(tranches, reference))
    while len(barres) > 1 and (trop_petite := _la_plus_petite(barres)) is not None:
        if not _petite(barres[trop_petite], masquer_sous):
            break
        barres = _reunies(barres, trop_petite)
    if not barres or _petite(barres[0], masquer_sous):
        return ()
    return tuple(
        TrancheLue(
            libelle=b.libelle, hommes=b.hommes, femmes=b.femmes,
            hommes_reference=b.reference[0] if b.reference else None,
            femmes_reference=b.reference[1] if b.reference else None,
        )
        for b in barres
    )  # fmt: skip


def _effectifs(tranche: Tranche, valeurs: Mapping[str, Valeur]) -> tuple[float, float] | None:
    lues = [valeurs.get(indicateur) for indicateur in (tranche.hommes, tranche.femmes)]
    hommes, femmes = (None if v is None else v.valeur for v in lues)
    return None if hommes is None or femmes is None else (hommes, femmes)


def _parts(tranches: Sequence[Tranche], valeurs: Mapping[str, Valeur]) -> list[tuple[float, float] | None]:
    """Ce que chaque tranche pèse dans la population de référence, en %."""
    lus = [_effectifs(t, valeurs) for t in tranches]
    connus = [paire for paire in lus if paire is not None]
    total = sum(hommes + femmes for hommes, femmes in connus)
    if len(connus) < len(lus) or not total:
        return [None] * len(lus)
    return [(hommes / total * 100, femmes / total * 100) for hommes, femmes in connus]


def _barres(
    tranches: Sequence[Tranche], valeurs: Mapping[str, Valeur], parts: Sequence[tuple[float, float] | None]
) -> list[_Barre]:
    barres = []
    for tranche, part in zip(tranches, parts, strict=True):
        effectifs = _effectifs(tranche, valeurs)
        if effectifs is None:
            return []
        barres.append(_Barre(tranche.de, tranche.a, *effectifs, part))
    return barres


def _petite(barre: _Barre, masquer_sous: int) -> bool:
    return min(barre.hommes, barre.femmes) < masquer_sous


def _la_plus_petite(barres: Sequence[_Barre]) -> int | None:
    return min(
        range(len(barres)), key=lambda rang: (min(barres[rang].hommes, barres[rang].femmes), -rang), default=None
    )


def _reunies(barres: list[_Barre], rang: int) -> list[_Barre]:
    voisines = [r for r in (rang - 1, rang + 1) if 0 <= r < len(barres)]
    avec = min(voisines, key=lambda r: (barres[r].hommes + barres[r].femmes, -r))
    premiere, seconde = sorted((rang, avec))
    return [*barres[:premiere], barres[premiere].avec(barres[seconde]), *barres[seconde + 1 :]]
