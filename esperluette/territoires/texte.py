"""Comparer des noms de communes comme on les tape : sans accents, tirets, apostrophes ni abréviations."""

import re
import unicodedata

# Abréviations postales courantes ; « st » en fin de saisie peut aussi commencer « Strasbourg ».
ABREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "s": "sur", "ss": "sous"}
PETITS_MOTS = frozenset("l le la les d de du des en et a au aux sur sous lez les lès un une".replace("è", "e").split())
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_CODE_INSEE = re.compile(r"(?:\d{2}|2[ab])\d{3}", re.IGNORECASE)


def _sans_accents(texte: str) -> str:
    decompose = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    return "".join(c for c in decompose if not unicodedata.combining(c)).lower()


def mots(texte: str) -> list[str]:
    """Les mots d'un nom, sans accents, abréviations développées : « St-Malo » → ["saint", "malo"]."""
    bruts = re.findall(r"[a-z0-9]+", _sans_accents(texte))
    return [ABREVIATIONS.get(m, m) for m in bruts]


def forme(texte: str) -> str:
    """La forme de comparaison, espaces compris : « L'Haÿ-les-Roses » → « l hay les roses »."""
    return " ".join(mots(texte))


def cle(texte: str) -> str:
    """La forme collée, celle des clés de recherche : « L'Haÿ-les-Roses » → « lhaylesroses »."""
    return "".join(mots(texte))


def cles_de_saisie(texte: str) -> list[str]:
    """Les clés qu'une saisie peut commencer : son dernier mot, inachevé, n'est pas forcément une abréviation."""
    developpes = mots(texte)
    if not developpes:
        return []
    bruts = re.findall(r"[a-z0-9]+", _sans_accents(texte))
    possibles = ["".join(developpes), "".join([*developpes[:-1], bruts[-1]])]
    return list(dict.fromkeys(possibles))


def suffixes(texte: str) -> list[str]:
    """Les formes collées qui commencent à chaque mot plein, la première étant le nom entier."""
    tous = mots(texte)
    return ["".join(tous[i:]) for i in range(len(tous)) if i == 0 or tous[i] not in PETITS_MOTS]


def mots_pleins(texte: str) -> list[str]:
    """Les mots qui distinguent un nom d'un autre ; tous, s'il n'y en a que de petits."""
    tous = mots(texte)
    return [m for m in tous if m not in PETITS_MOTS] or tous


def successeur(prefixe: str) -> str:
    """La plus petite chaîne de [0-9a-z] qui suit tous les mots commençant par `prefixe` ; vide si aucune.

    Sert de borne haute : `cle >= p and cle < successeur(p)` emploie l'index sur SQLite comme sur PostgreSQL.
    """
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
    tronc = prefixe.rstrip("z")
    if not tronc:
        return ""
    return tronc[:-1] + alphabet[alphabet.index(tronc[-1]) + 1]


def ressemble_a_un_code(texte: str) -> bool:
    """Vrai si le texte a la forme d'un code INSEE ou d'un code postal."""
    return _CODE_INSEE.fullmatch(texte.strip()) is not None


def distance_bornee(a: str, b: str, borne: int) -> int:
    """Nombre de fautes (lettre en trop, manquante, changée, deux lettres inversées) ; `borne + 1` au-delà."""
    if abs(len(a) - len(b)) > borne:
        return borne + 1
    avant: list[int] = []
    ligne = list(range(len(b) + 1))
    for i, lettre in enumerate(a, start=1):
        suivante = [i]
        for j, autre in enumerate(b, start=1):
            cout = min(ligne[j] + 1, suivante[j - 1] + 1, ligne[j - 1] + (lettre != autre))
            if i > 1 and j > 1 and lettre == b[j - 2] and a[i - 2] == autre:
                cout = min(cout, avant[j - 2] + 1)
            suivante.append(cout)
        if min(suivante) > borne:
            return borne + 1
        avant, ligne = ligne, suivante
    return min(ligne[-1], borne + 1)
