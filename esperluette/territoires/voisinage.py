"""Les communes alentour, à vol d'oiseau, de centre à centre. Lit les contours embarqués, jamais la base."""

import math

from esperluette.territoires import contours as fonds
from esperluette.territoires.contours import Boite, Contour

MAXIMUM_KM = 100
RAYON_DE_LA_TERRE = 6371.009  # km, rayon moyen (UGGI)
# Les tracés sont simplifiés et les centres de deux façons de faire : on regarde un peu autour du cercle.
MARGE_KM = 15


def a_moins_de(code: str, km: float) -> dict[str, float]:
    """Les communes dont le centre est à `km` kilomètres au plus de celui de `code`, elle comprise ; la plus proche
    d'abord, avec sa distance. Vide si l'on n'a pas le contour de `code`.

    Arrondissements municipaux compris. Au-delà de cent kilomètres, on s'arrête à cent.
    """
    depart = fonds.contours([code]).get(code)
    if depart is None or depart.longitude is None:
        return {}
    portee = min(km, MAXIMUM_KM)
    cercle = _autour(depart, (portee + MARGE_KM) * 1000 / fonds.provenance()["pas"])
    trouvees = {}
    for departement in fonds.departements_du_repere(depart.repere):
        lot = fonds.lot_du_departement(departement.code) if _se_touchent(departement.boite, cercle) else None
        for voisin in lot.contours.values() if lot else ():
            if (distance := _kilometres(depart, voisin)) <= portee:
                trouvees[voisin.code] = distance
    return dict(sorted(trouvees.items(), key=lambda paire: (paire[1], paire[0])))


def _autour(contour: Contour, portee: float) -> Boite:
    x, y = contour.centre
    r = math.ceil(portee)
    return x - r, y - r, x + r, y + r


def _se_touchent(a: Boite, b: Boite) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _kilometres(depart: Contour, arrivee: Contour) -> float:
    """La distance sur la sphère ; infinie si l'un des deux n'est pas situé."""
    if None in (depart.longitude, depart.latitude, arrivee.longitude, arrivee.latitude):
        return math.inf
    corde = math.dist(_vecteur(depart), _vecteur(arrivee))
    return 2 * RAYON_DE_LA_TERRE * math.asin(min(corde / 2, 1.0))


def _vecteur(contour: Contour) -> tuple[float, float, float]:
    lam, phi = math.radians(contour.longitude or 0.0), math.radians(contour.latitude or 0.0)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
