"""Ce que dit un tableau : la liste des professionnels, les lignes ou les fiches d'une question, des signatures."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from esperluette.importations.lecteur.blocs import Bloc, Cellule, texte_de_case
from esperluette.importations.lecteur.reperes import Repere
from esperluette.importations.lecteur.textes import (
    SEUIL_PROCHE,
    cle,
    mots,
    recouvrement,
    ressemblance,
    sans_remplissage,
)

# Comment s'appelle, dans un tableau de personnes, ce qu'on y cherche.
COLONNES_MEMBRES: dict[str, tuple[str, ...]] = {
    "nom_prenom": (
        "nom et prenom", "nom prenom", "prenom et nom", "prenom nom", "nom prenoms", "noms et prenoms", "identite",
        "professionnel", "professionnels", "nom du professionnel", "nom et prenom du professionnel", "membre",
        "membres",
    ),
    "nom": ("nom", "noms", "nom de famille", "nom d usage", "nom d exercice"),
    "prenom": ("prenom", "prenoms"),
    "profession": (
        "profession", "professions", "metier", "qualite", "fonction", "profession ou qualite", "specialite",
        "profession et specialite", "profession exercee", "discipline",
    ),
    "commune": (
        "commune d exercice", "commune", "lieu d exercice", "ville", "lieu", "commune du cabinet", "cabinet",
        "adresse", "adresse professionnelle", "adresse d exercice", "ville d exercice",
    ),
    "rpps": ("numero rpps", "rpps", "n rpps", "no rpps", "numero rpps ou adeli", "n rpps adeli", "rpps adeli"),
    "courriel": ("courriel", "mail", "email", "e mail", "adresse mail", "adresse electronique", "mel"),
    "telephone": ("telephone", "tel", "portable", "numero de telephone"),
}  # fmt: skip
_SIGNATURES = frozenset({"signature", "signatures", "emargement", "date et signature"})
_CIVILITE = re.compile(
    r"^(?:(?:le|la)\s+)?(?:dre?|docteure?|mme|mlle|mr?|madame|monsieur|pre?|professeure?)\b\.?\s+", re.IGNORECASE
)
_RPPS = re.compile(r"\b\d{11}\b")


@dataclass(frozen=True, slots=True)
class MembreLu:
    """Une personne lue dans le fichier ; `code_profession` est vide si la profession n'est pas reconnue."""

    nom: str
    prenom: str = ""
    profession: str = ""
    commune: str = ""
    rpps: str = ""
    courriel: str = ""
    telephone: str = ""
    code_profession: str = ""
    savoir_faire: str = ""


def est_une_grille_de_signatures(tableau: Bloc) -> bool:
    return any(cle(texte_de_case(c)) in _SIGNATURES for ligne in tableau.lignes[:2] for c in ligne)


def colonnes_des_membres(entete: Sequence[str]) -> dict[str, int]:
    """Où sont nom, prénom, profession… dans cet en-tête ; vide si ce n'est pas une liste de personnes."""
    places: dict[str, int] = {}
    for rang, texte in enumerate(entete):
        plat = cle(texte)
        exacte = next((c for c, noms in COLONNES_MEMBRES.items() if plat in noms), "")
        if not exacte and plat:
            notes = [(max(ressemblance(plat, n) for n in noms), c) for c, noms in COLONNES_MEMBRES.items()]
            note, proche = max(notes)
            exacte = proche if note >= SEUIL_PROCHE else _par_les_mots(texte)
        if exacte:
            places.setdefault(exacte, rang)
    nommes = "nom" in places or "nom_prenom" in places
    return places if nommes and len(places) >= 2 and ("profession" in places or "prenom" in places) else {}


def _par_les_mots(texte: str) -> str:
    dits = set(mots(texte))
    for nom, signe in (("prenom", "prenom"), ("rpps", "rpps"), ("profession", "profession"), ("commune", "commune")):
        if signe in dits:
            return "nom_prenom" if nom == "prenom" and "nom" in dits else nom
    return ""


def membres_du_tableau(tableau: Bloc, professions: Callable[[str], tuple[str, str]]) -> list[MembreLu] | None:
    """Les personnes de ce tableau, ou None si ce n'en est pas une liste."""
    for rang, ligne in enumerate(tableau.lignes[:3]):
        places = colonnes_des_membres([texte_de_case(c) for c in ligne])
        if places:
            lus = (_membre(cases, places, professions) for cases in tableau.lignes[rang + 1 :])
            return [m for m in lus if m is not None]
    return _sans_entete(tableau, professions)


