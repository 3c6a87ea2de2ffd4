"""Le chemin d'une région et ses démarches : qui fait quoi, ce qui fonde la décision, comment la contester."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from esperluette.referentiel.sources import Identifiant, Phrase, Sourcee

# Une trame de l'édition (« projet-sante-esp »), ou du socle (« national/projet-de-sante-esp »).
RenvoiTrame = Annotated[str, StringConstraints(pattern=r"^(?:national/)?[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=100)]


class Etape(Sourcee):
    """Une étape du chemin d'une région, pour ces `formes` (vide : toutes). `demarche` : elle se fait ici."""

    id: Identifiant
    titre: Phrase
    formes: tuple[Identifiant, ...] = ()
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
    """Un délai du droit ou de la pratique, compté du dépôt ou de la séance de la commission."""

    id: Identifiant
    libelle: Phrase
    mois: int | None = None
    jours: int | None = None
    depuis: Literal["depot", "seance"] = "depot"


class RegimeDecision(Sourcee):
    """Ce qui fonde la décision, ce que vaut le silence, comment la contester."""

    fondement: Literal["pratique_regionale", "loi", "reglement"]
    texte: Phrase
    silence: Silence
    recours: tuple[Identifiant, ...]
    signatures: Signatures
    delais: tuple[Delai, ...] = ()


class Peremption(Sourcee):
    """Ce qui fait qu'une pièce ne vaut plus, et au bout de combien de mois si un texte le dit.

    Sans `mois`, la personne saisit elle-même jusqu'à quand la pièce vaut.
    """

    texte: Phrase
    mois: int | None = Field(default=None, ge=1, le=240)


class Piece(Sourcee):
    """Une pièce demandée avec le dossier. Sans `peremption`, elle vaut tant que l'équipe n'en dit rien."""

    id: Identifiant
    libelle: Phrase
    obligatoire: bool
    aide: str = ""
    peremption: Peremption | None = None


class EffetReconnaissance(Sourcee):
    """Accepter cette démarche reconnaît l'équipe.

    `delai_composition_jours` : le temps qu'a une équipe reconnue pour rétablir sa composition, si la région le dit.
    """

    delai_composition_jours: int | None = None


class Demarche(Sourcee):
    """Une procédure de la région. Sans trame, elle se décrit mais ne se dépose pas encore ici."""

    id: Identifiant
    libelle: Phrase
    formes: tuple[Identifiant, ...]
    resume: Phrase
    trame: RenvoiTrame | None = None
    instance: Identifiant | None = None
    conditions: tuple[Identifiant, ...] = ()
    pieces: tuple[Piece, ...] = ()
    regime: RegimeDecision
    effets: tuple[Phrase, ...] = ()
    reconnait: EffetReconnaissance | None = None
    suites: tuple[Identifiant, ...] = ()
    notes: tuple[Phrase, ...] = ()

    @property
    def en_ligne(self) -> bool:
        """Vrai si le dossier se rédige et se dépose dans la plateforme."""
        return self.trame is not None
