"""La pyramide des âges et les parts d'âge, sans qu'aucun chiffre puisse désigner quelqu'un. Pur, sans base.

Une part ne se montre que si elle coupe les âges là où la pyramide, elle aussi, les sépare, ou là où personne ne se
retrouve dans un groupe trop petit : ce qu'on déduit en croisant les deux compte toujours assez de personnes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from esperluette.indicateurs.calcul import Etat, Valeur
from esperluette.indicateurs.definitions import Theme, Tranche
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
    barres = _montrees(_barres(tranches, territoire, _parts(tranches, reference)), masquer_sous)
    return tuple(
        TrancheLue(
            libelle=b.libelle, hommes=b.hommes, femmes=b.femmes,
            hommes_reference=b.reference[0] if b.reference else None,
            femmes_reference=b.reference[1] if b.reference else None,
        )
        for b in barres
    )  # fmt: skip


def taire(theme: Theme, valeurs: Mapping[str, Valeur]) -> dict[str, Valeur]:
    """Les chiffres du thème qui, croisés avec la pyramide du même territoire, en diraient trop : les voici tus.

    `valeurs` : celles de ce territoire, ses tranches comprises. Un zéro se dit : il ne désigne personne.
    """
    a_voir = [cle for cle in theme.coupes if cle in valeurs and valeurs[cle].valeur]
    if not a_voir:
        return {}
    barres, points = _points(theme, valeurs)
    return {
        cle: replace(valeurs[cle], valeur=None, etat=Etat.MASQUE)
        for cle in a_voir
        if not theme.coupes[cle].ages <= (barres if theme.coupes[cle].un_sexe else points)
    }


def _points(theme: Theme, valeurs: Mapping[str, Valeur]) -> tuple[set[int], set[int]]:
    """Les âges où commence une barre montrée ; et ceux-là, plus ceux où l'on peut couper les deux sexes ensemble."""
    montrees = _montrees(_barres(theme.tranches, valeurs, [None] * len(theme.tranches)), theme.masquer_sous)
    barres = {barre.de for barre in montrees}
    lus = {t.de: _effectifs(t, valeurs) for t in theme.tranches}
    totaux = {de: sum(effectifs) for de, effectifs in lus.items() if effectifs is not None}
    points = barres | {0}
    for age in (a for coupes in theme.coupes.values() if not coupes.un_sexe for a in sorted(coupes.ages)):
        dessous, dessus = (
            max((p for p in points if p < age), default=0),
            min((p for p in points if p > age), default=None),
        )
        plus_jeunes = sum(n for de, n in totaux.items() if dessous <= de < age)
        plus_ages = sum(n for de, n in totaux.items() if age <= de and (dessus is None or de < dessus))
        if min(plus_jeunes, plus_ages) >= theme.masquer_sous:
            points.add(age)
    return barres, points


def _montrees(barres: list[_Barre], masquer_sous: int) -> list[_Barre]:
    """Les barres, réunies tant qu'une compte trop peu d'un sexe ; aucune si le tout en compte trop peu."""
    while len(barres) > 1 and (trop_petite := _la_plus_petite(barres)) is not None:
        if not _petite(barres[trop_petite], masquer_sous):
            break
        barres = _reunies(barres, trop_petite)
    return [] if not barres or _petite(barres[0], masquer_sous) else barres


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
