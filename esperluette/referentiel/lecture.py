"""Lire les éditions : celles du paquet, puis celles des dossiers de `settings.EDITIONS_SUPPLEMENTAIRES`.

Une édition se lit quand on la demande, et se garde en mémoire tant que ses fichiers ne changent pas.
"""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings

from esperluette.referentiel.assemblage import EditionInvalide, assembler_edition, assembler_socle
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.socle import Socle
from esperluette.referentiel.yaml_situe import Probleme

__all__ = [
    "EditionInconnue", "EditionInvalide", "dossiers", "edition", "edition_en_vigueur", "editions", "national",
    "nationaux", "racines", "regions", "vider_cache",
]  # fmt: skip

NATIONAL = "national"
DOSSIER_DU_PAQUET = Path(str(files("esperluette") / "editions"))
DELAI_DE_RELECTURE = 2.0  # secondes pendant lesquelles on ne regarde pas si un fichier a changé
_Cle = tuple[str, str]
_Signature = tuple[tuple[str, int, int], ...]


class EditionInconnue(LookupError):
    """Aucune édition de ce nom ; `str(erreur)` se montre."""


@dataclass(frozen=True)
class _Photo:
    """L'état des dossiers à un instant : où est chaque édition, et la signature de ses fichiers."""

    racines: tuple[Path, ...]
    prise_a: float
    dossiers: dict[_Cle, Path]
    signatures: dict[_Cle, _Signature]


@dataclass(frozen=True)
class _Garde:
    signature: _Signature
    valeur: Any


_photo: _Photo | None = None
_gardes: dict[Path, _Garde] = {}


def vider_cache() -> None:
    """Oublie les éditions lues et l'état des dossiers."""
    global _photo
    _photo = None
    _gardes.clear()


def racines() -> tuple[Path, ...]:
    """Les dossiers d'éditions, celui du paquet d'abord."""
    return (DOSSIER_DU_PAQUET, *(Path(d) for d in settings.EDITIONS_SUPPLEMENTAIRES))


def dossiers() -> dict[_Cle, Path]:
    """Chaque (région, numéro) et son dossier, socles nationaux compris. Lève `EditionInvalide`."""
    return dict(_regarder().dossiers)


def national(numero: str | None = None) -> Socle:
    """Le socle national de ce numéro, ou le plus récent."""
    photo = _regarder()
    numeros = [n for region, n in photo.dossiers if region == NATIONAL]
    retenu = numero if numero is not None else max(numeros, default="")
    if retenu not in numeros:
        raise EditionInconnue(f"aucun socle national « {retenu} »")
    cle = (NATIONAL, retenu)
    socle: Socle = _lu(photo.dossiers[cle], photo.signatures[cle], assembler_socle)
    return socle


def nationaux() -> list[str]:
    """Les numéros des socles nationaux."""
    return [n for region, n in _regarder().dossiers if region == NATIONAL]


def regions() -> list[str]:
    """Les clés des régions qui ont au moins une édition."""
    return sorted({region for region, _ in _regarder().dossiers} - {NATIONAL})


def editions(region: str | None = None) -> list[Edition]:
    """Toutes les éditions (d'une région, si elle est dite), de la plus ancienne à la plus récente."""
    cles = [cle for cle in _regarder().dossiers if cle[0] != NATIONAL and region in (None, cle[0])]
    return sorted((edition(*cle) for cle in cles), key=lambda e: (e.region, e.en_vigueur_du))


def edition(region: str, numero: str) -> Edition:
    """L'édition de ce nom ; lève `EditionInconnue` ou `EditionInvalide`."""
    photo = _regarder()
    cle = (region, numero)
    if cle not in photo.dossiers or region == NATIONAL:
        raise EditionInconnue(f"aucune édition « {numero} » pour la région « {region} »")
    socles = (s for (r, _), s in photo.signatures.items() if r == NATIONAL)
    signature = sum(socles, photo.signatures[cle])
    trouvee: Edition = _lu(photo.dossiers[cle], signature, lambda dossier: assembler_edition(dossier, national))
    return trouvee


def edition_en_vigueur(region: str, le: datetime.date) -> Edition | None:
    """L'édition qui s'applique ce jour-là (la dernière commencée), ou `None`."""
    valables = [e for e in editions(region) if e.en_vigueur(le)]
    return valables[-1] if valables else None


def _lu(dossier: Path, signature: _Signature, assembler: Callable[[Path], Any]) -> Any:
    """La valeur gardée si rien n'a changé, sinon relue. Une lecture qui échoue ne se garde pas."""
    garde = _gardes.get(dossier)
    if garde is None or garde.signature != signature:
        garde = _gardes[dossier] = _Garde(signature, assembler(dossier))
    return garde.valeur


def _regarder() -> _Photo:
    """L'état des dossiers, relu s'il date. Lève `EditionInvalide` si deux dossiers disent la même édition."""
    global _photo
    voulues, maintenant = racines(), time.monotonic()
    if _photo is not None and _photo.racines == voulues and maintenant - _photo.prise_a < DELAI_DE_RELECTURE:
        return _photo
    trouves: dict[_Cle, Path] = {}
    for racine in voulues:
        if not racine.is_dir():
            raise EditionInvalide([Probleme(str(racine), 1, "ce dossier d'éditions n'existe pas")])
        for entete in racine.glob("*/*/edition.yaml"):
            cle = (entete.parent.parent.name, entete.parent.name)
            if cle in trouves:
                cause = f"l'édition {cle[0]}/{cle[1]} existe déjà dans {trouves[cle]}"
                raise EditionInvalide([Probleme(str(entete), 1, cause)])
            trouves[cle] = entete.parent
    tries = dict(sorted(trouves.items()))
    _photo = _Photo(voulues, maintenant, tries, {cle: _signature(dossier) for cle, dossier in tries.items()})
    return _photo


def _signature(dossier: Path) -> _Signature:
    """Ce qui change dès qu'un fichier change : noms, dates, tailles."""
    etats = ((f, f.stat()) for f in sorted(dossier.rglob("*.yaml")))
    return tuple((str(f), e.st_mtime_ns, e.st_size) for f, e in etats)
