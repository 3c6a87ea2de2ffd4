"""Ce qu'est une édition : ses types, sans Django. Tout vient des fichiers, rien d'une région n'est écrit ici."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BeforeValidator, model_validator

from esperluette.referentiel.criteres import RegleLiee
from esperluette.referentiel.faits import FaitMembre, Faits
from esperluette.referentiel.questionnaire import Champ, Condition, Option, Rubrique, Trame
from esperluette.referentiel.socle import Adaptation, Forme, Profession, Recours, Socle
from esperluette.referentiel.sources import (
    CodeCommune,
    CodeDepartement,
    CodeSiren,
    Document,
    Fige,
    Identifiant,
    Phrase,
    Source,
    Sourcee,
)
from esperluette.referentiel.verdicts import Reponse3, Verdict, au_moins_n, au_moins_un, tous

__all__ = [
    "Adaptation", "Aide", "Champ", "Condition", "Contact", "Critere", "Demarche", "Document", "Edition", "Etape",
    "FaitMembre", "Faits", "Forme", "Instance", "Local", "Option", "Profession", "Recours", "Regle", "Reponse3",
    "Rubrique", "Seance", "Siege", "Socle", "Source", "StructureAppui", "Territoire", "Trame", "Verdict",
    "au_moins_n", "au_moins_un", "tous",
]  # fmt: skip


def _montant(brut: Any) -> Any:
    """Un montant s'écrit en texte, pour rester exact : "10000.00"."""
    if brut is None or isinstance(brut, Decimal):
        return brut
    if not isinstance(brut, str):
        raise ValueError('un montant s\'écrit entre guillemets, par exemple "10000.00"')
    try:
        montant = Decimal(brut)
    except InvalidOperation:
        raise ValueError(f"montant illisible : « {brut} »") from None
    if not montant.is_finite() or montant < 0:
        raise ValueError(f"montant refusé : « {brut} »")
    return montant


Montant = Annotated[Decimal | None, BeforeValidator(_montant)]
NatureCritere = Literal["composition", "demarche", "aide", "declaration"]


# --- Les critères -----------------------------------------------------------------------------------


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
    """Une règle de la région, énoncée, sourcée. Seule la nature `composition` fait le verdict de tête."""

    id: Identifiant
    enonce: Phrase
    nature: NatureCritere
    formes: tuple[Identifiant, ...]
    conseil: str = ""  # « ce qui vous en rapproche », montré quand le critère n'est pas satisfait


# --- Les démarches ----------------------------------------------------------------------------------


class Etape(Sourcee):
    """Une étape du chemin d'une région. `demarche` quand elle se fait dans la plateforme."""

    id: Identifiant
    titre: Phrase
    qui: Phrase
    quoi: Phrase
    duree: str = ""
    document: str = ""
    suite: str = ""
    pieges: tuple[Phrase, ...] = ()
    facultative: bool = False
    demarche: Identifiant | None = None


class Silence(Sourcee):
    """Ce que vaut le silence de l'administration, et au bout de combien de mois."""

    effet: Literal["rejet", "acceptation", "aucun"]
    delai_mois: int
    texte: Phrase


class Signatures(Sourcee):
    """Qui signe un dépôt : au premier, et à celui d'un complément."""

    depot: Literal["tous_les_membres", "professionnels", "porteur", "aucune"]
    complement: Literal["tous_les_membres", "professionnels", "porteur", "aucune"]


class Delai(Sourcee):
    """Un délai du droit ou de la pratique."""

    id: Identifiant
    libelle: Phrase
    mois: int | None = None
    jours: int | None = None


class RegimeDecision(Sourcee):
    """Ce qui fonde la décision, ce que vaut le silence, comment la contester."""

    fondement: Literal["pratique_regionale", "loi", "reglement"]
    texte: Phrase
    silence: Silence
    recours: tuple[Identifiant, ...]
    signatures: Signatures
    delais: tuple[Delai, ...] = ()


class Piece(Sourcee):
    """Une pièce demandée avec le dossier."""

    id: Identifiant
    libelle: Phrase
    obligatoire: bool
    aide: str = ""


