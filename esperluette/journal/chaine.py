"""Le maillon : la clé d'une chaîne, la forme canonique des données, l'empreinte. Pur, sans base."""

import hashlib
import json
from typing import Any

from django.db import models


def cle_de(objet: models.Model) -> str:
    """La clé de la chaîne d'un objet : `dossiers.dossier:12`."""
    return f"{objet._meta.label_lower}:{objet.pk}"


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


def empreinte_de(
    *,
    chaine: str,
    numero: int,
    sorte: str,
    acteur_id: int | None,
    acteur_nom: str,
    le: str,
    donnees: Any,
    precedente: str,
) -> str:
    """SHA-256 (hexadécimal) du contenu canonique d'un événement et de l'empreinte précédente."""
    contenu = json.dumps(
        [chaine, numero, sorte, acteur_id, acteur_nom, le, donnees, precedente],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(contenu.encode("utf-8")).hexdigest()
