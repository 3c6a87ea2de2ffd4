"""Les données officielles et les cartes : importer un jeu de 35 000 communes, classer et dessiner une région."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.chrono import Mesure, mesurer
from esperluette.territoires import contours
from esperluette.territoires.cartes import Classe, dessiner
from esperluette.territoires.imports import importer_jeu
from esperluette.territoires.models import Commune
from esperluette.territoires.zonages import carte_du_zonage, classement, zonages_de

VALEURS = ("1_ZIP", "2_ZAC", "3_HZ", "4_ZAR")
BRETAGNE = "53"


def mesures() -> Iterator[Mesure]:
    """Le découpage est chargé ; le jeu est fabriqué ici, à la taille du vrai."""
    with tempfile.TemporaryDirectory(prefix="esperluette-jeu-") as dossier:
        fichier = Path(dossier) / "zonage.csv"
        codes = Commune.objects.filter(active=True).order_by("pk").values_list("pk", flat=True)
        lignes = [f"{code},{VALEURS[rang % 4]}" for rang, code in enumerate(codes)]
        fichier.write_text("\n".join(["code,Zonage", *lignes]), encoding="utf-8")
        detail = f"{len(lignes)} lignes"

        def importer(*, forcer: bool) -> None:
            importer_jeu("zonage-medecins", acteur=None, fichier=fichier, forcer=forcer)

        yield mesurer("zonages : importer un jeu", lambda: importer(forcer=True), fois=2, base=False, detail=detail)
        yield mesurer("zonages : le même fichier, rien à faire", lambda: importer(forcer=False), fois=5)
    region = list(Commune.objects.filter(region=BRETAGNE, active=True).values_list("pk", flat=True))
    detail = f"{len(region)} communes"
    for nombre in (5, 50, 500):
        yield mesurer(
            f"zonages : classer {nombre} communes", lambda n=nombre: classement(region[0], region[:n]), fois=10
        )
    yield mesurer("contours : lire une région à froid", lambda: _a_froid(region), fois=5, base=False, detail=detail)
    yield mesurer("carte : dessiner une région", lambda: _carte(region), fois=20, base=False, detail=detail)
    yield mesurer("carte : une région et son zonage", lambda: _zonage(region), fois=10, detail=detail)
    yield mesurer("zonages : toutes les communes d'une région", lambda: zonages_de(region), fois=10, detail=detail)


def _a_froid(codes: list[str]) -> None:
    contours.vider_cache()
    contours.contours(codes)


def _carte(codes: list[str]) -> None:
    classes = [Classe(str(n), f"Classe {n}") for n in range(4)]
    dessiner(titre="Région", communes=codes, classes=classes, classement={c: str(int(c, 36) % 4) for c in codes})


def _zonage(codes: list[str]) -> None:
    carte_du_zonage("zonage-medecins", codes, titre="Région")
