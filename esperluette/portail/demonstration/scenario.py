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
    role: Literal["referent", "autorite"]
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


class EquipeJouee(Fige):
    """Une équipe, ses membres (le premier la porte) et jusqu'où son dossier va."""

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
    jusqu_a: Literal["equipe", "brouillon", "a_signer", "depose", "en_instruction"]
    demarche: Identifiant = "projet-de-sante"
    reponses: dict[str, Any] = {}
    signatures: int | None = None
    instruit_par: Adresse | None = None

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


class Scenario(Fige):
    region: Identifiant
    organisme: Organisme
    agents: tuple[Agent, ...]
    equipes: tuple[EquipeJouee, ...]


@cache
def scenario() -> Scenario:
    """Le scénario du paquet ; lève `FichierInvalide` avec la ligne et la cause."""
    fichier = lire((files(__package__) / "bretagne.yaml").read_text(encoding="utf-8"), "bretagne.yaml")
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
