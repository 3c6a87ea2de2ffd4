"""« Ce qui vous en rapproche » : le plus petit changement qui ouvrirait la porte, trouvé en l'essayant sur les règles.

On essaie un changement, puis deux, puis trois, du plus léger au plus lourd, et dans un temps borné. Rien n'est rédigé
d'avance : une règle nouvelle dans une édition se prend en compte d'elle-même.
"""

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from esperluette.referentiel.changements import Changement, Poids, possibles
from esperluette.referentiel.criteres import Situation
from esperluette.referentiel.evaluation import Evaluation, FormeNonCouverte, evaluer
from esperluette.referentiel.faits import Faits
from esperluette.referentiel.modele import Critere, Edition
from esperluette.referentiel.verdicts import Reponse3, Verdict, tous

CHANGEMENTS_MAXIMUM = 3
PROPOSITIONS = 3
DELAI = 0.1  # secondes
NON_PUBLIE = "non_publie"  # aucun fait n'y répond : la condition se demande à l'ARS


class ViseInconnu(LookupError):
    """Ni le verdict de tête, ni une aide, ni une démarche de l'édition ; `str(erreur)` se montre."""


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Des changements qui suffisent ensemble. `possible` faux : l'un d'eux ne dépend pas de l'équipe."""

    changements: tuple[Changement, ...]
    phrase: str
    apporte: tuple[str, ...]
    faits: Faits

    @property
    def possible(self) -> bool:
        return all(c.possible for c in self.changements)

    @property
    def information(self) -> bool:
        """Vrai s'il suffit de préciser ce qui n'est pas encore dit."""
        return all(c.poids is Poids.INFORMATION for c in self.changements)

    def en_json(self) -> dict[str, Any]:
        return {
            "phrase": self.phrase,
            "changements": [c.phrase for c in self.changements],
            "possible": self.possible,
            "information": self.information,
            "apporte": list(self.apporte),
        }


def rapprocher(
    edition: Edition,
    *,
    forme: str,
    faits: Faits,
    le: datetime.date,
    vise: str | None = None,
    delai: float = DELAI,
) -> list[Rapprochement]:
    """Les plus petits changements qui rendent satisfait ce qu'on vise, le plus léger d'abord ; vide s'il l'est déjà.

    Une condition que la région ne publie pas se dit à la suite : aucun changement ne peut y répondre.
    `vise` : rien pour le verdict de tête, ou `aide:ID`, ou `demarche:ID`. Lève `FormeNonCouverte` ou `ViseInconnu`.
    """
    vises = _criteres_vises(edition, forme, vise)
    criteres = [c for c in vises if c.fonction != NON_PUBLIE]
    reste = " ".join(dict.fromkeys(str(c.parametres["texte"]) for c in vises if c.fonction == NON_PUBLIE))
    juger = _juge(edition, criteres)
    if juger(faits).reponse is Reponse3.SATISFAIT:
        rempli = "Ce qui est publié est rempli. " if criteres else ""
        return [Rapprochement((), f"{rempli}{reste}", (), faits)] if reste else []
    candidats = possibles(criteres, edition.socle, faits)
    trouves = _chercher(candidats, faits, juger, time.monotonic() + delai)
    if not trouves:
        return []
    avant = evaluer(edition, forme=forme, faits=faits, le=le)
    a_notre_portee = [t for t in trouves if all(c.possible for c in t[0])]
    par_phrase = {_phrase(choisis): (choisis, essai) for choisis, essai in reversed(a_notre_portee or trouves[:1])}
    retenus = list(reversed(par_phrase.items()))[:PROPOSITIONS]
    return [
        Rapprochement(
            choisis,
            f"{phrase} {reste}".strip(),
            _apports(avant, evaluer(edition, forme=forme, faits=essai, le=le)),
            essai,
        )
        for phrase, (choisis, essai) in retenus
    ]


def _criteres_vises(edition: Edition, forme: str, vise: str | None) -> list[Critere]:
    if forme not in edition.entete.formes:
        raise FormeNonCouverte(f"L'édition {edition.region} {edition.numero} ne décrit pas la forme « {forme} ».")
    ouverts = [c for c in edition.criteres if forme in c.formes]
    if vise is None:
        return [c for c in ouverts if c.nature == "composition"]
    sorte, _, cle = vise.partition(":")
    lire: dict[str, Callable[[str], Any]] = {"aide": edition.aide, "demarche": edition.demarche}
    try:
        conditions = lire[sorte](cle).conditions
    except KeyError:
        raise ViseInconnu(f"« {vise} » n'est ni une aide ni une démarche de l'édition.") from None
    return [c for c in ouverts if c.id in conditions]


