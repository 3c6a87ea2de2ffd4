"""Les contours communaux embarqués : une archive, un lot par département, produite par outils/contours.py.

Les coordonnées sont planes, entières, y vers le bas, prêtes à dessiner : `Contour.trace` est un attribut `d` de SVG.
Deux contours ne vont ensemble que s'ils ont le même `repere` (« metropole », « 974 »…). Rien ici ne touche la base.
"""

import json
import lzma
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from esperluette.commun.erreurs import ErreurMetier

Boite = tuple[int, int, int, int]
METROPOLE = "metropole"


class ContoursIllisibles(ErreurMetier):
    """L'archive des contours est absente ou abîmée."""


@dataclass(frozen=True, slots=True)
class Contour:
    """Un contour : son tracé, sa boîte (x, y, x, y), un point intérieur ; longitude et latitude de ce point."""

    code: str
    repere: str
    trace: str
    boite: Boite
    centre: tuple[int, int]
    arcs: tuple[int, ...]
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Les contours d'un département, et les frontières (arcs) qu'ils partagent."""

    repere: str
    contours: Mapping[str, Contour]
    arcs: tuple[str, ...]


def fichier_embarque() -> Traversable:
    """L'archive du millésime le plus récent dans le paquet."""
    dossier = files("esperluette.territoires") / "donnees"
    trouves = sorted((f for f in dossier.iterdir() if f.name.startswith("contours-")), key=lambda f: f.name)
    if not trouves:
        raise ContoursIllisibles("Les contours ne sont pas dans le paquet : lancez outils/contours.py.")
    return trouves[-1]


@lru_cache(maxsize=1)
def provenance() -> dict[str, Any]:
    """Producteur, millésime, licence, version du paquet d'origine : à citer sous chaque carte."""
    return dict(_membre("provenance") or {})


def departement_de(code: str) -> str:
    """Le département d'une commune, d'après son code INSEE."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def contours(codes: Iterable[str]) -> dict[str, Contour]:
    """Les contours de ces communes et arrondissements municipaux ; un code sans contour est omis.

    Ne lit que les départements utiles, et les garde en mémoire.
    """
    trouves: dict[str, Contour] = {}
    for code in codes:
        lot = lot_du_departement(departement_de(code))
        if lot is not None and code in lot.contours:
            trouves[code] = lot.contours[code]
    return trouves


# Un code, et où il est : le repère de ses coordonnées (« metropole », « 974 »…), sa longitude, sa latitude.
Centres = Mapping[str, tuple[str, float, float]]


@lru_cache(maxsize=1)
def centres() -> Centres:
    """Le centre de chaque commune de France, lu d'un coup (une demi-seconde) puis gardé en mémoire."""
    trouves: dict[str, tuple[str, float, float]] = {}
    for nom in _membres("communes/"):
        lot = _membre(nom)
        trouves |= {
            code: (lot["repere"], c[2] / 1000, c[3] / 1000) for code, c in lot["centres"].items() if len(c) > 3
        }
    return trouves


def contours_des_departements(codes: Iterable[str]) -> dict[str, Contour]:
    """Les contours, très simplifiés, de ces départements ; un code inconnu est omis."""
    trouves: dict[str, Contour] = {}
    for code in codes:
        lot = _lot(f"departements/{code if code.startswith(('97', '98')) else METROPOLE}")
        if lot is not None and code in lot.contours:
            trouves[code] = lot.contours[code]
    return trouves


def lot_du_departement(departement: str) -> Lot | None:
    """Tous les contours communaux d'un département, ou None s'il n'en a pas."""
    return _lot(f"communes/{departement}")


def limite_exterieure(choisis: Iterable[Contour]) -> str:
    """Le tracé des frontières qui ne séparent pas deux de ces contours, département par département."""
    vus: dict[tuple[str, int], int] = {}
    for contour in choisis:
        departement = departement_de(contour.code)
        for arc in contour.arcs:
            cle = (departement, arc)
            vus[cle] = vus.get(cle, 0) + 1
    morceaux = []
    for (departement, arc), fois in vus.items():
        lot = lot_du_departement(departement)
        if fois == 1 and lot is not None:
            morceaux.append(lot.arcs[arc])
    return "".join(morceaux)


