"""Les trames comme données : rubriques, champs, options, conditions d'affichage."""

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import model_validator

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Source, Sourcee

TypeChamp = Literal[
    "texte", "texte_riche", "nombre", "date", "cases", "choix", "tableau", "membres", "communes", "chiffres"
]  # fmt: skip
Prerempli = Literal["statut_juridique", "statut_avancement", "communes", "membres", "nom_equipe", "zonages", "jour"]


class Option(Fige):
    """Une case ou un choix."""

    id: Identifiant
    libelle: Phrase
    aide: str = ""


class Condition(Fige):
    """Montre un champ selon un autre : `vaut` (choix), `contient` (cases) ou `rempli`."""

    champ: Identifiant
    vaut: str | None = None
    contient: str | None = None
    rempli: bool | None = None

    @model_validator(mode="after")
    def _une_seule(self) -> "Condition":
        if sum(v is not None for v in (self.vaut, self.contient, self.rempli)) != 1:
            raise ValueError("une condition porte « vaut », « contient » ou « rempli », un seul des trois")
        return self


class Champ(Fige):
    """Une question. `libelle` est celui du document officiel ; `aide`, `attendu`, `commission` sont les nôtres."""

    id: Identifiant
    libelle: Phrase
    type: TypeChamp
    notion: Identifiant | None = None  # même notion, même question : la réponse se reprend d'une démarche à l'autre
    obligatoire: bool = False
    aide: str = ""
    attendu: str = ""
    commission: str = ""
    exemples: tuple[Phrase, ...] = ()
    options: tuple[Option, ...] = ()
    colonnes: tuple["Champ", ...] = ()
    presentation: Literal["fiches", "lignes", "cases"] | None = None  # « cases » : un choix imprimé en cases
    titre_ligne: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    longueur_max: int | None = None
    unite: str = ""
    prerempli: Prerempli | None = None
    themes: tuple[Identifiant, ...] = ()  # d'un champ « chiffres » : les thèmes du diagnostic qu'il reprend
    si: Condition | None = None
    source: Source | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Champ":
        if (self.type in {"cases", "choix"}) != bool(self.options):
            raise ValueError("« options » va avec les types cases et choix, et eux seuls")
        if (self.type == "tableau") != bool(self.colonnes):
            raise ValueError("« colonnes » va avec le type tableau, et lui seul")
        if any(c.type in {"tableau", "membres", "chiffres"} for c in self.colonnes):
            raise ValueError("une colonne ne peut être ni un tableau, ni la liste des membres, ni des chiffres")
        if (self.type == "chiffres") != bool(self.themes):
            raise ValueError("« themes » va avec le type chiffres, et lui seul")
        if self.type == "chiffres" and self.obligatoire:
            raise ValueError("des chiffres publics ne s'exigent pas : le document officiel ne les demande pas")
        if self.presentation and self.type != ("choix" if self.presentation == "cases" else "tableau"):
            raise ValueError("« presentation » : fiches ou lignes pour un tableau, cases pour un choix")
        for nom, elements in (("options", self.options), ("colonnes", self.colonnes)):
            ids = [e.id for e in elements]
            if doublons := {i for i in ids if ids.count(i) > 1}:
                raise ValueError(f"« {nom} » : identifiant en double « {sorted(doublons)[0]} »")
        if any(c.id == "id" for c in self.colonnes):
            raise ValueError("« id » est réservé : donnez un autre nom à la colonne")
        return self

    @property
    def cle_de_reprise(self) -> str:
        """La notion du champ : celle qui est dite, sinon son identifiant."""
        return self.notion or self.id

    def option(self, cle: str) -> Option | None:
        return next((o for o in self.options if o.id == cle), None)


class Rubrique(Fige):
    """Une partie de la trame. `niveau` 1 : un chapitre ; 2 : une rubrique du chapitre qui précède."""

    id: Identifiant
    numero: str = ""
    numero_deduit: bool = False
    niveau: Literal[1, 2] = 2
    titre: Phrase
    introduction: str = ""
    mention: str = ""  # phrase officielle, imprimée telle quelle dans le document final
    attendu: str = ""
    commission: str = ""
    annexe: bool = False
    champs: tuple[Champ, ...] = ()
    source: Source | None = None

    @property
    def intitule(self) -> str:
        """« 1.2. La patientèle », « Annexe 1 : Liste… »"""
        if not self.numero:
            return self.titre
        return f"{self.numero} : {self.titre}" if self.annexe else f"{self.numero}. {self.titre}"


class Trame(Sourcee):
    """Le questionnaire d'une démarche. `construit` : sans modèle officiel, nous l'avons composé ; la note le dit."""

    id: Identifiant
    titre: Phrase
    modele: Literal["officiel", "construit"] = "officiel"
    modele_note: str = ""
    notes: tuple[Phrase, ...] = ()
    rubriques: tuple[Rubrique, ...]

    @model_validator(mode="after")
    def _construction_dite(self) -> "Trame":
        if self.modele == "construit" and not self.modele_note:
            raise ValueError("une trame construite le dit : ajoutez « modele_note »")
        return self

    @cached_property
    def _champs(self) -> dict[str, tuple[Rubrique, Champ]]:
        return {c.id: (r, c) for r in self.rubriques for c in r.champs}

    def champs(self) -> Iterator[tuple[Rubrique, Champ]]:
        return iter(self._champs.values())

    def champ(self, cle: str) -> Champ:
        """Le champ de cet identifiant ; lève `KeyError`."""
        return self._champs[cle][1]

    def rubrique(self, cle: str) -> Rubrique:
        for rubrique in self.rubriques:
            if rubrique.id == cle:
                return rubrique
        raise KeyError(cle)

    def rubrique_de(self, champ: str) -> Rubrique:
        return self._champs[champ][0]

    def sans_chiffres(self) -> "Trame":
        """La même trame, sans les chiffres publics qu'une équipe peut y insérer : ce que l'ARS demande."""
        rubriques = tuple(
            r.model_copy(update={"champs": tuple(c for c in r.champs if c.type != "chiffres")}) for r in self.rubriques
        )
        # Une trame neuve : une copie garderait l'index des champs.
        return Trame.model_construct(
            **{nom: getattr(self, nom) for nom in Trame.model_fields} | {"rubriques": rubriques}
        )

    def chapitres(self) -> list[tuple[Rubrique, list[Rubrique]]]:
        """Chaque chapitre et ses rubriques, dans l'ordre ; un chapitre qui a des champs est aussi sa rubrique."""
        groupes: list[tuple[Rubrique, list[Rubrique]]] = []
        for rubrique in self.rubriques:
            if rubrique.niveau == 1 or not groupes:
                groupes.append((rubrique, [rubrique] if rubrique.champs else []))
            else:
                groupes[-1][1].append(rubrique)
        return groupes
