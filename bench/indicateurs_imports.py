"""Importer chaque jeu national, face au temps de sa seule lecture par polars.

Les fichiers sont fabriqués ici, au format et à la taille des vrais, tels que leur adresse officielle les donne
(archive, classeur, CSV) : 35 000 communes, les colonnes du producteur, des valeurs inventées. « polars » lit tout le
fichier, en texte : c'est le moins qu'on puisse faire d'un fichier. Le rapport est celui des médianes.
"""

import io
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import polars as pl

from bench.chrono import Mesure, mesurer
from esperluette.indicateurs.imports import importer_chiffres
from esperluette.territoires.models import Commune

FOIS = 9
TRANCHES = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
EQUIPEMENTS = ("A101", "B203", "D265", "D279", "C107", "D307", "C101", "F121")
APL = {
    "apl-medecins": ("APL aux médecins généralistes", "Population standardisée 2022 pour la médecine générale"),
    "apl-infirmiers": ("APL aux infirmières", "Population standardisée 2022 pour les infirmières"),
    "apl-kines": ("APL aux kinésithérapeutes", "Population standardisée 2022 pour les kinésithérapeutes"),
    "apl-sages-femmes": ("APL aux sages-femmes", "Population féminine standardisée 2022 pour les sages-femmes"),
    "apl-dentistes": ("APL aux chirurgiens-dentistes", "Population standardisée 2022 pour les chirurgiens-dentistes"),
}


def mesures() -> Iterator[Mesure]:
    """Pour chaque jeu : la lecture de polars, l'import, et leur rapport. Le découpage est chargé."""
    communes = list(Commune.objects.filter(active=True, commune_mere=None).order_by("pk").values_list("pk", flat=True))
    with tempfile.TemporaryDirectory(prefix="esperluette-jeux-") as dossier:
        for jeu, (nom, fabriquer) in FICHIERS.items():
            chemin = Path(dossier) / nom
            chemin.write_bytes(fabriquer(jeu, communes))
            yield from _face_a_polars(jeu, chemin)
            chemin.unlink()


def _face_a_polars(jeu: str, chemin: Path) -> Iterator[Mesure]:
    detail = f"{chemin.name}, {chemin.stat().st_size / 1e6:.1f} Mo"
    seule = mesurer(f"{jeu} : lire par polars", lambda: _polars(chemin), fois=FOIS, base=False, detail=detail)
    yield seule

    def importer() -> None:
        importer_chiffres(jeu, acteur=None, fichier=chemin, forcer=True)

    mesure = mesurer(f"{jeu} : importer", importer, fois=FOIS)
    rapport = f"{mesure.mediane / seule.mediane:.1f} fois la lecture"
    yield Mesure(mesure.nom, mesure.mediane, mesure.minimum, mesure.maximum, mesure.requetes, rapport)


def _polars(chemin: Path) -> pl.DataFrame:
    if chemin.suffix == ".xlsx":
        return pl.read_excel(
            chemin, sheet_id=2 if chemin.name.startswith("apl") else 1, engine="calamine", infer_schema_length=0
        )
    source: Path | io.BytesIO = chemin
    if chemin.suffix == ".zip":
        with zipfile.ZipFile(chemin) as archive:
            source = io.BytesIO(archive.read(archive.namelist()[0]))
    finess = chemin.name.startswith("etalab")
    return pl.read_csv(
        source, separator=";", infer_schema=False,
        has_header=not finess, skip_rows=1 if finess else 0, quote_char=None if finess else '"',
    )  # fmt: skip


# --- Les fichiers ----------------------------------------------------------------------------------------


def _csv(entete: list[str], lignes: Iterator[list[str]]) -> bytes:
    return "\n".join(";".join(ligne) for ligne in [entete, *lignes]).encode() + b"\n"


def _archive(nom: str, csv: bytes) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(nom, csv)
    return sortie.getvalue()


def _hasard() -> random.Random:
    return random.Random(22)  # noqa: S311 — des valeurs d'essai, pas des clés


def _nombres(combien: int, hasard: random.Random, decimales: int = 0) -> list[str]:
    """Des valeurs toutes différentes : une archive de valeurs égales se décomprimerait trop vite."""
    return [f"{hasard.lognormvariate(5, 1.5):.{decimales}f}" for _ in range(combien)]


def _comparateur(_jeu: str, communes: list[str]) -> bytes:
    entete = ["CODGEO", "P22_POP", "P16_POP", "SUPERF", "NAIS1621", "DECE1621", "P22_MEN", "NAISD24", "DECESD24"]
    entete += [f"ETTOT{n}" for n in range(25)]  # logements, emploi, établissements
    hasard = _hasard()
    lignes = ([c, *_nombres(8, hasard), *_nombres(25, hasard, 4)] for c in communes)
    return _archive("base_cc_comparateur.csv", _csv(entete, lignes))


def _filosofi(_jeu: str, communes: list[str]) -> bytes:
    """Sept communes sur huit n'ont que leur médiane : les autres chiffres sont secrets."""
    entete = ["CODGEO", "LIBGEO", "NBMENFISC21", "NBPERSMENFISC21", "MED21", "TP6021", *(f"V{n}21" for n in range(23))]
    hasard = _hasard()
    lignes = (
        [c, f"Commune {c}", *_nombres(3, hasard), *(_nombres(24, hasard, 1) if n % 8 == 0 else [""] * 24)]
        for n, c in enumerate(communes)
    )
    return _archive("FILO2021_DISP_COM.csv", _csv(entete, lignes))


