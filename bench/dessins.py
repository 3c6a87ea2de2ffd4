"""Les dessins d'un diagnostic : la carte d'une région commune par commune, une fiche, un document."""

from collections.abc import Iterator

from bench.chrono import Mesure, mesurer
from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import produire
from esperluette.indicateurs.dessins import carte_du_chiffre
from esperluette.indicateurs.document import GABARIT, contexte_de
from esperluette.indicateurs.fiche import fiche
from esperluette.indicateurs.lectures import vider_memoire
from esperluette.territoires import contours
from esperluette.territoires.models import Commune
from tests.fabriques.indicateurs import charger, instantane

BRETAGNE = "53"
CHIFFRE = "apl_medecins"


def mesures() -> Iterator[Mesure]:
    """Le découpage est chargé ; le chiffre est fabriqué ici, pour toutes les communes de France."""
    toutes = Commune.objects.filter(active=True, commune_mere=None).order_by("pk")
    charger(CHIFFRE, {code: rang % 97 / 10 for rang, code in enumerate(toutes.values_list("pk", flat=True))})
    region = list(toutes.filter(region=BRETAGNE).values_list("pk", flat=True))
    dessin = carte_du_chiffre(region, CHIFFRE)
    detail = f"{len(region)} communes, {len(dessin.svg) // 1024} Ko"
    yield mesurer("carte d'un chiffre : une région, à froid", lambda: _a_froid(region), fois=3, detail=detail)
    yield mesurer("carte d'un chiffre : une région", lambda: carte_du_chiffre(region, CHIFFRE), fois=20, detail=detail)
    lu = instantane()
    yield mesurer("fiche d'un diagnostic, avec ses dessins", lambda: fiche(lu), fois=50, base=False)
    contexte = en_contexte(contexte_de(lu, cartes=[dessin]))
    for format in ("pdf", "docx", "odt"):
        yield mesurer(
            f"diagnostic en {format.upper()}, avec la carte de la région",
            lambda f=format: produire(GABARIT, contexte, f),
            fois=2,
            base=False,
        )


def _a_froid(codes: list[str]) -> None:
    contours.vider_cache()
    vider_memoire()
    carte_du_chiffre(codes, CHIFFRE)
