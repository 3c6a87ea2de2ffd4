"""Le scénario de la démonstration : un fichier lisible, vérifié comme une édition."""

import datetime
import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationError, model_validator

from esperluette.referentiel.sources import CodeCommune, CodeDepartement, CodeSiren, Fige, Identifiant, Phrase
from esperluette.referentiel.yaml_situe import FichierInvalide, lire, problemes_de_forme

Adresse = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+@[a-z0-9-]+\.example$")]
_DANS = re.compile(r"dans (\d{1,3}) jours")


class Personne(Fige):
    """Quelqu'un sous le nom de qui l'on peut entrer ; `ici` dit ce qu'on y voit ou ce qu'on peut y faire."""

    courriel: Adresse
    prenom: Phrase
    nom: Phrase
    ici: Phrase


class Agent(Personne):
    role: Literal["referent", "autorite", "admin_regional"]
    departement: CodeDepartement | None = None
    epcis: tuple[CodeSiren, ...] = ()


class MembreJoue(Personne):
    profession: str = ""
    savoir_faire: str = ""
    metier: str = ""
    exercice: Literal["liberal", "salarie", "mixte"]
    commune: CodeCommune
    telephone: str = ""
    confirme: bool = True


class Accompagnateur(Personne):
    organisme: Phrase
    portee: Literal["lecture", "commentaire"]
    mois: int


class SiteJoue(Fige):
    nom: Phrase
    commune: CodeCommune
    adresse: str


Avancee = Literal["brouillon", "a_signer", "depose", "en_instruction"]


class DossierJoue(Fige):
    """Un dossier et jusqu'où il va. `signatures` : combien ont signé (tous par défaut)."""

    demarche: Identifiant
    jusqu_a: Avancee
    reponses: dict[str, Any] = {}
    signatures: int | None = None
    instruit_par: Adresse | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "DossierJoue":
        if (self.jusqu_a == "en_instruction") != (self.instruit_par is not None):
            raise ValueError("« instruit_par » va avec « jusqu_a: en_instruction »")
        return self


class ReconnaissanceJouee(Fige):
    """Une reconnaissance que l'ARS fictive a prononcée, et depuis combien de jours."""

    depuis_jours: int
    decision: Phrase
    par: Adresse
    coordonnees: bool = False


class EquipeJouee(Fige):
    """Une équipe, ses membres (le premier la porte) et jusqu'où vont ses dossiers."""

    nom: Phrase
    forme: Literal["esp", "msp"]
    implantation: CodeCommune
    communes: tuple[CodeCommune, ...]
    adresse: str = ""
    telephone: str = ""
    courriel: Adresse | Literal[""] = ""
    statut_juridique: Literal["aucun", "association", "sisa", "autre"]
    statut_avancement: Literal["cree", "en_cours", "en_projet"]
    nom_juridique: str = ""
    ici: Phrase
    membres: tuple[MembreJoue, ...]
    sites: tuple[SiteJoue, ...] = ()
    accompagnateur: Accompagnateur | None = None
    jusqu_a: Literal["equipe"] | Avancee
    demarche: Identifiant = "projet-de-sante"
    reponses: dict[str, Any] = {}
    signatures: int | None = None
    instruit_par: Adresse | None = None
    suite: tuple[DossierJoue, ...] = ()  # les dossiers ouverts ensuite
    zonages: dict[Identifiant, bool] = {}  # ce qu'elle déclare de son territoire
    reconnue: ReconnaissanceJouee | None = None

    @property
    def dossiers(self) -> tuple[DossierJoue, ...]:
        """Ses dossiers, dans l'ordre où elle les ouvre."""
        if self.jusqu_a == "equipe":
            return self.suite
        premier = DossierJoue(
            demarche=self.demarche,
            jusqu_a=self.jusqu_a,
            reponses=self.reponses,
            signatures=self.signatures,
            instruit_par=self.instruit_par,
        )
        return (premier, *self.suite)

    @model_validator(mode="after")
    def _coherente(self) -> "EquipeJouee":
        if not self.membres or not self.membres[0].confirme:
            raise ValueError("le premier membre porte l'équipe : il est confirmé")
        if (self.jusqu_a == "en_instruction") != (self.instruit_par is not None):
            raise ValueError("« instruit_par » va avec « jusqu_a: en_instruction »")
        return self


class Organisme(Fige):
    nom: Phrase
    sorte: Phrase


class SeanceJouee(Fige):
    """Une séance fictive, située par rapport au jour où la démonstration se charge."""

    instance: Identifiant
    departement: CodeDepartement | None = None
    dans_jours: int
    depot_avant_jours: int | None = None  # jours avant la séance
    lieu: str = ""


class Scenario(Fige):
    region: Identifiant
    nom: Phrase
    organisme: Organisme
    agents: tuple[Agent, ...]
    equipes: tuple[EquipeJouee, ...]
    seances: tuple[SeanceJouee, ...] = ()


REGIONS = ("bretagne", "provence-alpes-cote-d-azur", "hauts-de-france")


def scenarios() -> tuple[Scenario, ...]:
    """Les scénarios du paquet, un par région."""
    return tuple(scenario(region) for region in REGIONS)


@cache
def scenario(region: str) -> Scenario:
    """Le scénario d'une région ; lève `FichierInvalide` avec la ligne et la cause."""
    nom = f"{region}.yaml"
    fichier = lire((files(__package__) / nom).read_text(encoding="utf-8"), nom)
    try:
        return Scenario.model_validate(fichier.contenu)
    except ValidationError as erreur:
        raise FichierInvalide(problemes_de_forme(fichier, erreur)) from erreur


def dater(valeur: Any, aujourd_hui: datetime.date) -> Any:
    """« aujourd'hui » et « dans N jours » deviennent des dates ; le reste ne change pas."""
    if valeur == "aujourd'hui":
        return aujourd_hui
    if isinstance(valeur, str) and (trouve := _DANS.fullmatch(valeur)):
        return aujourd_hui + datetime.timedelta(days=int(trouve[1]))
    return valeur
