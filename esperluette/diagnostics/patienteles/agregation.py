"""D'un tableau lu à des effectifs qui ne désignent personne : par commune, par tranche d'âge. Sans base.

Rien de plus fin n'en sort : ni le croisement de la commune et de l'âge, ni un effectif de 1 à 10.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from esperluette.diagnostics.patienteles.nominatif import refuser_une_liste
from esperluette.diagnostics.patienteles.reglages import effectif_minimal, reglages
from esperluette.diagnostics.patienteles.tableur import Rangee, TableauRefuse
from esperluette.territoires.texte import forme

_ESPACES = re.compile(r"[\s\u00a0\u202f]")
_BORNES = re.compile(r"(?:de )?(\d{1,3})(?: ans)?(?: a| et| au)? (\d{1,3})(?: ans)?(?: inclus)?")
_DEBUT = re.compile(r"(?:plus de |au moins |a partir de |des )?(\d{1,3})(?: ans)?(?: et plus| ou plus| et| ans et)?")
_FIN = re.compile(r"(?:moins de |jusqu a |avant )(\d{1,3})(?: ans)?")
_SIGNES = {"+": " et plus", "≥": "au moins ", ">=": "au moins ", "<": "moins de ", ">": "plus de "}
_TOTAUX = {"total", "totaux", "ensemble", "total general", "somme"}
AGE_MAXIMAL = 120


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EffectifDeTranche(_Fige):
    """Une tranche d'âge ; `fin` vide : « et plus ». `ald` vide : non dit, ou trop peu pour se montrer."""

    debut: int
    fin: int | None
    effectif: int
    ald: int | None = None


class Agregat(_Fige):
    """Ce qu'on garde d'un tableau : rien n'y descend sous l'effectif minimal."""

    jeton: UUID = Field(default_factory=uuid4)
    total: int
    ald: int | None = None
    communes: tuple[tuple[str, int], ...]  # code et effectif, la plus représentée d'abord
    autres_communes: int = 0
    autres_effectif: int = 0
    tranches: tuple[EffectifDeTranche, ...] = ()
    lignes: int
    rejetees: int

    @property
    def autres_part(self) -> float:
        """La part (%) des patients dont la commune n'est pas nommée."""
        return 100 * self.autres_effectif / self.total


@dataclass(frozen=True, slots=True)
class Ecart:
    """Une ligne laissée de côté, et pourquoi ; jamais ce qu'elle dit."""

    ligne: int
    cause: str


@dataclass(frozen=True, slots=True)
class Lecture:
    """L'aperçu d'un tableau : ce qu'on en garderait, les lignes laissées de côté, ce qu'il faut savoir."""

    agregat: Agregat
    ecarts: tuple[Ecart, ...]
    avis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ligne:
    """Une ligne comprise. `cle` : la commune telle qu'écrite, et l'âge ; deux fois la même est une répétition."""

    numero: int
    commune: str
    ecrite: str
    tranche: tuple[int, int | None] | None
    effectif: int
    ald: int | None


class _Rejet(Exception):
    """Une ligne à laisser de côté, avec sa cause."""


# trouver(code, commune, code_postal) -> (code d'aujourd'hui, ce qui distingue une ancienne commune), ou LookupError.
Trouver = Callable[[str, str, str], tuple[str, str]]


def agreger(rangees: Sequence[Rangee], trouver: Trouver) -> Lecture:
    """Les effectifs d'un tableau. Lève `TableauRefuse` ou `DonneesDePersonnes` s'il n'y a rien de bon à en garder."""
    par_age = any(r.valeurs.get("tranche") for r in rangees if not _est_un_total(r))
    lignes: list[_Ligne] = []
    ecarts: list[Ecart] = []
    deja: dict[tuple[str, str, tuple[int, int | None] | None], int] = {}
    for rangee in rangees:
        if _est_un_total(rangee):
            ecarts.append(Ecart(rangee.numero, "c’est un total : il ne s’additionne pas aux autres lignes"))
            continue
        try:
            ligne = _comprendre(rangee, trouver, par_age=par_age)
            cle = (ligne.commune, ligne.ecrite, ligne.tranche)
            if cle in deja:
                raise _Rejet(f"même commune et même âge que la ligne {deja[cle]} : réunissez-les en une seule ligne")
        except _Rejet as rejet:
            ecarts.append(Ecart(rangee.numero, str(rejet)))
            continue
        deja[cle] = rangee.numero
        lignes.append(ligne)
    refuser_une_liste([n for r in rangees if (n := _entier_ou_rien(r.valeurs.get("effectif", ""))) is not None])
    if not lignes:
        raise TableauRefuse(
            "Aucune ligne ne se lit : rien n’est gardé. "
            + " ".join(f"Ligne {e.ligne} : {e.cause}." for e in ecarts[:3])
        )
    _refuser_les_chevauchements({ligne.tranche for ligne in lignes if ligne.tranche is not None})
    agregat, avis = _reunir(lignes, rejetees=len(ecarts), lues=len(rangees))
    return Lecture(agregat, tuple(ecarts), tuple(avis))


