"""Comparer des textes comme une personne le ferait : sans accents, casse, ponctuation ni numéro."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

# En deçà, deux intitulés ne se ressemblent pas assez : mesuré sur les trames de toutes les régions, deux questions
# différentes ne se ressemblent jamais au-delà de 0,82, et deux fautes de frappe dans vingt lettres laissent 0,90.
SEUIL_PROCHE = 0.86
_LIES = {"œ": "oe", "æ": "ae", "’": "'", "\u2018": "'", "\u00b4": "'", "ﬁ": "fi", "ﬂ": "fl"}
_LIAISONS = re.compile("|".join(_LIES))
_SEPARATEURS = re.compile(r"[^0-9a-z]+")
_VIDES = frozenset(
    (
        "a", "au", "aux", "avec", "ce", "ces", "cette", "d", "dans", "de", "des", "du", "en", "entre", "est", "et",
        "l", "la", "le",
        "les", "leur", "leurs", "n", "notre", "nos", "ou", "par", "pour", "que", "qui", "s", "sa", "se",
        "ses", "son", "sur", "t", "elle", "ete", "si", "oui", "comment", "un", "une", "vos", "votre", "y",
    )
)  # fmt: skip
_PUCE = re.compile(r"^[\s·•●▪‣◦\-–—*o➢➤►]+(?=\s)\s*")
_NUMERO = re.compile(
    r"^\s*(?:(?:chapitre|partie|rubrique|section|titre|point)\s+)?"
    r"(?P<numero>\d{1,2}(?:\s?[.\-]\s?\d{1,2}){0,3}|[IVX]{1,4}(?=\s*[.)\-–—:/])|[A-H](?=\s*[.)]))"
    r"\s*(?:[.)°:/]|\s[\-–—])?\s*(?=[^\W\d_«\"'’]|[«\"])",
    re.IGNORECASE,
)
_POINTILLES = re.compile(r"(?:…\s*){2,}|\.{4,}|_{3,}|…(?=\s*$)")
_PARENTHESE = re.compile(r"\([^()]*\)")
# La trame vierge imprime à quelle condition répondre.
_CONDITION = re.compile(
    r"\(?\s*si vous (?:avez répondu|n['’]avez pas répondu)(?:\s+«[^»]*»)?\s+à\s+(?:la question\s+)?«[^»]*»\s*\)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def cle(texte: str) -> str:
    """« L'Offre de soins : » → « l offre de soins »."""
    texte = _LIAISONS.sub(lambda m: _LIES[m[0]], texte.casefold())
    plat = "".join(c for c in unicodedata.normalize("NFKD", texte) if not unicodedata.combining(c))
    return _SEPARATEURS.sub(" ", plat).strip()


@lru_cache(maxsize=20_000)
def mots(texte: str) -> tuple[str, ...]:
    """Les mots qui portent le sens, sans leur marque de pluriel."""
    return tuple(_singulier(m) for m in cle(texte).split() if m not in _VIDES)


def _singulier(mot: str) -> str:
    return mot[:-1] if len(mot) > 3 and mot[-1] in "sx" else mot


def sans_numero(texte: str) -> tuple[str, str]:
    """(numéro, intitulé) de « 1.2. La patientèle » ; le numéro est vide s'il n'y en a pas."""
    texte = _PUCE.sub("", texte)
    trouve = _NUMERO.match(texte)
    if trouve is None:
        return "", texte.strip()
    return re.sub(r"\s", "", trouve["numero"]).replace("-", "."), texte[trouve.end() :].strip()


def sans_remplissage(texte: str) -> str:
    """Le texte sans les pointillés ni la condition qu'imprime une trame vierge."""
    return " ".join(_POINTILLES.sub(" ", _CONDITION.sub(" ", texte)).split())


def sans_parentheses(texte: str) -> str:
    return " ".join(_PARENTHESE.sub(" ", texte).split())


@lru_cache(maxsize=50_000)
def ressemblance(un: str, autre: str) -> float:
    """Entre 0 et 1 ; les deux textes sont déjà des clés."""
    if un == autre:
        return 1.0
    if not un or not autre or min(len(un), len(autre)) / max(len(un), len(autre)) < 0.6:
        return 0.0
    compare = SequenceMatcher(None, un, autre, autojunk=False)
    if compare.real_quick_ratio() < 0.7 or compare.quick_ratio() < 0.7:
        return 0.0
    return compare.ratio()


def recouvrement(un: tuple[str, ...], autre: tuple[str, ...]) -> float:
    """La part des mots de sens de `un` que l'on retrouve dans `autre`, fautes légères comprises."""
    if not un:
        return 0.0
    trouves = sum(any(m == n or (len(m) > 4 and ressemblance(m, n) >= 0.8) for n in autre) for m in un)
    return trouves / len(un)
