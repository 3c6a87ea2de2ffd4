"""Le diagnostic d'un territoire de 5, 50 et 500 communes, tous les jeux chargés : à froid, puis à chaud.

Les fichiers sont fabriqués ici, au format officiel et à la taille de la France ; leurs valeurs ne veulent rien dire.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.chrono import Mesure, mesurer
from esperluette.indicateurs.diagnostic import diagnostic, instantane
from esperluette.indicateurs.imports import importer_chiffres
from esperluette.indicateurs.lectures import chiffres, vider_memoire
from esperluette.territoires import contours
from esperluette.territoires.models import Commune

BRETAGNE = "53"
TAILLES = (5, 50, 500)
_COMPARATEUR = (
    "superficie_km2", "population_2021", "population_2015", "menages_2021", "naissances_2022", "deces_2022"
)  # fmt: skip
_TRANCHES = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")


def mesures() -> Iterator[Mesure]:
    """Le découpage et un zonage sont chargés."""
    codes = list(Commune.objects.filter(active=True, commune_mere=None).order_by("pk").values_list("pk", flat=True))
    with tempfile.TemporaryDirectory(prefix="esperluette-chiffres-") as dossier:
        for jeu, lignes in _fichiers(codes).items():
            fichier = Path(dossier) / f"{jeu}.csv"
            fichier.write_text("\n".join(lignes) + "\n", encoding="utf-8")
            importer_chiffres(jeu, acteur=None, fichier=fichier)
    region = list(Commune.objects.filter(region=BRETAGNE, active=True).order_by("pk").values_list("pk", flat=True))
    yield mesurer("chiffres : relire tous les jeux", _relire, fois=3, detail=f"{len(codes)} communes")
    yield mesurer("centres : ceux de toute la France, à froid", _centres, fois=3, base=False)
    for taille in TAILLES:
        voulues = region[:taille]
        yield mesurer(f"diagnostic : {taille} communes, à froid", _froid(voulues), fois=2)
        yield mesurer(f"diagnostic : {taille} communes, ses chiffres seuls", lambda v=voulues: diagnostic(v), fois=15)
        yield mesurer(
            f"diagnostic : {taille} communes, entier",
            lambda v=voulues: instantane(v),
            fois=15,
            detail=f"{len(instantane(voulues).model_dump_json()) / 1024:.0f} Ko",
        )


def _relire() -> None:
    vider_memoire()
    chiffres()


def _centres() -> None:
    contours.vider_cache()
    contours.centres()


def _froid(codes: list[str]) -> Callable[[], object]:
    def calculer() -> object:
        vider_memoire()
        return instantane(codes)

    return calculer


def _fichiers(codes: list[str]) -> dict[str, list[str]]:
    """Un fichier par jeu ; une commune sur dix a un médecin, une sur quarante un service d'urgences."""
    rangs = list(enumerate(codes))
    ages = ",".join(f"P21_{sexe}{tranche}" for sexe in "HF" for tranche in _TRANCHES)
    apl = ["code,apl_mg2018,pop2016,apl_inf2016,apl_sf2016,apl_mk2016,pop2014"]
    return {
        "comparateur": [
            ",".join(["insee_com", "commune_type", *_COMPARATEUR]),
            *(f"{c},COM,{10 + n % 40},{300 + n % 5000},{310 + n % 4900},{150 + n % 900},9,{n % 60}" for n, c in rangs),
        ],
        "filosofi": [
            "CODGEO,NBPERSMENFISC16,MED16,TP6016",
            *(f"{c},{300 + n % 5000},{15000 + n % 9000},{n % 30 if n % 4 else ''}" for n, c in rangs),
        ],
        **dict.fromkeys(
            ("apl-medecins", "apl-infirmiers", "apl-kines", "apl-sages-femmes"),
            apl + [f"{c},{n % 60 / 10},{300 + n % 5000},{n % 300},{n % 30},{n % 90},{290 + n % 99}" for n, c in rangs],
        ),
        "bpe-sante": [
            "DEPCOM,TYPEQU,NB_EQUIP",
            *(f"{c},{sorte},{1 + n % 4}" for n, c in rangs for sorte, pas in _SORTES.items() if n % pas == 0),
        ],
        "population-par-age": [
            f"CODGEO,{ages}", *(f"{c},{','.join(str(20 + (n + t) % 200) for t in range(14))}" for n, c in rangs)
        ],
    }  # fmt: skip


_SORTES = {"D201": 10, "D232": 7, "D233": 12, "D221": 15, "D231": 60, "D301": 11, "D106": 40, "D401": 25, "D108": 90}
