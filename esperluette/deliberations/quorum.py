"""Le quorum, pur : ni Django ni base. CRPA, art. R. 133-9 à R. 133-12 (ou la règle propre de l'instance).

Les « membres composant la commission » sont les sièges votants pourvus. Un siège compte une fois, que son titulaire,
son suppléant ou les deux soient là. Il compte s'il est occupé, à distance ou non, ou si, vide, il a donné mandat à un
siège occupé, dans la limite des mandats qu'un membre peut détenir.

Le déporté : R. 133-12 l'écarte de la délibération et ne dit rien du quorum. On ne le compte pas parmi les présents
sur ce point, ni le mandat qu'il donne ou détient, et le nombre à atteindre ne baisse pas (règle du juge pour les
conseils municipaux, CE, 19 janvier 1983, Chauré, reprise ici par analogie). C'est la lecture la plus exigeante :
atteint ainsi, le quorum l'est selon toute autre.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Protocol


class ReglesDeQuorum(Protocol):
    """Ce que le quorum lit des règles d'une instance."""

    @property
    def quorum(self) -> Fraction: ...
    @property
    def seconde_sans_quorum(self) -> bool: ...
    @property
    def mandats_par_membre(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Occupation:
    """Une personne qui occupe un siège, là ou à distance."""

    siege: int
    personne: int


@dataclass(frozen=True, slots=True)
class Mandat:
    """Le mandat que `personne`, absente, donne pour son siège à un autre siège."""

    de: int
    a: int
    personne: int = 0


@dataclass(frozen=True, slots=True)
class Quorum:
    """`necessaire` sièges à réunir, `comptes` réunis ; `voix` : qui vote (siège → siège qui porte sa voix)."""

    necessaire: int
    comptes: int
    total: int
    atteint: bool
    phrase: str
    voix: tuple[tuple[int, int], ...] = ()

    @property
    def manquent(self) -> int:
        return 0 if self.atteint else max(self.necessaire - self.comptes, 1)


def quorum(
    regles: ReglesDeQuorum,
    sieges: Collection[int],
    presences: Iterable[Occupation],
    pouvoirs: Iterable[Mandat] = (),
    deports: Collection[int] = (),
    *,
    seconde: bool = False,
) -> Quorum:
    """Le quorum d'un point (ou de la séance, sans `deports`). `sieges` : votants et pourvus ; `deports` : personnes.

    L'ordre des présences et des mandats ne change rien ; ajouter une présence ne le fait jamais perdre.
    """
    votants, ecartes = set(sieges), set(deports)
    occupes = {p.siege for p in presences if p.siege in votants and p.personne not in ecartes}
    representes = _representes(regles.mandats_par_membre, votants, occupes, pouvoirs, ecartes)
    comptes = len(occupes) + len(representes)
    sans_condition = seconde and regles.seconde_sans_quorum
    necessaire = 0 if sans_condition else ceil(regles.quorum * len(votants))
    atteint = sans_condition or (comptes >= necessaire and bool(votants))
    voix = tuple(sorted([(s, s) for s in occupes] + list(representes.items())))
    phrase = _phrase(len(votants), len(occupes), len(representes), necessaire, atteint, sans_condition)
    return Quorum(necessaire, comptes, len(votants), atteint, phrase, voix)


def _representes(
    limite: int, votants: set[int], occupes: set[int], pouvoirs: Iterable[Mandat], ecartes: set[int]
) -> dict[int, int]:
    """Siège vide → siège occupé qui porte son mandat. Un siège n'en donne qu'un ; qui est là n'en a pas besoin."""
    donnes: dict[int, int] = {}
    for mandat in sorted(pouvoirs, key=lambda m: (m.de, m.a, m.personne)):
        if mandat.personne not in ecartes:
            donnes.setdefault(mandat.de, mandat.a)
    detenus: dict[int, list[int]] = defaultdict(list)
    for de, a in sorted(donnes.items()):
        if de in votants and de not in occupes and a in occupes:
            detenus[a].append(de)
    return {de: a for a, siens in detenus.items() for de in siens[: max(limite, 0)]}


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""


def _phrase(votants: int, la: int, representes: int, necessaire: int, atteint: bool, sans_condition: bool) -> str:
    if not votants and not sans_condition:
        return "Aucun siège votant n’est pourvu : la commission ne peut pas délibérer."
    qui = f"{la} siège{_s(la)} présent{_s(la)}"
    if representes:
        qui += f" et {representes} représenté{_s(representes)} par mandat"
    if sans_condition:
        return f"Seconde convocation : aucun quorum n’est exigé. {qui} sur {votants}."
    if atteint:
        return f"Quorum atteint : {qui}, {necessaire} nécessaire{_s(necessaire)} sur {votants}."
    manque = necessaire - la - representes
    return f"Quorum perdu : {qui}, il en faut {necessaire} sur {votants}. Il en manque {manque}."


@dataclass(frozen=True, slots=True)
class Depouillement:
    """Les voix d'un point : `sens` est « pour », « contre », ou vide si rien ne l'emporte."""

    pour: int
    contre: int
    abstentions: int
    sens: str
    phrase: str


def depouiller(voix: Iterable[tuple[str, bool]], *, preponderante: bool) -> Depouillement:
    """Compte des voix (sens, voix du président). R. 133-11 : majorité ; à égalité, la voix du président l'emporte.

    L'abstention ne pèse d'aucun côté.
    """
    toutes = list(voix)
    nombres = {sens: sum(1 for s, _ in toutes if s == sens) for sens in ("pour", "contre", "abstention")}
    pour, contre, abstentions = nombres.values()
    sens = "pour" if pour > contre else "contre" if contre > pour else ""
    phrase = f"{pour} pour, {contre} contre, {abstentions} abstention{_s(abstentions)}."
    if not sens and pour:
        du_president = {s for s, president in toutes if president and s in ("pour", "contre")}
        if preponderante and len(du_president) == 1:
            sens = du_president.pop()
            phrase += f" Partage égal : la voix du président, {sens}, l’emporte."
        else:
            phrase += " Partage égal : aucune majorité."
    return Depouillement(pour, contre, abstentions, sens, phrase)
