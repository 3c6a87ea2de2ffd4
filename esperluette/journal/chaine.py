"""Le maillon : la clé d'une chaîne, la forme canonique des données, l'empreinte. Pur, sans base.

Deux formats, dits par chaque événement. Le premier met tout, nom compris, dans ce qui fait l'empreinte. Le second
n'y met que les empreintes salées du contenu et du nom : l'un se tait, l'autre s'efface, la chaîne se vérifie encore
(docs/adr/0008).
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import models

PREMIER, FORMAT = 1, 2
LONGUEUR_DU_SEL = 32


class Maillon(Protocol):
    """Ce qu'il faut d'un événement pour refaire son empreinte : un `Evenement`, ou une ligne lue de sa table."""

    @property
    def chaine_id(self) -> str: ...
    @property
    def numero(self) -> int: ...
    @property
    def sorte(self) -> str: ...
    @property
    def acteur_id(self) -> int | None: ...
    @property
    def acteur_nom(self) -> str: ...
    @property
    def acteur_marque(self) -> str: ...
    @property
    def acteur_sel(self) -> str: ...
    @property
    def le(self) -> datetime: ...
    @property
    def donnees(self) -> Any: ...
    @property
    def precedente(self) -> str: ...
    @property
    def format(self) -> int: ...
    @property
    def sel(self) -> str: ...


def cle_de(objet: models.Model) -> str:
    """La clé de la chaîne d'un objet : `dossiers.dossier:12`."""
    return f"{objet._meta.label_lower}:{objet.pk}"


def nouveau_sel() -> str:
    """De quoi rendre une empreinte impossible à deviner : 128 bits, en hexadécimal."""
    return secrets.token_hex(LONGUEUR_DU_SEL // 2)


def normaliser(donnees: dict[str, Any]) -> dict[str, Any]:
    """Les données telles que la base les rendra, pour que l'empreinte se recalcule à l'identique.

    Refuse (ValueError, TypeError) ce qui n'est pas du JSON, et les nombres à virgule : selon la base,
    1e5 revient en 100000. Un montant se note en texte.
    """
    texte = json.dumps(donnees, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in texte:
        raise ValueError("Un caractère nul n’a pas sa place dans le journal.")
    return json.loads(texte, parse_float=_refuser)  # type: ignore[no-any-return]


def _refuser(nombre: str) -> None:
    raise ValueError(f"Le journal ne prend pas de nombre à virgule ({nombre}) : notez-le en texte.")


_ecrire = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def sha256(texte: str) -> str:
    """SHA-256, en hexadécimal, d'un texte en UTF-8 : ce que `sha256sum` dit du fichier qui le porte."""
    return hashlib.sha256(texte.encode("utf-8")).hexdigest()


def contenu(maillon: Maillon) -> str:
    """Ce que l'acte dit : sa sorte, son moment, ses données, le numéro du compte ; et le sel qui le protège."""
    return _ecrire(
        {
            "acteur": maillon.acteur_id,
            "donnees": maillon.donnees,
            "le": maillon.le.astimezone(UTC).isoformat(),
            "sel": maillon.sel,
            "sorte": maillon.sorte,
        }
    )


def auteur(maillon: Maillon) -> str:
    """Le nom de l'auteur à cette date, et son sel ; effacés, il n'en reste que la marque."""
    return _ecrire({"nom": maillon.acteur_nom, "sel": maillon.acteur_sel})


def canonique(maillon: Maillon) -> str:
    """Le texte dont l'empreinte est celle de l'événement ; il contient l'empreinte du précédent."""
    if maillon.format == PREMIER:
        le = maillon.le.astimezone(UTC).isoformat()
        return _ecrire(
            [
                maillon.chaine_id, maillon.numero, maillon.sorte, maillon.acteur_id, maillon.acteur_nom, le,
                maillon.donnees, maillon.precedente,
            ]
        )  # fmt: skip
    return _ecrire(
        {
            "auteur": maillon.acteur_marque,
            "chaine": maillon.chaine_id,
            "contenu": sha256(contenu(maillon)),
            "format": maillon.format,
            "numero": maillon.numero,
            "precedente": maillon.precedente,
        }
    )


def empreinte_de(maillon: Maillon) -> str:
    """SHA-256 (hexadécimal) du texte canonique d'un événement."""
    return sha256(canonique(maillon))
