"""Les jeux de données officiels : un fichier YAML chacun, dans donnees/jeux/. Rien ici ne touche la base.

Le YAML dit où prendre le jeu, ses colonnes, et ce que vaut chaque valeur pour les zonages du référentiel ; ajouter un
jeu, ou un millésime dont les colonnes ont changé, ne demande pas de code.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from esperluette.commun.erreurs import ErreurMetier

MILLESIME_INCONNU = "millésime inconnu"  # ce que reçoit un fichier qui ne dit pas le sien


class JeuInconnu(ErreurMetier):
    """Aucun jeu ne porte ce nom."""


class JeuInvalide(ErreurMetier):
    """La description d'un jeu ne se lit pas ; la phrase dit le fichier et la cause."""


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Forme(_Fige):
    """Une disposition de colonnes reconnue. Un nom peut finir par `*` : le reste de l'intitulé est libre."""

    code: str = ""
    code_postal: str = ""
    nom: str = ""
    valeur: str = ""
    fixe: str = ""
    precision: str = ""
    plusieurs_codes: str = ""
    plusieurs_precisions: str = ""

    @property
    def intitules(self) -> tuple[str, ...]:
        """Comme `colonnes`, sous le nom que toutes les familles de jeux partagent."""
        return self.colonnes

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Les colonnes sans lesquelles cette forme ne se lit pas."""
        return tuple(c for c in (self.code, self.code_postal, self.nom, self.valeur, self.precision) if c)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.code) == bool(self.code_postal and self.nom):
            raise ValueError("une forme nomme la colonne « code », ou « code_postal » et « nom »")
        if bool(self.valeur) == bool(self.fixe):
            raise ValueError("une forme nomme la colonne « valeur », ou la classe « fixe »")
        return self


class ClasseDeJeu(_Fige):
    """Ce qu'une valeur veut dire : zones certaines (oui, non), zones à préciser et la question à poser."""

    libelle: str
    oui: tuple[str, ...] = ()
    non: tuple[str, ...] = ()
    partiel: dict[str, str] = {}
    partiel_plusieurs: dict[str, str] = {}

    def zones(self) -> set[str]:
        """Les zones dont cette classe dit quelque chose."""
        return {*self.oui, *self.non, *self.partiel}


class Jeu(_Fige):
    """Un jeu : sa provenance, ses formes, ses valeurs et leurs classes."""

    id: str
    empreinte: str
    titre: str
    producteur: str
    licence: str
    millesime: str
    adresse: str = ""
    ou_le_prendre: str = ""
    zones: tuple[str, ...]
    libelle_seul: bool = False
    absence: str = ""
    hors_champ: tuple[str, ...] = ()
    taille_maximale_mo: int = 50
    formes: tuple[Forme, ...]
    valeurs: dict[str, str] = {}
    classes: dict[str, ClasseDeJeu]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        citees = {*self.valeurs.values(), *(f.fixe for f in self.formes), self.absence} - {""}
        if inconnues := sorted(citees - set(self.classes)):
            raise ValueError(f"classes citées mais non décrites : {', '.join(inconnues)}")
        dites = set().union(*(classe.zones() for classe in self.classes.values()))
        if autres := sorted(dites - set(self.zones)):
            raise ValueError(f"zones absentes de « zones » : {', '.join(autres)}")
        if not self.adresse and not self.ou_le_prendre:
            raise ValueError("il faut une adresse, ou dire où prendre le fichier")
        if self.adresse and not self.adresse.startswith("https://"):
            raise ValueError("l'adresse commence par https://")
        return self

    def concerne(self, departement: str) -> bool:
        """Faux là où la liste ne s'étend pas : l'absence d'une commune n'y veut rien dire."""
        return departement not in self.hors_champ


@lru_cache(maxsize=1)
def jeux() -> dict[str, Jeu]:
    """Tous les jeux connus, par identifiant."""
    dossier = files("esperluette.territoires") / "donnees" / "jeux"
    fichiers = sorted((f for f in dossier.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): lire(f.name.removesuffix(".yaml"), f.read_bytes()) for f in fichiers}


def jeu(identifiant: str) -> Jeu:
    """Ce jeu ; lève JeuInconnu avec la liste des jeux connus."""
    connus = jeux()
    if identifiant not in connus:
        raise JeuInconnu(f"Jeu inconnu : « {identifiant} ». Jeux connus : {', '.join(connus)}.")
    return connus[identifiant]


def lire(identifiant: str, octets: bytes) -> Jeu:
    """Le jeu décrit par ce YAML ; lève JeuInvalide."""
    empreinte = hashlib.sha256(octets).hexdigest()
    try:
        brut: Any = YAML(typ="safe").load(octets.decode("utf-8"))
        return Jeu(id=identifiant, empreinte=empreinte, **brut)
    except (YAMLError, UnicodeDecodeError, TypeError) as erreur:
        raise JeuInvalide(f"{identifiant}.yaml : YAML illisible ({erreur}).") from erreur
    except ValidationError as erreur:
        causes = " ; ".join(f"{'.'.join(map(str, e['loc'])) or 'jeu'} : {e['msg']}" for e in erreur.errors())
        raise JeuInvalide(f"{identifiant}.yaml : {causes}.") from erreur