class Demarche(Sourcee):
    """Une procédure de la région. Sans trame, elle se décrit mais ne se dépose pas encore ici."""

    id: Identifiant
    libelle: Phrase
    formes: tuple[Identifiant, ...]
    resume: Phrase
    trame: Identifiant | None = None
    instance: Identifiant | None = None
    conditions: tuple[Identifiant, ...] = ()
    pieces: tuple[Piece, ...] = ()
    regime: RegimeDecision
    effets: tuple[Phrase, ...] = ()
    suites: tuple[Identifiant, ...] = ()
    notes: tuple[Phrase, ...] = ()

    @property
    def en_ligne(self) -> bool:
        """Vrai si le dossier se rédige et se dépose dans la plateforme."""
        return self.trame is not None


class Tranche(Fige):
    """Une part d'une aide et ce qui la déclenche."""

    libelle: Phrase
    montant: Montant = None
    declencheur: Phrase


class Quantite(Fige):
    """Une fourchette publiée quand le montant ne l'est pas (« 3 à 7 réunions »)."""

    minimum: int
    maximum: int
    unite: Phrase


class Aide(Sourcee):
    """Un financement prévu par la région. `montant` vaut `None` quand il n'est pas publié : la note le dit."""

    id: Identifiant
    libelle: Phrase
    formes: tuple[Identifiant, ...]
    description: Phrase
    montant: Montant
    montant_note: str = ""
    quantite: Quantite | None = None
    beneficiaire: Phrase
    conditions: tuple[Identifiant, ...] = ()
    demarche: Identifiant | None = None
    tranches: tuple[Tranche, ...] = ()

    @model_validator(mode="after")
    def _montant_explique(self) -> "Aide":
        if self.montant is None and not self.montant_note:
            raise ValueError("sans montant publié, « montant_note » le dit")
        return self


# --- Les instances ----------------------------------------------------------------------------------


class Siege(Fige):
    """Qui siège à une instance."""

    id: Identifiant
    libelle: Phrase
    observateur: bool = False


class Avis(Fige):
    id: Identifiant
    libelle: Phrase


class AvisPossibles(Sourcee):
    """Les avis qu'une instance peut rendre."""

    liste: tuple[Avis, ...]


class Fonctionnement(Sourcee):
    """Quorum, convocation, voix : la règle de l'instance, ou le droit commun."""

    quorum: Phrase
    convocation_jours: int
    voix_preponderante: bool
    texte: Phrase


class Instance(Sourcee):
    """Une commission consultative."""

    id: Identifiant
    sigle: Phrase
    nom: Phrase
    niveau: Literal["regional", "departemental"]
    competences: tuple[Phrase, ...]
    sieges: tuple[Siege, ...]
    fonctionnement: Fonctionnement
    avis: AvisPossibles


# --- Les valeurs locales de départ ------------------------------------------------------------------


class Territoire(Fige):
    """Où vaut un contact. Du plus précis au plus large : communes, intercommunalités, départements, région.

    `rubrique` : le département sous lequel le document le range ; ailleurs, l'attribution est une interprétation.
    `interpretes` : les codes dont l'attribution est notre lecture, et pourquoi.
    """

    communes: tuple[CodeCommune, ...] = ()
    epci: tuple[CodeSiren, ...] = ()
    departements: tuple[CodeDepartement, ...] = ()
    region: bool = False
    rubrique: CodeDepartement | None = None
    interpretes: dict[str, Phrase] = {}

    @model_validator(mode="after")
    def _quelque_part(self) -> "Territoire":
        codes = {*self.communes, *self.epci, *self.departements}
        if not codes and not self.region:
            raise ValueError("un contact vaut quelque part : « communes », « epci », « departements » ou « region »")
        if etrangers := set(self.interpretes) - codes:
            raise ValueError(f"« interpretes » vise des codes absents du territoire : {', '.join(sorted(etrangers))}")
        return self


class Contact(Sourcee):
    """Un interlocuteur. `nom` vide : le document ne nomme personne, le rôle le dit."""

    id: Identifiant
    nom: str = ""
    role: Phrase
    organisme: Phrase
    courriel: str | None = None
    telephone: str | None = None
    url: str = ""
    territoire: Territoire
    libelle_territoire: Phrase
    note: str = ""


class Seance(Sourcee):
    """Une date connue d'une instance."""

    instance: Identifiant
    date: datetime.date


