"""Aucune donnée de patient : repérer ce qui ressemble à un numéro de sécurité sociale ou à une date de naissance."""

import html
import re

NIR = (
    "Ce texte semble contenir un numéro de sécurité sociale. N'écrivez rien qui désigne un patient : "
    "donnez des effectifs, jamais des personnes."
)
NAISSANCE = (
    "Ce texte semble contenir une date de naissance. N'écrivez rien qui désigne un patient : "
    "donnez des tranches d'âge ou des effectifs."
)

# Par sorte : ce qui se garde d'un avertissement, sans rien de ce qui a été lu.
SORTES = {"nir": NIR, "naissance": NAISSANCE}

_BLANC = "[ \u00a0\u202f]"
_CANDIDAT_NIR = re.compile(r"(?<!\w)[1-478](?:[ .\-\u00a0\u202f]?[\dABab]){14}(?!\w)")
_FORME_NIR = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(\d{2})")
_MOIS = "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre"
_JOUR = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = (
    rf"(?:{_JOUR}[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:\d{{4}}|\d{{2}})"
    rf"|{_JOUR}(?:er)?{_BLANC}+(?:{_MOIS}){_BLANC}+\d{{4}}"
    r"|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
_DITE = re.compile(
    rf"\b(?:née?s?|né\(e\)|né\.e|né·e|ne\(e\))\s+(?:le\s+)?:?\s*{_DATE}"
    rf"|\b(?:date\s+de\s+naissance|naissance|ddn|d\.d\.n\.)[^\d\n]{{0,30}}{_DATE}",
    re.IGNORECASE,
)
# Une date complète du XXᵉ siècle écrite en chiffres, hors d'un renvoi à un texte ou à une création.
_ANCIENNE = re.compile(rf"(?<!\d){_JOUR}[/.\-](?:0?[1-9]|1[0-2])[/.\-]19\d{{2}}(?!\d)")
_CITATION = re.compile(
    r"(?:lois?|décrets?|arrêtés?|ordonnances?|circulaires?|instructions?|codes?|"
    r"créée?s?|fondée?s?|déclarée?s?|ouverte?s?|constituée?s?)\b[^.;\n]{0,40}$",
    re.IGNORECASE,
)


def suspicions(texte: str) -> list[str]:
    """Les avertissements à montrer pour ce texte (simple ou HTML), vide s'il n'y en a pas.

    Un avertissement n'empêche rien et ne répète jamais ce qu'il a reconnu.
    """
    lisible = html.unescape(re.sub(r"<[^>]{0,500}>", " ", texte))
    trouvees = []
    if any(_est_un_nir(candidat) for candidat in _CANDIDAT_NIR.findall(lisible)):
        trouvees.append(NIR)
    if _DITE.search(lisible) or any(
        not _CITATION.search(lisible[: m.start()][-60:]) for m in _ANCIENNE.finditer(lisible)
    ):
        trouvees.append(NAISSANCE)
    return trouvees


def sortes(texte: str) -> list[str]:
    """Les sortes d'avertissements que `texte` appelle (« nir », « naissance »)."""
    phrases = suspicions(texte)
    return [cle for cle, phrase in SORTES.items() if phrase in phrases]


def _est_un_nir(candidat: str) -> bool:
    """Quinze signes de la bonne forme, dont la clé est juste (97 − reste de la division par 97)."""
    compact = re.sub(r"[^\dAB]", "", candidat.upper())
    if not _FORME_NIR.fullmatch(compact):
        return False
    corps, cle = compact[:13], int(compact[13:])
    for departement, correction in (("2A", "19"), ("2B", "18")):  # Corse
        if corps[5:7] == departement:
            corps = corps[:5] + correction + corps[7:]
    return corps.isdigit() and cle == 97 - int(corps) % 97
