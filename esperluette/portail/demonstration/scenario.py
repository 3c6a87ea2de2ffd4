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


class ReunionJouee(Fige):
    """Une réunion sur site qui s'est tenue."""

    il_y_a_jours: int
    lieu: Phrase
    participants: Phrase
    compte_rendu: str


class RemarqueJouee(Fige):
    """Ce que l'agent demande de compléter ; sans champ, une remarque générale."""

    champ: str = ""
    texte: Phrase
    ouvre: tuple[Identifiant, ...] = ()  # les rubriques qu'une remarque générale rouvre


class ComplementsJoues(Fige):
    """Une demande de compléments qui attend l'équipe."""

    sous_jours: int
    message: str
    remarques: tuple[RemarqueJouee, ...]


class EcritJoue(Fige):
    """Un message du fil d'un dossier, ou une note entre agents (`note`)."""

    par: Adresse
    texte: Phrase
    note: bool = False


class ChiffreJoue(Fige):
    """Un chiffre que l'équipe demande à l'ARS ; personne n'y répond : aucun chiffre ne s'invente."""

    rubrique: Identifiant
    libelle: Phrase
    precisions: str = ""


class DossierJoue(Fige):
    """Un dossier et jusqu'où il va. `signatures` : combien ont signé (tous par défaut)."""

    demarche: Identifiant
    jusqu_a: Avancee
    reponses: dict[str, Any] = {}
    signatures: int | None = None
    instruit_par: Adresse | None = None
    reunion: ReunionJouee | None = None
    complements: ComplementsJoues | None = None
    echanges: tuple[EcritJoue, ...] = ()
    ouvert_au_referent: bool = False  # le brouillon, montré à l'ARS
    chiffre_demande: ChiffreJoue | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "DossierJoue":
        if (self.jusqu_a == "en_instruction") != (self.instruit_par is not None):
            raise ValueError("« instruit_par » va avec « jusqu_a: en_instruction »")
        if self.instruit_par is None and (self.reunion or self.complements):
            raise ValueError("une réunion ou des compléments demandent « instruit_par »")
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
    reunion: ReunionJouee | None = None
    complements: ComplementsJoues | None = None
    echanges: tuple[EcritJoue, ...] = ()
    ouvert_au_referent: bool = False
    chiffre_demande: ChiffreJoue | None = None
    prise_de_contact: str = ""  # ce qu'elle écrit à son interlocuteur de l'ARS
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
            reunion=self.reunion,
            complements=self.complements,
            echanges=self.echanges,
            ouvert_au_referent=self.ouvert_au_referent,
            chiffre_demande=self.chiffre_demande,
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


class Membre(Personne):
    """Quelqu'un qui siège : `siege` est celui de l'édition."""

    siege: Identifiant
    titulaire: bool = True
    president: bool = False


class ReserveJouee(Fige):
    texte: Phrase
    responsable: str = ""
    sous_jours: int


class DecisionJouee(Fige):
    """La décision qui suit l'avis : préparée ; et notifiée si l'autorité a signé (`signee_par`)."""

    sens: Literal["accord", "accord_reserves", "refus"]
    motif: str = ""
    reserves: str = ""
    preparee_par: Adresse
    visee_par: Adresse | None = None
    signee_par: Adresse | None = None
    qualite: str = ""


class PointJoue(Fige):
    """Un dossier à l'ordre du jour. `avis` : celui que la commission a rendu, si la séance s'est tenue."""

    equipe: Phrase
    demarche: Identifiant = "projet-de-sante"
    rapporteur: Adresse | None = None
    duree: int = 20
    avis: str = ""
    motif: str = ""
    reserves: tuple[ReserveJouee, ...] = ()
    decision: DecisionJouee | None = None


class DeportJoue(Fige):
    equipe: Phrase
    membre: Adresse
    motif: Phrase


class AvisEcritJoue(Fige):
    equipe: Phrase
    membre: Adresse
    avis: Identifiant
    texte: Phrase


class OrdreDuJourJoue(Fige):
    """Une séance convoquée, ou tenue le jour où la démonstration se charge (`tenue`)."""

    tenue: bool = False
    points: tuple[PointJoue, ...]
    deports: tuple[DeportJoue, ...] = ()
    avis_ecrits: tuple[AvisEcritJoue, ...] = ()
    absents: tuple[Adresse, ...] = ()


class CommissionJouee(Fige):
    """Une instance, son secrétariat, ceux qui y siègent, et ses séances qui ont un ordre du jour."""

    instance: Identifiant
    departement: CodeDepartement | None = None
    nom: Phrase
    ici: Phrase
    secretaire: Personne
    membres: tuple[Membre, ...]
    seances: tuple[OrdreDuJourJoue, ...] = ()

    @model_validator(mode="after")
    def _coherente(self) -> "CommissionJouee":
        siegent = {m.courriel for m in self.membres}
        for seance in self.seances:
            nommes = {*seance.absents, *(d.membre for d in seance.deports), *(a.membre for a in seance.avis_ecrits)}
            if inconnus := nommes - siegent:
                raise ValueError(f"ne siège pas : {', '.join(sorted(inconnus))}")
            if any(bool(p.avis) != seance.tenue for p in seance.points):
                raise ValueError("un avis se rend dans une séance tenue, et chaque point y a le sien")
        return self


class Scenario(Fige):
    region: Identifiant
    nom: Phrase
    organisme: Organisme
    agents: tuple[Agent, ...]
    equipes: tuple[EquipeJouee, ...]
    seances: tuple[SeanceJouee, ...] = ()
    commissions: tuple[CommissionJouee, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _reprendre(cls, brut: Any) -> Any:
        """« comme: NOM » : les réponses d'une équipe déjà décrite, sauf celles que l'équipe donne elle-même."""
        if not isinstance(brut, dict):
            return brut
        connues: dict[str, Any] = {}
        equipes = []
        for equipe in brut.get("equipes", ()):
            modele = connues.get(equipe.get("comme", ""), {})
            propre = {cle: valeur for cle, valeur in equipe.items() if cle != "comme"}
            if modele:
                propre["reponses"] = {**modele.get("reponses", {}), **equipe.get("reponses", {})}
            connues[equipe.get("nom", "")] = propre
            equipes.append(propre)
        return {**brut, "equipes": tuple(equipes)}


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
