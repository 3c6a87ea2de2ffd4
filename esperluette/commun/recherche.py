"""Chercher un mot sans se soucier des accents, de la casse ni de l'apostrophe, sur SQLite comme sur PostgreSQL."""

import re
import unicodedata

# SQLite ne sait comparer sans casse que l'ASCII : on cherche par motif, que les deux bases lisent.
_VARIANTES = {
    "a": "aàâä", "c": "cç", "e": "eéèêë", "i": "iîï", "n": "nñ", "o": "oôö", "u": "uùûü", "y": "yÿ",
    "'": "'’", "-": "-‑ ", " ": " -‑",
}  # fmt: skip


def motif_tolerant(texte: str) -> str:
    """Une expression régulière pour `champ__iregex` : « equipe du lie » trouve « Équipe du Lié ».

    Tout caractère spécial y est neutre.
    """
    morceaux = []
    for caractere in " ".join(texte.split()).replace("’", "'").lower():
        base = unicodedata.normalize("NFD", caractere)[0]
        variantes = _VARIANTES.get(base, "")
        if not variantes:
            morceaux.append(re.escape(caractere))
            continue
        signes = dict.fromkeys(c for v in (*variantes, caractere) for c in (v, v.upper()) if len(c) == 1)
        morceaux.append("[" + "".join(map(re.escape, signes)) + "]")
    return "".join(morceaux)
