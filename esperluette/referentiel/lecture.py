"""Lire les éditions : celles du paquet, puis celles des dossiers de `settings.EDITIONS_SUPPLEMENTAIRES`.

Une édition se lit quand on la demande, et se garde en mémoire tant que ses fichiers ne changent pas.
"""

import datetime
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
    "EditionInconnue", "EditionInvalide", "dossiers_des_editions", "edition", "edition_en_vigueur", "editions",
    "national", "racines", "regions", "vider_cache",
]  # fmt: skip

NATIONAL = "national"
_Signature = tuple[tuple[str, int, int], ...]


class EditionInconnue(LookupError):
    """Aucune édition de ce nom ; `str(erreur)` se montre."""


@dataclass(frozen=True)
class _Garde:
    signature: _Signature
    valeur: Any


_cache: dict[Path, _Garde] = {}


def vider_cache() -> None:
    """Oublie les éditions lues."""
    _cache.clear()


def racines() -> list[Path]:
    """Les dossiers d'éditions, celui du paquet d'abord."""
    return [Path(str(files("esperluette") / "editions")), *(Path(d) for d in settings.EDITIONS_SUPPLEMENTAIRES)]


def dossiers_des_editions() -> dict[tuple[str, str], Path]:
    """Chaque (région, numéro) et son dossier, triés. Lève `EditionInvalide` si deux racines disent la même édition."""
    trouves: dict[tuple[str, str], Path] = {}
    for racine in racines():
        if not racine.is_dir():
            raise EditionInvalide([Probleme(str(racine), 1, "ce dossier d'éditions n'existe pas")])
        for entete in sorted(racine.glob("*/*/edition.yaml")):
            cle = (entete.parent.parent.name, entete.parent.name)
            if cle in trouves:
                cause = f"l'édition {cle[0]}/{cle[1]} existe déjà dans {trouves[cle]}"
                raise EditionInvalide([Probleme(str(entete), 1, cause)])
            trouves[cle] = entete.parent
    return dict(sorted(trouves.items()))


def national(numero: str | None = None) -> Socle:
    """Le socle national ; sans numéro, le plus récent."""
    numeros = [n for region, n in dossiers_des_editions() if region == NATIONAL]
    retenu = numero if numero is not None else max(numeros, default="")
    if retenu not in numeros:
        raise EditionInconnue(f"Aucun socle national « {retenu} ».")
    return _socle(dossiers_des_editions()[NATIONAL, retenu])


def regions() -> list[str]:
    """Les clés des régions qui ont au moins une édition."""
    return sorted({region for region, _ in dossiers_des_editions()} - {NATIONAL})


def editions(region: str | None = None) -> list[Edition]:
    """Toutes les éditions (d'une région, si elle est dite), de la plus ancienne à la plus récente."""
    cles = [cle for cle in dossiers_des_editions() if cle[0] != NATIONAL and region in (None, cle[0])]
    return sorted((edition(*cle) for cle in cles), key=lambda e: (e.region, e.en_vigueur_du))


def edition(region: str, numero: str) -> Edition:
    """L'édition de ce nom ; lève `EditionInconnue` ou `EditionInvalide`."""
    dossier = dossiers_des_editions().get((region, numero))
    if dossier is None or region == NATIONAL:
        raise EditionInconnue(f"Aucune édition « {numero} » pour la région « {region} ».")
    return _edition(dossier)


def edition_en_vigueur(region: str, le: datetime.date) -> Edition | None:
    """L'édition qui s'applique ce jour-là, ou `None`."""
    valables = [e for e in editions(region) if e.en_vigueur(le)]
    return valables[-1] if valables else None


def _socle(dossier: Path) -> Socle:
    valeur: Socle = _lu(dossier, _signature(dossier), assembler_socle)
    return valeur


def _edition(dossier: Path) -> Edition:
    socles = (d for (region, _), d in dossiers_des_editions().items() if region == NATIONAL)
    signature = tuple(etat for d in (dossier, *socles) for etat in _signature(d))
    valeur: Edition = _lu(dossier, signature, lambda d: assembler_edition(d, national))
    return valeur


def _lu(dossier: Path, signature: _Signature, assembler: Callable[[Path], Any]) -> Any:
    """La valeur gardée si rien n'a changé, sinon relue. Une lecture qui échoue ne se garde pas."""
    garde = _cache.get(dossier)
    if garde is None or garde.signature != signature:
        garde = _cache[dossier] = _Garde(signature, assembler(dossier))
    return garde.valeur


def _signature(dossier: Path) -> _Signature:
    """Ce qui change dès qu'un fichier change : noms, dates, tailles."""
    etats = ((f, f.stat()) for f in sorted(dossier.rglob("*.yaml")))
    return tuple((str(f), e.st_mtime_ns, e.st_size) for f, e in etats)