def _juge(edition: Edition, criteres: Sequence[Critere]) -> Callable[[Faits], Verdict]:
    regles = [edition.regles[c.id] for c in criteres]

    def juger(faits: Faits) -> Verdict:
        situation = Situation(faits, edition.socle)
        return tous(regle(situation) for regle in regles)

    return juger


_Trouve = tuple[tuple[Changement, ...], Faits]


def _chercher(
    candidats: Sequence[Changement], faits: Faits, juger: Callable[[Faits], Verdict], fin: float
) -> list[_Trouve]:
    """Les combinaisons qui suffisent, sans changement superflu, les plus légères d'abord."""
    trouves: list[_Trouve] = []
    for choisis in _combinaisons(candidats):
        if time.monotonic() > fin:
            break
        if any(_contient(choisis, deja) for deja, _ in trouves):
            continue
        essai = faits
        for changement in choisis:
            essai = changement.appliquer(essai)
        if juger(essai).reponse is Reponse3.SATISFAIT:
            trouves.append((choisis, essai))
    return sorted(trouves, key=lambda t: _poids(t[0]))


def _combinaisons(candidats: Sequence[Changement]) -> Iterator[tuple[Changement, ...]]:
    """Un, deux, puis trois changements ; on ne répète que les recrutements."""
    for nombre in range(1, CHANGEMENTS_MAXIMUM + 1):
        for choisis in combinations_with_replacement(candidats, nombre):
            if all(n == 1 or c.poids is Poids.PERSONNE for c, n in _compter(choisis)):
                yield choisis


def _compter(choisis: Iterable[Changement]) -> list[tuple[Changement, int]]:
    comptes = Counter(c.cle for c in choisis)
    uniques = {c.cle: c for c in choisis}
    return [(uniques[cle], n) for cle, n in comptes.items()]


def _contient(choisis: tuple[Changement, ...], deja: tuple[Changement, ...]) -> bool:
    return not Counter(c.cle for c in deja) - Counter(c.cle for c in choisis)


def _poids(choisis: Iterable[Changement]) -> int:
    return sum(c.poids for c in choisis)


def _phrase(choisis: tuple[Changement, ...]) -> str:
    """« Ajoutez un médecin généraliste et créez la structure attendue : association loi 1901. »"""
    immuables = [c.phrase for c in choisis if not c.possible]
    gestes = [c.phrase for c in choisis if c.possible and c.poids is not Poids.PERSONNE]
    personnes = [c.fois(n) for c, n in _compter(choisis) if c.poids is Poids.PERSONNE]
    if personnes:
        gestes.append(f"ajoutez {_enumerer(personnes)}")
    morceaux = []
    if immuables:
        morceaux.append(f"{_majuscule(_enumerer(immuables))} : cela ne se change pas.")
    if gestes:
        morceaux.append(f"{'Il faudrait aussi : ' if immuables else ''}{_enumerer(gestes)}")
        morceaux[-1] += "" if morceaux[-1].endswith("?") else "."
    return " ".join(m if rang else _majuscule(m) for rang, m in enumerate(morceaux))


def _enumerer(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} et {phrases[-1]}"


def _majuscule(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _apports(avant: Evaluation, apres: Evaluation) -> tuple[str, ...]:
    """Ce que le changement ouvre : le verdict de tête, puis chaque aide et chaque démarche."""
    oui = Reponse3.SATISFAIT
    apports = [apres.phrase] if avant.verdict.reponse is not oui and apres.verdict.reponse is oui else []
    for ancienne, nouvelle in zip(avant.aides, apres.aides, strict=True):
        if ancienne.verdict.reponse is not oui and nouvelle.verdict.reponse is oui:
            apports.append(f"Aide ouverte : {nouvelle.aide.libelle}.")
    for etat_avant, etat_apres in zip(avant.demarches, apres.demarches, strict=True):
        if etat_avant.verdict.reponse is not oui and etat_apres.verdict.reponse is oui:
            apports.append(f"Démarche ouverte : {etat_apres.demarche.libelle}.")
    return tuple(apports)
