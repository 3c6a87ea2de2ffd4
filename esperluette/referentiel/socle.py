"""Le socle national : professions, groupes, formes, textes, voies de recours ; et ce qu'une région y change."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import model_validator

from esperluette.referentiel.avenants import Avenant
from esperluette.referentiel.comprendre import Comprendre
from esperluette.referentiel.courriers import ModeleDeCourrier
from esperluette.referentiel.grilles import Grille
from esperluette.referentiel.questionnaire import Trame
from esperluette.referentiel.sources import Document, Fige, Identifiant, Phrase, Sourcee, suggestion

SORTES = ("familles", "professions", "groupes", "autres_metiers", "formes", "zonages", "recours")


class SavoirFaire(Fige):
    """Une qualification d'une profession (nomenclature des savoir-faire de l'Agence du numérique en santé)."""

    code: Phrase
    libelle: Phrase


class Famille(Fige):
    """Une famille du code de la santé publique."""

    id: Identifiant
    libelle: Phrase


class Profession(Fige):
    """Une profession de santé (TRE_G15). `frequente` : son rang dans la liste courte, ou rien."""

    id: Phrase  # le code
    libelle: Phrase
    famille: Identifiant
    paramedical: bool = False
    frequente: int | None = None
    note: str = ""
    savoir_faire: tuple[SavoirFaire, ...] = ()

    @property
    def code(self) -> str:
        return self.id


class AutreMetier(Fige):
    """Une personne utile à l'équipe sans être professionnel de santé : jamais dans un minimum."""

    id: Identifiant
    libelle: Phrase
    nomenclature: str = ""
    code: str | None = None
    note: str = ""


class Groupe(Sourcee):
    """Ce qu'une règle compte : des professions, avec un savoir-faire exigé ou non."""

    id: Identifiant
    singulier: Phrase
    pluriel: Phrase
    feminin: bool = False
    professions: tuple[Phrase, ...] = ()
    paramedicaux: bool = False
    toutes: bool = False
    savoir_faire: tuple[Phrase, ...] = ()

    @model_validator(mode="after")
    def _une_seule_definition(self) -> "Groupe":
        if sum((bool(self.professions), self.paramedicaux, self.toutes)) != 1:
            raise ValueError(
                "un groupe se définit par « professions », « paramedicaux » ou « toutes », un seul des trois"
            )
        return self

    def nom(self, nombre: int) -> str:
        return self.pluriel if nombre > 1 else self.singulier

    @property
    def aucun(self) -> str:
        return ("Aucune " if self.feminin else "Aucun ") + self.singulier


class Forme(Sourcee):
    """Une forme d'exercice coordonné : `esp`, `msp`."""

    id: Identifiant
    sigle: Phrase
    libelle: Phrase
    article: Phrase  # « une équipe de soins primaires »
    definition: Phrase


class Zonage(Sourcee):
    """Une qualification d'un territoire. `historique` : remplacée, encore citée par des documents."""

    id: Identifiant
    sigle: str = ""
    libelle: Phrase
    definition: str = ""
    historique: bool = False


class Recours(Sourcee):
    """Une voie de recours, en une phrase à imprimer."""

    id: Identifiant
    libelle: Phrase
    texte: Phrase
    delai_mois: int


class Adaptation(Fige):
    """Ce que l'édition d'une région change au socle : compléter, renommer, masquer, par identifiant."""

    completer: dict[str, tuple[dict[str, Any], ...]] = {}
    renommer: dict[str, dict[str, Phrase]] = {}
    masquer: dict[str, tuple[Phrase, ...]] = {}


class AdaptationInvalide(ValueError):
    """L'adaptation vise ce qui n'existe pas, ou ajoute ce qui existe ; `chemin` dit où."""

    def __init__(self, chemin: tuple[int | str, ...], cause: str) -> None:
        super().__init__(cause)
        self.chemin = chemin


