"""Contenu canonique : une seule écriture possible d'une même donnée, donc une seule empreinte."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


def _en_json(valeur: Any) -> str:
    if isinstance(valeur, date):  # datetime compris
        return valeur.isoformat()
    if isinstance(valeur, (Decimal, UUID)):
        return str(valeur)
    raise TypeError(f"{type(valeur).__name__} n'a pas d'écriture canonique.")


def canonique(valeur: Any) -> bytes:
    """JSON aux clés triées, sans espace, en UTF-8.

    Deux dictionnaires égaux donnent les mêmes octets, quel que soit l'ordre de leurs clés. Une clé qui
    n'est pas un texte, un nombre non fini ou un objet inconnu est refusé : `TypeError` ou `ValueError`.
    """
    _verifier_les_cles(valeur)
    texte = json.dumps(
        valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_en_json
    )
    return texte.encode("utf-8")


def empreinte(valeur: Any) -> str:
    """SHA-256, en hexadécimal, du contenu canonique."""
    return empreinte_octets(canonique(valeur))


def empreinte_octets(octets: bytes) -> str:
    """SHA-256, en hexadécimal : ce que `sha256sum` affiche pour le fichier."""
    return hashlib.sha256(octets).hexdigest()


def _verifier_les_cles(valeur: Any) -> None:
    # json écrirait la clé 1 comme "1" : deux contenus différents auraient la même empreinte.
    if isinstance(valeur, dict):
        for cle, contenu in valeur.items():
            if not isinstance(cle, str):
                raise TypeError(f"La clé {cle!r} n'est pas un texte.")
            _verifier_les_cles(contenu)
    elif isinstance(valeur, (list, tuple)):
        for contenu in valeur:
            _verifier_les_cles(contenu)