class StructureAppui(Sourcee):
    """Une structure qui accompagne les équipes ; `labellisee_du/au` quand un label est daté."""

    id: Identifiant
    nom: Phrase
    sigle: str = ""
    description: Phrase
    telephones: tuple[Phrase, ...] = ()
    courriel: str | None = None
    adresse: str = ""
    url: str = ""
    labellisee_du: datetime.date | None = None
    labellisee_au: datetime.date | None = None


class AConfirmer(Sourcee):
    """Auprès de qui confirmer ce que les documents ne disent plus."""

    texte: Phrase
    url: str = ""


class Local(Fige):
    """Valeurs de départ : elles vivent ensuite en base, hors de l'empreinte de l'édition."""

    contacts: tuple[Contact, ...] = ()
    seances: tuple[Seance, ...] = ()
    structures: tuple[StructureAppui, ...] = ()
    a_confirmer: AConfirmer | None = None

    def seances_a_venir(self, le: datetime.date, instance: str | None = None) -> list[Seance]:
        """Les séances à partir de ce jour, la plus proche d'abord. Vide : le calendrier connu est passé."""
        retenues = (s for s in self.seances if s.date >= le and instance in (None, s.instance))
        return sorted(retenues, key=lambda s: s.date)


# --- L'édition --------------------------------------------------------------------------------------


class RegionDecrite(Fige):
    """La région d'une édition, telle qu'on l'écrit."""

    cle: Identifiant
    code: Phrase  # INSEE
    nom: Phrase
    dans: Phrase  # « en Bretagne »


class Couverture(Fige):
    """Ce que l'édition dit d'une forme : tout son chemin, ou la composition seulement."""

    complete: bool
    note: str = ""


class Changement(Sourcee):
    """Ce qui change depuis l'édition précédente."""

    texte: Phrase


class Entete(Fige):
    """edition.yaml"""

    region: RegionDecrite
    numero: Identifiant
    libelle: Phrase
    en_vigueur_du: datetime.date
    en_vigueur_au: datetime.date | None = None  # sans fin dite : jusqu'à l'édition suivante
    note_dates: str = ""
    socle: Phrase
    formes: dict[Identifiant, Couverture]
    documents: tuple[Document, ...]
    changements: tuple[Changement, ...] = ()
    adaptation: Adaptation = Adaptation()


class _Identifie(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Identifie)


@dataclass(frozen=True, eq=False)
class Edition:
    """Les règles d'une région à partir d'une date. Immuable ; `empreinte` couvre tout sauf `local.yaml` et `cas/`."""

    entete: Entete
    socle: Socle
    documents: Mapping[str, Document]
    criteres: tuple[Critere, ...]
    regles: Mapping[str, RegleLiee]
    chemin: tuple[Etape, ...]
    demarches: tuple[Demarche, ...]
    aides: tuple[Aide, ...]
    instances: tuple[Instance, ...]
    trames: Mapping[str, Trame]
    local: Local
    empreinte: str
    dossier: str = field(default="", repr=False)

    @property
    def region(self) -> str:
        return self.entete.region.cle

    @property
    def numero(self) -> str:
        return self.entete.numero

    @property
    def libelle(self) -> str:
        return self.entete.libelle

    @property
    def en_vigueur_du(self) -> datetime.date:
        return self.entete.en_vigueur_du

    @property
    def en_vigueur_au(self) -> datetime.date | None:
        return self.entete.en_vigueur_au

    def en_vigueur(self, le: datetime.date) -> bool:
        return self.en_vigueur_du <= le and (self.en_vigueur_au is None or le <= self.en_vigueur_au)

    def conditions(self) -> list[tuple[str, ...]]:
        """Les conditions de chaque démarche et de chaque aide."""
        return [d.conditions for d in self.demarches] + [a.conditions for a in self.aides]

    def critere(self, cle: str) -> Critere:
        return _par_id(self.criteres, cle)

    def demarche(self, cle: str) -> Demarche:
        return _par_id(self.demarches, cle)

    def aide(self, cle: str) -> Aide:
        return _par_id(self.aides, cle)

    def instance(self, cle: str) -> Instance:
        return _par_id(self.instances, cle)

    def trame(self, demarche: str) -> Trame:
        """La trame d'une démarche en ligne ; lève `KeyError` si elle n'en a pas."""
        return self.trames[self.demarche(demarche).trame or ""]


def _par_id(elements: tuple[E, ...], cle: str) -> E:
    for element in elements:
        if element.id == cle:
            return element
    raise KeyError(cle)