def _sans_entete(tableau: Bloc, professions: Callable[[str], tuple[str, str]]) -> list[MembreLu] | None:
    """Une liste sans en-tête : la colonne où presque tout est une profession la trahit."""
    lignes = [ligne for ligne in tableau.lignes if any(texte_de_case(c) for c in ligne)]
    largeur = max((len(ligne) for ligne in lignes), default=0)
    for colonne in range(1, min(largeur, 6)):
        reconnues = [bool(professions(texte_de_case(li[colonne]))[0]) for li in lignes if len(li) > colonne]
        if len(reconnues) >= 2 and sum(reconnues) >= 0.8 * len(reconnues):
            places = {"nom_prenom": 0} if colonne == 1 else {"nom": 0, "prenom": 1}
            places |= {"profession": colonne} | ({"commune": colonne + 1} if largeur > colonne + 1 else {})
            return [m for li in lignes if (m := _membre(li, places, professions)) is not None]
    return None


def _membre(
    cases: Sequence[Cellule], places: dict[str, int], professions: Callable[[str], tuple[str, str]]
) -> MembreLu | None:
    lu = {c: sans_remplissage(texte_de_case(cases[rang])) for c, rang in places.items() if rang < len(cases)}
    nom, prenom = lu.get("nom", ""), lu.get("prenom", "")
    if "nom_prenom" in lu and not (nom and prenom):
        nom, prenom = nom_et_prenom(lu["nom_prenom"])
    elif nom and not prenom and "prenom" not in places:
        nom, prenom = nom_et_prenom(nom)
    nom = _CIVILITE.sub("", nom)
    if not cle(nom + prenom):
        return None
    rpps = _RPPS.search(lu.get("rpps", ""))
    code, savoir_faire = professions(lu.get("profession", ""))
    return MembreLu(
        nom=nom, prenom=prenom, profession=lu.get("profession", ""), commune=lu.get("commune", ""),
        rpps=rpps[0] if rpps else "", courriel=lu.get("courriel", ""), telephone=lu.get("telephone", ""),
        code_profession=code, savoir_faire=savoir_faire,
    )  # fmt: skip


def nom_et_prenom(texte: str) -> tuple[str, str]:
    """« Dre LE BIHAN Anne » et « Anne Le Bihan » donnent (« LE BIHAN » ou « Le Bihan », « Anne »)."""
    morceaux = _CIVILITE.sub("", " ".join(texte.split())).split()
    capitales = [m for m in morceaux if len(m) > 1 and m.isupper()]
    if capitales and len(capitales) < len(morceaux):
        return " ".join(capitales), " ".join(m for m in morceaux if m not in capitales)
    if len(morceaux) < 2:
        return " ".join(morceaux), ""
    return " ".join(morceaux[1:]), morceaux[0]


def colonnes_du_champ(entete: Sequence[str], colonnes: Sequence[tuple[Repere, tuple[str, ...]]]) -> dict[int, Repere]:
    """Place → colonne de la trame que nomme chaque case d'en-tête."""
    places: dict[int, Repere] = {}
    prises: set[str] = set()
    for rang, texte in enumerate(entete):
        plat = cle(sans_remplissage(texte))
        if not plat:
            continue
        libres = [(r, v) for r, v in colonnes if r.colonne not in prises]
        notes = sorted(
            ((max(_note(plat, x) for x in v), n, r) for n, (r, v) in enumerate(libres)), key=lambda n: -n[0]
        )
        if notes and notes[0][0] >= 0.64:
            places[rang] = notes[0][2]
            prises.add(notes[0][2].colonne)
    return places


def _note(plat: str, variante: str) -> float:
    note = ressemblance(plat, variante)
    if note >= SEUIL_PROCHE:
        return note
    un, autre = recouvrement(mots(variante), mots(plat)), recouvrement(mots(plat), mots(variante))
    return 2 * un * autre / (un + autre) * 0.95 if max(un, autre) >= 0.99 and un + autre else 0.0


def transposer(tableau: Bloc) -> tuple[tuple[Cellule, ...], ...]:
    largeur = max((len(ligne) for ligne in tableau.lignes), default=0)
    return tuple(tuple(li[c] if c < len(li) else () for li in tableau.lignes) for c in range(largeur))