def _bpe(_jeu: str, communes: list[str]) -> bytes:
    """L'archive d'aujourd'hui, entre guillemets : 32 équipements par commune, dont douze de santé."""
    entete = ["GEO", "GEO_OBJECT", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD"]
    sortes = [f"{sorte[0]}{int(sorte[1:]) + n}" for sorte in EQUIPEMENTS for n in range(4)]
    lignes = (
        [f'"{c}"', '"COM"', f'"{sorte[0]}"', f'"{sorte[:2]}"', f'"{sorte}"', '"FACILITIES"', "2024", str(n % 40)]
        for c in communes for n, sorte in enumerate(sortes, start=int(c, 36))
    )  # fmt: skip
    return _archive("DS_BPE_2024_data.csv", _csv([f'"{c}"' for c in (*entete, "OBS_VALUE")], lignes))


def _ages(_jeu: str, communes: list[str]) -> bytes:
    voulues = [f"P21_{s}{t}" for s in "HF" for t in TRANCHES]
    entete = ["CODGEO", *voulues, *(f"C21_{n}" for n in range(150))]
    hasard = _hasard()
    lignes = ([c, *_nombres(len(entete) - 1, hasard, 6)] for c in communes)
    return _archive("base-cc-evol-struct-pop-2021.CSV", _csv(entete, lignes))


def _finess(_jeu: str, communes: list[str]) -> bytes:
    """Cent mille fiches de 330 signes, dont sept sur dix d'une catégorie gardée : comme dans l'extrait réel."""
    categories = ("620", "500", "354", "603", "124", "355", "246", "330", "286", "699")
    adresse = ["", "", "12", "AV", "DE LA MAISON DE SANTE", "", ""]
    lignes = [["finess", "etalab", "111", "2026-05-12"]]
    for n in range(100_000):
        commune = communes[n % len(communes)]
        lignes.append(
            ["structureet", f"{n:09d}", f"{n:09d}", f"ETABLISSEMENT {n}", f"ÉTABLISSEMENT NUMÉRO {n}",
             *adresse, commune[2:], commune[:2], "FINISTERE", "99999 NOM DE LA COMMUNE CEDEX",
             "0200000000", "0200000001", categories[n % 10], "Une catégorie d'établissement", "1102", "Un agrégat",
             "26010004500012", "8610Z", "03", "ARS établissements publics", "1", "Public",
             "1979-02-13", "1979-02-13", "2020-02-04", ""]
        )  # fmt: skip
    return "\n".join(";".join(ligne) for ligne in lignes).encode() + b"\n"


def _classeur(jeu: str, communes: list[str]) -> bytes:
    """Une feuille de présentation, puis celle de l'année."""
    livre = openpyxl.Workbook(write_only=True)
    livre.create_sheet("Lisez-moi").append(["Accessibilité potentielle localisée"])
    feuille = livre.create_sheet("APL 2024")
    for _ in range(8):
        feuille.append(["Titre et notes"])
    feuille.append(["Code commune INSEE", "Commune", *APL[jeu], "Population totale 2022"])
    feuille.append([None, None, "En nombre", "En nombre", "En nombre"])
    for n, commune in enumerate(communes):
        feuille.append([commune, f"Commune {commune}", 2.5 + n % 30 / 10, 761.7 + n, 800 + n])
    sortie = io.BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


def _tvs(_jeu: str, communes: list[str]) -> bytes:
    livre = openpyxl.Workbook(write_only=True)
    livre.create_sheet("Sheet1").append(["Code commune", "Libellé de la commune", *_INTITULES_TVS])
    for commune in communes:
        livre.worksheets[0].append([commune, f"Commune {commune}", f"{commune[:2]}001", f"Territoire {commune[:2]}"])
    sortie = io.BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


def _densite(_jeu: str, communes: list[str]) -> bytes:
    titre = ["CartoSanté; ; ", "France par territoire de vie-santé 2019; ; "]
    lignes = [f"{c};Territoire {c};{n % 12}.5" for n, c in enumerate(communes[::12])]
    return "\n".join([*titre, "Code;Libellé;Densité de généralistes lib. 2021", *lignes]).encode() + b"\n"


_INTITULES_TVS = ("Code du territoire de vie-santé", "Libellé du territoire de vie-santé")
FICHIERS: dict[str, tuple[str, Callable[[str, list[str]], bytes]]] = {
    "comparateur": ("base_cc_comparateur_csv.zip", _comparateur),
    "filosofi": ("indic-struct-distrib-revenu-2021-COMMUNES_csv.zip", _filosofi),
    "bpe-sante": ("DS_BPE_CSV_FR.zip", _bpe),
    "population-par-age": ("base-cc-evol-struct-pop-2021_csv.zip", _ages),
    "finess": ("etalab-cs1100502.csv", _finess),
    **{jeu: (f"{jeu}.xlsx", _classeur) for jeu in APL},
    "tvs": ("Correspondance_communes_tvs.xlsx", _tvs),
    "densite-medecins": ("densite_med.csv", _densite),
}