def _est_un_total(rangee: Rangee) -> bool:
    return any(forme(rangee.valeurs.get(c, "")) in _TOTAUX for c in ("code", "commune"))


def _comprendre(rangee: Rangee, trouver: Trouver, *, par_age: bool) -> _Ligne:
    valeurs = rangee.valeurs
    try:
        commune, ecrite = trouver(valeurs.get("code", ""), valeurs.get("commune", ""), valeurs.get("code_postal", ""))
    except LookupError as inconnue:
        raise _Rejet(str(inconnue.args[0])) from None
    effectif = _effectif(valeurs.get("effectif", ""), "effectif")
    ald = _effectif(valeurs["ald"], "nombre de patients en ALD") if valeurs.get("ald") else None
    if ald is not None and ald > effectif:
        raise _Rejet("plus de patients en ALD que de patients")
    tranche = None
    if valeurs.get("tranche"):
        tranche = _tranche(valeurs["tranche"])
    elif par_age:
        raise _Rejet("tranche d’âge absente, alors que d’autres lignes en ont une")
    return _Ligne(rangee.numero, commune, ecrite, tranche, effectif, ald)


def _entier_ou_rien(texte: str) -> int | None:
    compact = re.sub(r"[.,]0+$", "", _ESPACES.sub("", texte))
    return int(compact) if compact.isascii() and compact.isdecimal() and len(compact) <= 9 else None


def _effectif(texte: str, quoi: str) -> int:
    if not texte:
        raise _Rejet(f"{quoi} absent")
    nombre = _entier_ou_rien(texte)
    if nombre is None:
        raise _Rejet(f"{quoi} : ce n’est pas un nombre entier")
    if nombre > reglages().limites.effectif:
        raise _Rejet("nombre démesuré")
    return nombre


def _tranche(texte: str) -> tuple[int, int | None]:
    """« 15-29 », « de 15 à 29 ans », « 75 et plus », « 75+ », « moins de 15 ans »."""
    simple = forme(reduce(lambda t, signe: t.replace(signe, _SIGNES[signe]), _SIGNES, texte))
    debut: int
    fin: int | None
    if trouve := _BORNES.fullmatch(simple):
        debut, fin = int(trouve[1]), int(trouve[2])
    elif trouve := _FIN.fullmatch(simple):
        debut, fin = 0, int(trouve[1]) - 1
    elif simple.removesuffix(" ans").removesuffix(" an").isdecimal():
        raise _Rejet("un âge exact n’est pas une tranche d’âge")
    elif trouve := _DEBUT.fullmatch(simple):
        debut, fin = int(trouve[1]), None
    else:
        raise _Rejet("tranche d’âge incomprise : écrivez « 15 à 29 ans », ou « 75 ans et plus »")
    if debut > AGE_MAXIMAL or (fin is not None and not debut <= fin <= AGE_MAXIMAL):
        raise _Rejet("tranche d’âge impossible")
    minimum = reglages().tranche_minimale.valeur
    if fin is not None and fin - debut + 1 < minimum:
        raise _Rejet(f"tranche d’âge trop fine : réunissez au moins {minimum} années")
    return debut, fin


def _refuser_les_chevauchements(tranches: Iterable[tuple[int, int | None]]) -> None:
    rangees = sorted(tranches, key=lambda t: (t[0], AGE_MAXIMAL if t[1] is None else t[1]))
    for (_, fin), (debut, _) in pairwise(rangees):
        if fin is None or debut <= fin:
            raise TableauRefuse(
                "Des tranches d’âge se chevauchent : un même patient y compterait deux fois. Gardez un seul "
                "découpage, sans ligne « tous âges »."
            )


# --- Ce qui se garde ------------------------------------------------------------------------------------------------


