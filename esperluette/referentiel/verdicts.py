"""Trois réponses, jamais deux : satisfait, non satisfait, à préciser."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NoReturn

from esperluette.referentiel.sources import Source


class Reponse3(StrEnum):
    """La réponse d'une règle. « À préciser » dit qu'il manque un fait, pas que la réponse est non."""

    SATISFAIT = "satisfait"
    NON_SATISFAIT = "non_satisfait"
    A_PRECISER = "a_preciser"

    @property
    def libelle(self) -> str:
        return {"satisfait": "Satisfait", "non_satisfait": "Non satisfait", "a_preciser": "À préciser"}[self.value]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Une réponse, son motif en une phrase, sa source. Se compare par `reponse`, jamais par sa vérité."""

    reponse: Reponse3
    motif: str
    source: Source | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("un Verdict a trois réponses : comparez `verdict.reponse`")

    def avec(self, source: Source) -> "Verdict":
        """Le même verdict, adossé à sa source."""
        return replace(self, source=source)


def satisfait(motif: str) -> Verdict:
    return Verdict(Reponse3.SATISFAIT, motif)


def non_satisfait(motif: str) -> Verdict:
    return Verdict(Reponse3.NON_SATISFAIT, motif)


def a_preciser(motif: str) -> Verdict:
    return Verdict(Reponse3.A_PRECISER, motif)


def tous(verdicts: Iterable[Verdict]) -> Verdict:
    """Un non l'emporte, puis un à-préciser. Aucun verdict : satisfait (rien n'est demandé)."""
    liste = list(verdicts)
    return _selon(liste, (Reponse3.NON_SATISFAIT, Reponse3.A_PRECISER, Reponse3.SATISFAIT), "Aucune condition.")


def au_moins_un(verdicts: Iterable[Verdict]) -> Verdict:
    """Un oui l'emporte, puis un à-préciser. Aucun verdict : non satisfait."""
    liste = list(verdicts)
    if not liste:
        return non_satisfait("Aucune des possibilités n'est ouverte.")
    return _selon(liste, (Reponse3.SATISFAIT, Reponse3.A_PRECISER, Reponse3.NON_SATISFAIT), "")


def au_moins_n(n: int, verdicts: Iterable[Verdict]) -> Verdict:
    """Compte les certains, puis les possibles."""
    liste = list(verdicts)
    certains = sum(v.reponse is Reponse3.SATISFAIT for v in liste)
    possibles = sum(v.reponse is Reponse3.A_PRECISER for v in liste)
    compte = f"{certains} sur {n} attendu{'s' if n > 1 else ''}"
    if certains >= n:
        return satisfait(f"{compte}.")
    if certains + possibles >= n:
        return a_preciser(f"{compte}, {possibles} à préciser : {_motifs(liste, Reponse3.A_PRECISER)}")
    return non_satisfait(f"{compte}. {_motifs(liste, Reponse3.NON_SATISFAIT)}".strip())


def _selon(verdicts: list[Verdict], ordre: tuple[Reponse3, ...], vide: str) -> Verdict:
    for reponse in ordre:
        if any(v.reponse is reponse for v in verdicts):
            return Verdict(reponse, _motifs(verdicts, reponse))
    return satisfait(vide)


def _motifs(verdicts: list[Verdict], reponse: Reponse3) -> str:
    return " ".join(dict.fromkeys(v.motif for v in verdicts if v.reponse is reponse))
