"""Ce que dit un diagnostic, et comment chaque chiffre se calcule : lu de donnees/diagnostic.yaml. Sans base."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

from esperluette.indicateurs.jeux import JeuDeChiffres, jeux

POUR = 10_000


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def termes(total: str) -> tuple[str, ...]:
    """« a + b » : les indicateurs d'un total."""
    return tuple(t.strip() for t in total.split("+") if t.strip())


class Definition(_Fige):
    """Un chiffre du diagnostic : une seule façon de le calculer, une unité, un sens.

    Un total s'écrit d'un indicateur, ou de plusieurs qui s'ajoutent : « a + b ». `masquer_sous` : le chiffre se tait
    quand il compte moins de personnes que cela (la somme, le dessus ou le dessous du rapport). `plutot` : la même
    somme, d'un jeu plus récent, prise quand il est chargé.
    """

    id: str
    libelle: str
    unite: str
    decimales: int = 0
    sens: int = 0
    somme: str = ""
    difference: tuple[str, str] | None = None
    rapport: tuple[str, str] | None = None
    evolution: tuple[str, str] | None = None
    moyenne: str = ""
    poids: str = ""
    facteur: float = 1
    annees: int = 0
    methode: str = ""
    masquer_sous: int = 0
    plutot: str = ""

    @model_validator(mode="after")
    def _une_facon(self) -> Self:
        facons = [f for f in (self.somme, self.difference, self.rapport, self.evolution, self.moyenne) if f]
        if len(facons) != 1:
            raise ValueError(f"« {self.id} » se calcule d'une façon, et d'une seule")
        if bool(self.moyenne) != bool(self.poids) or bool(self.evolution) != bool(self.annees):
            raise ValueError(f"« {self.id} » : une moyenne a son poids, une évolution ses années")
        if self.plutot and not self.somme:
            raise ValueError(f"« {self.id} » : seule une somme en remplace une autre")
        return self

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Les indicateurs des jeux dont ce chiffre a besoin."""
        paire = self.difference or self.rapport or self.evolution or ()
        return tuple(dict.fromkeys(t for c in (self.somme, *paire, self.moyenne, self.poids) for t in termes(c)))

    @property
    def comptes(self) -> tuple[str, ...]:
        """Les totaux de personnes qu'on lirait dans ce chiffre : aucun ne doit en désigner une."""
        return self.rapport or ((self.somme,) if self.somme else ())

    @property
    def explication(self) -> str:
        """Comment il se calcule, en une phrase."""
        if self.methode:
            return self.methode
        if self.moyenne:
            return f"Moyenne des communes, pondérée : {_dans_la_phrase(self.poids)}."
        if self.rapport:
            total = f"{_libelle(self.rapport[0])} sur {_dans_la_phrase(self.rapport[1])}"
            fois = f" (× {self.facteur:,.0f})".replace(",", "\u202f") if self.facteur != 1 else ""
            return f"{total}, totaux du territoire{fois}."
        if self.evolution:
            return f"De « {_libelle(self.evolution[0])} » à « {_libelle(self.evolution[1])} », en moyenne par an."
        return "Total des communes du territoire."


class Tranche(_Fige):
    """Une tranche d'âge, et les deux indicateurs qui la comptent."""

    hommes: str
    femmes: str
    de: int
    a: int | None = None  # le dernier âge de la tranche ; aucun pour la plus haute


class Theme(_Fige):
    """Des chiffres qui se lisent ensemble. `tranches` : celles de la pyramide des âges, sous les chiffres du thème.

    `masquer_sous` vaut pour tous ses chiffres et ses tranches ; `pourquoi` dit d'où vient ce seuil.
    """

    id: str
    titre: str
    chiffres: tuple[Definition, ...]
    tranches: tuple[Tranche, ...] = ()
    masquer_sous: int = 0
    pourquoi: str = ""

    @model_validator(mode="after")
    def _seuil_explique(self) -> Self:
        if bool(self.masquer_sous) != bool(self.pourquoi):
            raise ValueError(f"« {self.id} » : un seuil de masquage dit « pourquoi », et lui seul")
        return self

    @cached_property
    def coupes(self) -> dict[str, "Coupes"]:
        """Où chaque chiffre à masquer sépare les âges ; ceux qui ne les séparent pas n'y sont pas."""
        toutes = {d.id: _coupes(d, self.tranches) for d in self.chiffres if d.masquer_sous}
        return {cle: coupes for cle, coupes in toutes.items() if coupes.ages}


