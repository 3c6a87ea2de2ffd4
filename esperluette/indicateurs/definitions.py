"""Ce que dit un diagnostic, et comment chaque chiffre se calcule : lu de donnees/diagnostic.yaml. Sans base."""

from functools import lru_cache
from importlib.resources import files
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

from esperluette.indicateurs.jeux import JeuDeChiffres, jeux

POUR = 10_000


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Definition(_Fige):
    """Un chiffre du diagnostic : une seule façon de le calculer, une unité, un sens."""

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

    @model_validator(mode="after")
    def _une_facon(self) -> Self:
        facons = [f for f in (self.somme, self.difference, self.rapport, self.evolution, self.moyenne) if f]
        if len(facons) != 1:
            raise ValueError(f"« {self.id} » se calcule d'une façon, et d'une seule")
        if bool(self.moyenne) != bool(self.poids) or bool(self.evolution) != bool(self.annees):
            raise ValueError(f"« {self.id} » : une moyenne a son poids, une évolution ses années")
        return self

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Les indicateurs des jeux dont ce chiffre a besoin."""
        paire = self.difference or self.rapport or self.evolution or ()
        return tuple(c for c in (self.somme, *paire, self.moyenne, self.poids) if c)

    @property
    def explication(self) -> str:
        """Comment il se calcule, en une phrase."""
        if self.methode:
            return self.methode
        if self.moyenne:
            return f"Moyenne des communes, pondérée : {_libelle(self.poids).lower()}."
        if self.rapport:
            total = f"{_libelle(self.rapport[0])} sur {_libelle(self.rapport[1]).lower()}"
            return f"{total}, totaux du territoire{f' (× {self.facteur:.0f})' if self.facteur != 1 else ''}."
        if self.evolution:
            return f"De « {_libelle(self.evolution[0])} » à « {_libelle(self.evolution[1])} », en moyenne par an."
        return "Total des communes du territoire."


class Theme(_Fige):
    """Des chiffres qui se lisent ensemble."""

    id: str
    titre: str
    chiffres: tuple[Definition, ...]


@lru_cache(maxsize=1)
def themes() -> tuple[Theme, ...]:
    """Les thèmes, dans l'ordre ; un effectif de professionnels est suivi de son nombre pour 10 000 habitants."""
    octets = (files("esperluette.indicateurs") / "donnees" / "diagnostic.yaml").read_bytes()
    return tuple(_theme(brut) for brut in YAML(typ="safe").load(octets.decode("utf-8")))


def _theme(brut: dict[str, Any]) -> Theme:
    habitants = brut.pop("pour_10_000", "")
    chiffres = []
    for decrit in (Definition(**c) for c in brut.pop("chiffres")):
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


def definitions() -> tuple[Definition, ...]:
    """Tous les chiffres d'un diagnostic, dans l'ordre."""
    return tuple(d for theme in themes() for d in theme.chiffres)


@lru_cache(maxsize=1)
def jeu_de() -> dict[str, JeuDeChiffres]:
    """Le jeu qui donne chaque indicateur."""
    return {indicateur: jeu for jeu in jeux().values() for indicateur in jeu.indicateurs}


def _libelle(indicateur: str) -> str:
    return jeu_de()[indicateur].indicateurs[indicateur].libelle
