"""L'offre la plus proche d'une commune : à vol d'oiseau, de centre à centre. Pur, sans base.

Les communes qui ont une offre sont rangées dans une grille ; on y cherche en s'éloignant case par case, et l'on
s'arrête quand aucune case non vue ne peut être plus proche.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from esperluette.territoires.contours import Centres

RAYON = 6371.009  # km, rayon moyen de la Terre (UGGI)
GARDEES = 5_000  # réponses gardées : plusieurs régions, sans grossir avec le temps
TROP_LOIN = 16  # degrés : au-delà, aucune offre du même repère
_FRANCE = 200  # degrés carrés : de quoi avoir une ou deux communes pourvues par case, quelle que soit la rareté

_JAMAIS_CHERCHEE = (-1.0, "")  # se reconnaît à son identité : None est une réponse
_Vecteur = tuple[float, float, float]
# D'une commune, les kilomètres jusqu'à l'offre la plus proche et la commune où elle est ; None si on ne le sait pas.
PlusProche = Callable[[str], tuple[float, str] | None]


class Voisines:
    """Les communes qui ont une offre, prêtes à être cherchées."""

    def __init__(self, centres: Centres, codes: Iterable[str]) -> None:
        self._centres = centres
        self._cases: dict[tuple[str, int, int], list[tuple[str, _Vecteur]]] = defaultdict(list)
        situees = sorted({code for code in codes if code in centres})
        self._cote = min(max(math.sqrt(_FRANCE / max(len(situees), 1)), 0.1), 2.0)
        for code in situees:
            repere, longitude, latitude = centres[code]
            self._cases[repere, *self._case(longitude, latitude)].append((code, _vecteur(longitude, latitude)))
        self._reperes = {repere for repere, _, _ in self._cases}
        self._trouvees: dict[str, tuple[float, str] | None] = {}

    def plus_proche(self, code: str) -> tuple[float, str] | None:
        """Les kilomètres jusqu'à la plus proche, et son code ; None si l'une ou l'autre n'est pas située."""
        trouvee = self._trouvees.get(code, _JAMAIS_CHERCHEE)
        if trouvee is _JAMAIS_CHERCHEE:
            trouvee = self._chercher(code)
            if len(self._trouvees) >= GARDEES:
                self._trouvees = {}  # sans le vider : un autre fil peut y lire
            self._trouvees[code] = trouvee
        return trouvee

    def _chercher(self, code: str) -> tuple[float, str] | None:
        if code not in self._centres or self._centres[code][0] not in self._reperes:
            return None
        repere, longitude, latitude = self._centres[code]
        ici, (colonne, rangee) = _vecteur(longitude, latitude), self._case(longitude, latitude)
        meilleure: tuple[float, str] | None = None
        for rayon in range(math.ceil(TROP_LOIN / self._cote)):
            for x, y in _couronne(colonne, rangee, rayon):
                for autre, la in self._cases.get((repere, x, y), ()):
                    km = 0.0 if autre == code else _km(ici, la)
                    if meilleure is None or (km, autre) < meilleure:
                        meilleure = km, autre
            # Les cases non vues sont à plus de `rayon` cases ; un degré de longitude rétrécit vers les pôles.
            vers_le_pole = min(abs(latitude) + (rayon + 1) * self._cote, 89.0)
            a_moins_de = rayon * self._cote * math.radians(RAYON) * math.cos(math.radians(vers_le_pole))
            if meilleure is not None and meilleure[0] <= a_moins_de:
                break
        return meilleure

    def _case(self, longitude: float, latitude: float) -> tuple[int, int]:
        return math.floor(longitude / self._cote), math.floor(latitude / self._cote)


def _couronne(colonne: int, rangee: int, rayon: int) -> Iterable[tuple[int, int]]:
    if not rayon:
        return [(colonne, rangee)]
    cotes = range(-rayon, rayon + 1)
    haut_et_bas = [(colonne + dx, rangee + dy) for dx in cotes for dy in (-rayon, rayon)]
    return haut_et_bas + [(colonne + dx, rangee + dy) for dy in range(-rayon + 1, rayon) for dx in (-rayon, rayon)]


def _vecteur(longitude: float, latitude: float) -> _Vecteur:
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def _km(ici: _Vecteur, la: _Vecteur) -> float:
    """Le long du grand cercle, d'après la corde : exact aussi pour deux points voisins."""
    return 2 * RAYON * math.asin(min(math.dist(ici, la) / 2, 1.0))


def resumer(
    plus_proche: PlusProche, habitants: Mapping[str, float]
) -> tuple[float, str, float | None, float, str] | None:
    """Pour un territoire : la plus courte distance et vers où, la moyenne par habitant, la plus longue et d'où.

    `habitants` : ceux de chaque commune ; la moyenne manque si personne n'y habite.
    """
    trouvees = {code: proche for code in habitants if (proche := plus_proche(code)) is not None}
    if not trouvees:
        return None
    # À distance égale (zéro, le plus souvent), celle d'où partent le plus d'habitants.
    km, vers = min(trouvees.items(), key=lambda trouvee: (trouvee[1][0], -habitants[trouvee[0]], trouvee[0]))[1]
    loin, d_ou = max((proche[0], code) for code, proche in trouvees.items())
    poids = sum(habitants[code] for code in trouvees)
    moyenne = sum(habitants[code] * proche[0] for code, proche in trouvees.items()) / poids if poids else None
    return km, vers, moyenne, loin, d_ou