@dataclass(frozen=True, eq=False)
class Socle:
    """La nomenclature d'une édition : celle de la nation, adaptée par la région. Tout s'y cherche par identifiant."""

    numero: str
    libelle: str
    en_vigueur_du: datetime.date
    empreinte: str
    documents: Mapping[str, Document]
    familles: Mapping[str, Famille] = field(default_factory=dict)
    professions: Mapping[str, Profession] = field(default_factory=dict)
    groupes: Mapping[str, Groupe] = field(default_factory=dict)
    autres_metiers: Mapping[str, AutreMetier] = field(default_factory=dict)
    formes: Mapping[str, Forme] = field(default_factory=dict)
    zonages: Mapping[str, Zonage] = field(default_factory=dict)
    recours: Mapping[str, Recours] = field(default_factory=dict)
    trames: Mapping[str, Trame] = field(default_factory=dict)
    comprendre: Comprendre = field(default_factory=Comprendre)
    courriers: tuple[ModeleDeCourrier, ...] = ()
    grilles: tuple[Grille, ...] = ()
    # Ce qu'une région reprend par « commun: » (regimes.yaml), tel qu'écrit.
    communs: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    avenant: Avenant | None = None

    def professions_frequentes(self) -> list[Profession]:
        """La liste courte, dans l'ordre de leur fréquence en équipe."""
        return sorted((p for p in self.professions.values() if p.frequente), key=lambda p: p.frequente or 0)

    def professions_par_libelle(self) -> list[Profession]:
        return sorted(self.professions.values(), key=lambda p: p.libelle)

    def autre_metier_de_code(self, code: str) -> AutreMetier | None:
        """Le métier non soignant que désigne ce code des nomenclatures nationales (93 : psychologue)."""
        return next((m for m in self.autres_metiers.values() if m.code == code), None)

    def dans_le_groupe(self, groupe: Groupe, profession: Profession) -> bool:
        """Vrai si la profession est de celles que le groupe compte (savoir-faire mis à part)."""
        if groupe.toutes:
            return True
        return profession.paramedical if groupe.paramedicaux else profession.id in groupe.professions

    def adapter(self, adaptation: Adaptation, ajouts: Mapping[str, Mapping[str, Any]]) -> "Socle":
        """Le socle d'une région. `ajouts` : les éléments de `completer`, déjà validés. Lève `AdaptationInvalide`."""
        collections: dict[str, dict[str, Any]] = {sorte: dict(getattr(self, sorte)) for sorte in SORTES}
        for sorte, nouveaux in ajouts.items():
            for rang, (cle, element) in enumerate(nouveaux.items()):
                if cle in collections[sorte]:
                    raise AdaptationInvalide(("completer", sorte, rang, "id"), f"« {cle} » existe déjà dans le socle")
                collections[sorte][cle] = element
        for sorte, noms in adaptation.renommer.items():
            for cle, nom in noms.items():
                element = self._existant(collections, sorte, cle, ("renommer", sorte, cle))
                champ = "singulier" if sorte == "groupes" else "libelle"
                collections[sorte][cle] = element.model_copy(update={champ: nom})
        for sorte, cles in adaptation.masquer.items():
            for rang, cle in enumerate(cles):
                self._existant(collections, sorte, cle, ("masquer", sorte, rang))
                del collections[sorte][cle]
        adapte: Socle = replace(self, **collections)  # type: ignore[arg-type]  # les clés sont celles de SORTES
        return adapte

    @staticmethod
    def _existant(collections: dict[str, dict[str, Any]], sorte: str, cle: str, chemin: tuple[int | str, ...]) -> Any:
        if sorte not in collections:
            raise AdaptationInvalide(chemin[:2], f"collection inconnue « {sorte} » ; {suggestion(sorte, SORTES)}")
        if cle not in collections[sorte]:
            raise AdaptationInvalide(
                chemin, f"« {cle} » n'existe pas dans le socle ; {suggestion(cle, collections[sorte])}"
            )
        return collections[sorte][cle]
