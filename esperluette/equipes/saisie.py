"""Ce qu'on saisit d'une équipe et d'un membre : formes attendues, mise au propre, refus à côté du champ."""

import re
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from esperluette.commun.erreurs import ErreurMetier
from esperluette.equipes.enums import StatutJuridique
from esperluette.territoires.models import Commune


class SaisieRefusee(ErreurMetier):
    """Une valeur ne convient pas ; `champ` dit à côté de quel champ montrer la phrase."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ


class ChampsEquipe(TypedDict, total=False):
    """Les informations d'une équipe ; celles qu'on ne donne pas ne changent pas."""

    nom: str
    forme_visee: str
    implantation: Commune
    courriel: str
    telephone: str
    adresse: str
    statut_juridique: str
    statut_avancement: str
    nom_juridique: str


class ChampsMembre(TypedDict, total=False):
    """La fiche d'un membre ; ce qu'on ne donne pas ne change pas."""

    prenom: str
    nom: str
    courriel: str
    telephone: str
    professionnel: bool
    profession: str
    savoir_faire: str
    metier: str
    rpps: str
    commune: Commune | None
    exercice: str


FICHE_VIDE: dict[str, Any] = dict.fromkeys(ChampsMembre.__annotations__, "") | {"professionnel": True, "commune": None}

# Changer l'un de ces champs change la composition : les apps du dessus peuvent s'y opposer.
COMPOSITION = frozenset(ChampsMembre.__annotations__) - {"courriel", "telephone"}

_RPPS = re.compile(r"[0-9]{11}")
_SEPARATEURS = re.compile(r"[\s.\-]")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .\-()]{5,18}")


def normaliser_rpps(saisi: str) -> str:
    """Onze chiffres, espaces et points ôtés ; vide si rien n'est saisi."""
    rpps = _SEPARATEURS.sub("", saisi)
    if not rpps or _RPPS.fullmatch(rpps):
        return rpps
    if not (rpps.isascii() and rpps.isdigit()):
        raise SaisieRefusee("rpps", "Un numéro RPPS ne contient que des chiffres : il en compte onze.")
    raise SaisieRefusee("rpps", f"Un numéro RPPS compte onze chiffres : vous en avez saisi {len(rpps)}.")


def rpps_douteux(rpps: str) -> bool:
    """Vrai si la clé de Luhn ne tombe pas juste. Un doute à montrer, jamais un refus : aucun texte ne l'impose."""
    if not rpps:
        return False
    somme = 0
    for rang, chiffre in enumerate(reversed(rpps)):
        valeur = int(chiffre) * (2 if rang % 2 else 1)
        somme += valeur - 9 if valeur > 9 else valeur
    return somme % 10 != 0


def normaliser_courriel(saisi: str) -> str:
    """En minuscules, sans espace autour ; refuse ce qui n'est pas une adresse."""
    courriel = saisi.strip().lower()
    if courriel:
        try:
            validate_email(courriel)
        except ValidationError:
            raise SaisieRefusee("courriel", "Cette adresse n’est pas reconnue : par exemple nom@exemple.fr.") from None
    return courriel


def normaliser_telephone(saisi: str) -> str:
    """Garde l'écriture de la personne ; refuse ce qui n'est pas un numéro."""
    telephone = " ".join(saisi.split())
    if telephone and not _TELEPHONE.fullmatch(telephone):
        raise SaisieRefusee("telephone", "Ce numéro n’est pas reconnu : par exemple 02 96 00 00 00.")
    return telephone


def normaliser_membre(champs: dict[str, Any]) -> dict[str, Any]:
    """Une fiche complète mise au propre ; lève `SaisieRefusee` au premier champ qui ne convient pas."""
    propre: dict[str, Any] = {
        cle: " ".join(valeur.split()) if isinstance(valeur, str) else valeur for cle, valeur in champs.items()
    }
    for cle, nom in (("prenom", "le prénom"), ("nom", "le nom")):
        if not propre.get(cle):
            raise SaisieRefusee(cle, f"Indiquez {nom}.")
    propre["courriel"] = normaliser_courriel(propre.get("courriel", ""))
    propre["telephone"] = normaliser_telephone(propre.get("telephone", ""))
    propre["professionnel"] = bool(propre.get("professionnel", True))
    if propre["professionnel"]:
        if not propre.get("profession"):
            raise SaisieRefusee("profession", "Choisissez la profession.")
        propre["metier"] = ""
        propre["rpps"] = normaliser_rpps(propre.get("rpps", ""))
    else:
        if not propre.get("metier"):
            raise SaisieRefusee("metier", "Indiquez le métier ou la fonction, par exemple « coordinatrice ».")
        propre |= {"profession": "", "savoir_faire": "", "rpps": ""}
    return propre


def normaliser_equipe(champs: dict[str, Any]) -> dict[str, Any]:
    """Les informations mises au propre ; l'avancement n'a de sens qu'avec une structure."""
    propre: dict[str, Any] = {
        cle: " ".join(valeur.split()) if isinstance(valeur, str) else valeur for cle, valeur in champs.items()
    }
    if "nom" in propre and not propre["nom"]:
        raise SaisieRefusee("nom", "Donnez un nom à l’équipe ; il pourra changer.")
    if "courriel" in propre:
        propre["courriel"] = normaliser_courriel(propre["courriel"])
    if "telephone" in propre:
        propre["telephone"] = normaliser_telephone(propre["telephone"])
    if "statut_juridique" in propre:
        if propre["statut_juridique"] not in StatutJuridique.STRUCTURES:
            propre |= {"statut_avancement": "", "nom_juridique": ""}
        elif not propre.get("statut_avancement"):
            raise SaisieRefusee("statut_avancement", "Dites où en est la structure : créée, en cours ou en projet.")
    return propre