def _reunir(lignes: list[_Ligne], *, rejetees: int, lues: int) -> tuple[Agregat, list[str]]:
    seuil = effectif_minimal()
    avis = []
    par_commune = _totaux((ligne.commune, ligne.effectif) for ligne in lignes)
    faibles = {code: n for code, n in par_commune.items() if n < seuil}
    reste = sum(faibles.values())
    if 0 < reste < seuil:
        # Comptés à part, ils se déduiraient du total : ils n'y entrent pas.
        lignes = [ligne for ligne in lignes if ligne.commune not in faibles]
        avis.append(f"Moins de {seuil} patients vivent dans d’autres communes : ils ne sont pas comptés.")
        faibles, reste = {}, 0
    faibles = {code: n for code, n in faibles.items() if n}
    total = sum(ligne.effectif for ligne in lignes)
    if total < seuil:
        raise TableauRefuse(f"Le tableau compte moins de {seuil} patients : c’est trop peu pour être gardé.")
    if total > reglages().limites.total:
        raise TableauRefuse("Le tableau compte un nombre démesuré de patients : rien n’est gardé.")
    if faibles:
        avis.append(
            f"{len(faibles)} commune{'s' if len(faibles) > 1 else ''} de moins de {seuil} patients, {reste} ensemble "
            ": elles comptent dans le total, sans être nommées."
        )
    communes = sorted(((c, n) for c, n in par_commune.items() if n >= seuil), key=lambda cn: (-cn[1], cn[0]))
    tranches, reunies = _tranches(lignes)
    if reunies:
        avis.append(f"Des tranches d’âge de moins de {seuil} patients sont réunies à leur voisine.")
    ald = _ald_totale(lignes)
    return Agregat(
        total=total, ald=ald, communes=tuple(communes), autres_communes=len(faibles), autres_effectif=reste,
        tranches=tranches if ald is not None else tuple(t.model_copy(update={"ald": None}) for t in tranches),
        lignes=lues, rejetees=rejetees,
    ), avis  # fmt: skip


def _totaux(paires: Iterable[tuple[str, int]]) -> dict[str, int]:
    sommes: dict[str, int] = defaultdict(int)
    for cle, nombre in paires:
        sommes[cle] += nombre
    return dict(sommes)


def _montrable(ald: int, effectif: int) -> bool:
    """Ni ceux qui sont en ALD, ni les autres, ne sont trop peu."""
    return ald >= effectif_minimal() and effectif - ald >= effectif_minimal()


def _ald_totale(lignes: list[_Ligne]) -> int | None:
    """La somme, si chaque ligne la dit et si elle peut se montrer."""
    dites = [ligne.ald for ligne in lignes if ligne.ald is not None]
    ald = sum(dites)
    return ald if len(dites) == len(lignes) and _montrable(ald, sum(ligne.effectif for ligne in lignes)) else None


def _tranches(lignes: list[_Ligne]) -> tuple[tuple[EffectifDeTranche, ...], bool]:
    """Les tranches, dans l'ordre ; celles de trop peu de patients réunies à la moins fournie de leurs voisines."""
    sommes: dict[tuple[int, int | None], list[int]] = {}
    for ligne in lignes:
        if ligne.tranche is not None:
            somme = sommes.setdefault(ligne.tranche, [0, 0])
            somme[0] += ligne.effectif
            somme[1] += ligne.ald or 0
    triees = [(debut, fin, n, ald) for (debut, fin), (n, ald) in sorted(sommes.items(), key=lambda s: s[0][0])]
    avant = len(triees)
    while len(triees) > 1 and min(n for _, _, n, _ in triees) < effectif_minimal():
        rang = min(range(len(triees)), key=lambda r: triees[r][2])
        voisin = min((r for r in (rang - 1, rang + 1) if 0 <= r < len(triees)), key=lambda r: triees[r][2])
        bas, haut = sorted((rang, voisin))
        (debut, _, n, ald), (_, fin, autre_n, autre_ald) = triees[bas], triees[haut]
        triees[bas : haut + 1] = [(debut, fin, n + autre_n, ald + autre_ald)]
    cachees = _ald_a_cacher([(ald, n) for _, _, n, ald in triees])
    return tuple(
        EffectifDeTranche(debut=debut, fin=fin, effectif=n, ald=None if rang in cachees else ald)
        for rang, (debut, fin, n, ald) in enumerate(triees)
    ), len(triees) < avant


def _ald_a_cacher(paires: list[tuple[int, int]]) -> set[int]:
    """Les tranches dont l'ALD se tait : trop faible, ou déductible du total et des autres."""
    cachees = {rang for rang, (ald, n) in enumerate(paires) if not _montrable(ald, n)}
    while cachees and len(cachees) < len(paires):
        ald, n = (sum(paires[rang][i] for rang in cachees) for i in (0, 1))
        if _montrable(ald, n) and len(cachees) > 1:
            break
        cachees.add(min((r for r in range(len(paires)) if r not in cachees), key=lambda r: paires[r][1]))
    return cachees
