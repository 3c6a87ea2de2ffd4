"""Les critères d'une édition, tels qu'on les écrit : une fonction et ses paramètres, ou une combinaison."""

from typing import Any, Literal

from pydantic import model_validator

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee

NatureCritere = Literal["composition", "demarche", "aide", "declaration", "attention"]


class Quota(Fige):
    """« Au moins n parmi » des règles."""

    n: int
    parmi: tuple["Regle", ...]


class Regle(Fige):
    """Une fonction et ses paramètres, ou une combinaison de règles."""

    fonction: str | None = None
    parametres: dict[str, Any] = {}
    tous: tuple["Regle", ...] | None = None
    au_moins_un: tuple["Regle", ...] | None = None
    au_moins_n: Quota | None = None

    @model_validator(mode="after")
    def _une_seule_forme(self) -> "Regle":
        formes = [n for n in ("fonction", "tous", "au_moins_un", "au_moins_n") if getattr(self, n) is not None]
        if len(formes) != 1:
            raise ValueError("une règle a une « fonction », ou « tous », « au_moins_un », « au_moins_n » : un seul")
        return self


class Critere(Regle, Sourcee):
    """Une règle de la région, énoncée, sourcée.

    Seule la nature `composition` fait le verdict de tête ; une `attention` n'entre dans aucun verdict.
    """

    id: Identifiant
    enonce: Phrase
    nature: NatureCritere
    formes: tuple[Identifiant, ...]
    conseil: str = ""  # « ce qui vous en rapproche », montré quand le critère n'est pas satisfait