def boite_commune(boites: Iterable[Boite]) -> Boite:
    """La plus petite boîte qui les contient toutes ; lève ValueError s'il n'y en a aucune."""
    gauche, haut, droite, bas = zip(*boites, strict=True)
    return min(gauche), min(haut), max(droite), max(bas)


def vider_cache() -> None:
    """Oublie les contours lus : pour mesurer, ou après avoir changé l'archive."""
    _lot.cache_clear()
    provenance.cache_clear()
    centres.cache_clear()


def _membres(prefixe: str) -> list[str]:
    source = fichier_embarque()
    try:
        with source.open("rb") as flux, zipfile.ZipFile(flux) as archive:
            noms = [n.removesuffix(".json.xz") for n in archive.namelist() if n.startswith(prefixe)]
    except (OSError, zipfile.BadZipFile) as erreur:
        raise ContoursIllisibles(f"{source} : archive de contours illisible ({erreur}).") from erreur
    return noms


def _membre(nom: str) -> Any:
    source = fichier_embarque()
    try:
        with source.open("rb") as flux, zipfile.ZipFile(flux) as archive:
            return json.loads(lzma.decompress(archive.read(f"{nom}.json.xz")))
    except KeyError:
        return None
    except (OSError, zipfile.BadZipFile, lzma.LZMAError, ValueError) as erreur:
        raise ContoursIllisibles(f"{source} : archive de contours illisible ({erreur}).") from erreur


# Une région compte treize départements au plus : de quoi en garder plusieurs, sans grossir avec le temps.
@lru_cache(maxsize=40)
def _lot(nom: str) -> Lot | None:
    brut = _membre(nom)
    if brut is None:
        return None
    arcs = _derouler(brut["arcs"])
    repere = brut["repere"]
    trouves = {
        code: _contour(code, repere, anneaux, brut["centres"][code], arcs) for code, anneaux in brut["formes"].items()
    }
    return Lot(repere=repere, contours=trouves, arcs=tuple(f"M{x} {y}l{aller}" for x, y, aller, *_ in arcs))


# Départ (x, y), pas vers l'arrivée et pas du retour en texte, arrivée (x, y), boîte.
_Arc = tuple[int, int, str, str, int, int, Boite]


def _derouler(arcs: list[list[int]]) -> list[_Arc]:
    deroules: list[_Arc] = []
    x = y = 0
    for plats in arcs:
        x += plats[0]
        y += plats[1]
        depart = (x, y)
        pas = list(zip(plats[2::2], plats[3::2], strict=True))
        gauche = droite = x
        haut = bas = y
        for dx, dy in pas:
            x += dx
            y += dy
            gauche, droite = min(gauche, x), max(droite, x)
            haut, bas = min(haut, y), max(bas, y)
        aller = " ".join(f"{dx} {dy}" for dx, dy in pas)
        retour = " ".join(f"{-dx} {-dy}" for dx, dy in reversed(pas))
        deroules.append((*depart, aller, retour, x, y, (gauche, haut, droite, bas)))
    return deroules


def _contour(code: str, repere: str, anneaux: list[list[int]], centre: list[int], arcs: list[_Arc]) -> Contour:
    morceaux, employes = [], []
    for anneau in anneaux:
        premier = anneau[0]
        x, y = arcs[premier][:2] if premier >= 0 else arcs[~premier][4:6]
        pas = " ".join(arcs[n][2] if n >= 0 else arcs[~n][3] for n in anneau)
        morceaux.append(f"M{x} {y}l{pas}z")
        employes += [n if n >= 0 else ~n for n in anneau]
    boites = [arcs[n][6] for n in employes]
    lonlat = [valeur / 1000 for valeur in centre[2:4]]
    return Contour(
        code=code,
        repere=repere,
        trace="".join(morceaux),
        boite=boite_commune(boites),
        centre=(centre[0], centre[1]),
        arcs=tuple(employes),
        longitude=lonlat[0] if lonlat else None,
        latitude=lonlat[1] if lonlat else None,
    )