@dataclass(frozen=True, slots=True)
class Coupes:
    """Les âges où un chiffre commence ou cesse de compter quelqu'un ; `un_sexe` : les femmes seules, par exemple."""

    ages: frozenset[int]
    un_sexe: bool


def _coupes(d: Definition, tranches: tuple[Tranche, ...]) -> Coupes:
    ages, un_sexe = set(), False
    for compte in map(termes, d.comptes):
        for avant, apres in pairwise(tranches):
            hommes = (avant.hommes in compte) != (apres.hommes in compte)
            femmes = (avant.femmes in compte) != (apres.femmes in compte)
            if hommes or femmes:
                ages.add(apres.de)
                un_sexe |= hommes != femmes
    return Coupes(frozenset(ages), un_sexe)


@lru_cache(maxsize=1)
def themes() -> tuple[Theme, ...]:
    """Les thèmes, dans l'ordre ; un effectif de professionnels est suivi de son nombre pour 10 000 habitants."""
    octets = (files("esperluette.indicateurs") / "donnees" / "diagnostic.yaml").read_bytes()
    return tuple(_theme(brut) for brut in YAML(typ="safe").load(octets.decode("utf-8")))


def _theme(brut: dict[str, Any]) -> Theme:
    habitants, seuil = brut.pop("pour_10_000", ""), brut.get("masquer_sous", 0)
    chiffres = []
    for decrit in (Definition(masquer_sous=seuil, **c) for c in brut.pop("chiffres")):
        chiffres.append(decrit.model_copy(update={"sens": 0}) if habitants else decrit)
        if habitants:
            chiffres.append(
                Definition(
                    id=f"{decrit.id}_pour_10_000", libelle=f"{decrit.libelle}, pour 10 000 habitants",
                    unite="pour 10 000 habitants", decimales=1, rapport=(decrit.somme, habitants), facteur=POUR,
                    sens=decrit.sens,
                )
            )  # fmt: skip
    return Theme(chiffres=tuple(chiffres), **brut)


@lru_cache(maxsize=1)
def definitions() -> tuple[Definition, ...]:
    """Tous les chiffres d'un diagnostic, dans l'ordre ; à la fin, ceux des tranches d'âge, sans ligne à eux."""
    montres = tuple(d for theme in themes() for d in theme.chiffres)
    return montres + tuple(
        Definition(id=indicateur, libelle=_libelle(indicateur), unite="habitants", somme=indicateur)
        for tranche in tranches()
        for indicateur in (tranche.hommes, tranche.femmes)
    )


def retenue(d: Definition, colonnes: Collection[str]) -> Definition:
    """Comment ce chiffre se calcule, vu les indicateurs chargés."""
    if d.plutot and set(termes(d.plutot)) <= set(colonnes):
        return d.model_copy(update={"somme": d.plutot, "plutot": ""})
    return d


def tranches() -> tuple[Tranche, ...]:
    """Les tranches de la pyramide des âges, de la plus jeune à la plus âgée."""
    return tuple(t for theme in themes() for t in theme.tranches)


@lru_cache(maxsize=1)
def jeu_de() -> dict[str, JeuDeChiffres]:
    """Le jeu qui donne chaque indicateur."""
    return {indicateur: jeu for jeu in jeux().values() for indicateur in jeu.indicateurs}


def _dans_la_phrase(total: str) -> str:
    """Le libellé, sans sa capitale du début ; un sigle garde les siennes."""
    libelle = _libelle(total)
    return libelle if libelle[:2].isupper() else libelle[:1].lower() + libelle[1:]


def _libelle(total: str) -> str:
    return " + ".join(jeu_de()[t].indicateurs[t].libelle for t in termes(total))
