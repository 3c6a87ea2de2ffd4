"""Typographie française et caractères : espaces insécables, caractères interdits, glyphes de la police."""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

POLICE = "Lato"
INSECABLE = "\u00a0"
FINE = "\u202f"
# Fournis par la police de repli que Typst embarque (DejaVu Sans Mono) ; un essai les compose tous.
SYMBOLES = frozenset("☐☒☑✓✔✗✘★☆●○■□▪▫◆◇▲▼►◄←↑→↓⇒⇔≈≠≤≥√∞")

_ABREGES = r"n°|N°|art\.|p\.|§|L\.|R\.|D\.|Dr|Mme|MM?\."
_ESPACE = f"[ {INSECABLE}]"
_REGLES = (
    (re.compile(f"«{_ESPACE}?(?=\\S)"), f"«{INSECABLE}"),
    (re.compile(f"(?<=\\S){_ESPACE}?»"), f"{INSECABLE}»"),
    (re.compile(f"{_ESPACE}([;!?])(?=\\s|$|[»)])"), FINE + r"\1"),
    (re.compile(f"{_ESPACE}:(?=\\s|$)"), f"{INSECABLE}:"),
    (re.compile(f"(?<=\\d){_ESPACE}(?=\\d{{3}}(?!\\d))"), FINE),
    (re.compile(f"(?<=\\d){_ESPACE}(?=[%€])"), INSECABLE),
    (re.compile(rf"(?<!\w)({_ABREGES}){_ESPACE}(?=[\dA-ZÉ])"), r"\1" + INSECABLE),
)
# XML 1.0 refuse ces caractères ; les marques de sens d'écriture déguisent ce qu'on signe.
_INTERDITS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_TEXTE_OU_BALISE = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")


def sans_interdits(texte: str) -> str:
    """Le texte sans caractère de contrôle ni marque invisible de sens d'écriture ; fins de ligne unifiées."""
    return _INTERDITS.sub("", texte.replace("\r\n", "\n").replace("\r", "\n"))


def assainir(contexte: Any) -> Any:
    """Le même contexte, tous ses textes passés par `sans_interdits`."""
    if isinstance(contexte, str):
        return sans_interdits(contexte)
    if isinstance(contexte, dict):
        return {cle: assainir(valeur) for cle, valeur in contexte.items()}
    if isinstance(contexte, (list, tuple)):
        return [assainir(valeur) for valeur in contexte]
    return contexte


def espaces_insecables(texte: str) -> str:
    """Met les espaces insécables du français ; ne change que des espaces et n'en ajoute qu'aux guillemets."""
    for motif, remplacement in _REGLES:
        texte = motif.sub(remplacement, texte)
    return texte


def composer_html(page: str) -> str:
    """`espaces_insecables` sur le texte d'une page HTML, jamais dans ses balises.

    Sûr parce que tout « < » de donnée y est déjà échappé par le gabarit.
    """
    morceaux = _TEXTE_OU_BALISE.split(page)
    return "".join(m if m.startswith("<") else espaces_insecables(m) for m in morceaux)


def avec_glyphes(texte: str) -> str:
    """Le texte tel que la police du PDF sait l'écrire, sans rien perdre en silence.

    Un caractère absent de la police devient son équivalent courant (« ﬁ » → « fi »), sinon son code
    (`[U+1F600]`) ; les marques invisibles (variantes, liants) tombent.
    """
    texte = unicodedata.normalize("NFC", texte).replace("\u2011", "-")
    couverts = _couverts()
    if all(c in couverts for c in texte):
        return texte
    return "".join(c if c in couverts else _equivalent(c, couverts) for c in texte)


def _equivalent(caractere: str, couverts: frozenset[str]) -> str:
    equivalent = unicodedata.normalize("NFKC", caractere)
    if equivalent != caractere and all(c in couverts for c in equivalent):
        return equivalent
    if unicodedata.category(caractere) in {"Cf", "Mn", "Cc"}:
        return ""
    return f"[U+{ord(caractere):04X}]"


@cache
def _couverts() -> frozenset[str]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — import lent

    communs: set[int] | None = None
    for police in dossier_police().iterdir():  # un caractère compte s'il existe dans toutes les graisses
        with TTFont(police, lazy=True) as ouverte:
            codes = set(ouverte.getBestCmap())
        communs = codes if communs is None else communs & codes
    return frozenset(map(chr, communs or ())) | SYMBOLES | {"\n", "\t"}


@cache
def dossier_police() -> Any:
    """Le dossier des fichiers de Lato (licence OFL), venu du paquet `fontpkg-lato`."""
    return files("fontpkg_lato") / "files"
