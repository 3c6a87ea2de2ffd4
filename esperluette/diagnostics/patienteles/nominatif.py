"""Reconnaître un tableau qui parle de personnes, pour le refuser entier. Sans base ; rien de lu n'est répété."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esperluette.commun.erreurs import ErreurMetier
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.fichiers.vigilance import suspicions
from esperluette.territoires.texte import forme

CONSIGNE = (
    "Le fichier entier est refusé, et rien n’en est gardé. Esperluette ne reçoit aucune donnée de patient : donnez "
    "des effectifs, par commune et par tranche d’âge, en partant du modèle vide."
)
_LONG_NUMERO = re.compile(r"\d(?:[ .\-/\u00a0\u202f]?\d){7,}")
_COURRIEL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_MOIS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|(?:19|20)\d{2}[/.\-]\d{1,2}[/.\-]\d{1,2})(?!\d)"
)
_DATE_DITE = re.compile(rf"\b\d{{1,2}}(?:er)? (?:{_MOIS}) (?:19|20)?\d{{2}}\b")
_ADRESSE = re.compile(
    r"\b\d{1,4} (?:(?:bis|ter) )?(?:rue|avenue|av|bd|bld|boulevard|place|impasse|allee|chemin|route|lotissement|quai|"
    r"residence|hameau|cite|square|venelle|lieu dit)\b"
)
_CIVILITE = re.compile(r"^(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|dr|docteur) [a-z]{2,}")


class DonneesDePersonnes(ErreurMetier):
    """Le tableau semble parler de personnes ; la phrase dit où et pourquoi, jamais ce qui y est écrit."""

    def __init__(self, constat: str) -> None:
        super().__init__(f"{constat} {CONSIGNE}")


@dataclass(frozen=True, slots=True)
class Cellule:
    """Une cellule non vide : sa ligne, sa colonne (0 : la première), son texte, et si le tableur en fait une date."""

    ligne: int
    colonne: int
    texte: str
    date: bool = False


def lettre(colonne: int) -> str:
    """Le nom d'une colonne dans un tableur : 0 → « A », 26 → « AA »."""
    nom = ""
    colonne += 1
    while colonne:
        colonne, reste = divmod(colonne - 1, 26)
        nom = chr(ord("A") + reste) + nom
    return nom


def refuser_les_intitules(intitules: Sequence[str]) -> None:
    """Lève `DonneesDePersonnes` si un intitulé nomme une donnée de personne."""
    for rang, intitule in enumerate(intitules):
        if reglages().colonne_de(intitule):
            continue
        if sorte := reglages().refusee(intitule):
            raise DonneesDePersonnes(f"La colonne {lettre(rang)} annonce {sorte}.")


def refuser_les_valeurs(cellules: Iterable[Cellule]) -> None:
    """Lève `DonneesDePersonnes` à la première cellule qui ressemble à une donnée de personne."""
    for cellule in cellules:
        if sorte := sorte_de(cellule):
            raise DonneesDePersonnes(
                f"Ligne {cellule.ligne}, colonne {lettre(cellule.colonne)} : la cellule ressemble à {sorte}."
            )


def sorte_de(cellule: Cellule) -> str:
    """Ce à quoi ressemble une cellule (« une date… ») ; vide si elle ne désigne personne."""
    texte = cellule.texte
    if cellule.date or _DATE.search(texte):
        return (
            "une date, de naissance peut-être (si c’est une tranche d’âge que le tableur a changée en date, "
            "écrivez-la « 10 à 14 ans »)"
        )
    if _LONG_NUMERO.search(texte):
        return "un numéro de sécurité sociale, de téléphone ou de dossier"
    if "@" in texte and _COURRIEL.search(texte):
        return "un courriel"
    if texte.isdecimal():
        return ""
    simple = forme(texte)
    if _ADRESSE.search(simple):
        return "une adresse"
    if _CIVILITE.search(simple):
        return "un nom de personne"
    if _DATE_DITE.search(simple) or suspicions(texte):
        return "une date de naissance ou un numéro de sécurité sociale"
    return ""


def refuser_une_liste(effectifs: Sequence[int]) -> None:
    """Lève `DonneesDePersonnes` si presque chaque ligne compte un seul patient."""
    regle = reglages().une_ligne_par_personne
    seuls = sum(1 for n in effectifs if n == 1)
    if len(effectifs) >= regle.lignes and seuls * 100 >= regle.part * len(effectifs):
        raise DonneesDePersonnes(
            f"{seuls} lignes sur {len(effectifs)} comptent un seul patient : le tableau ressemble à une ligne par "
            "personne."
        )
