"""Le découpage embarqué : un fichier compact, produit par outils/decoupage.py. Rien ici ne touche la base."""

import hashlib
import json
import lzma
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from esperluette.commun.erreurs import ErreurMetier


class DecoupageIllisible(ErreurMetier):
    """Le fichier du découpage est absent, abîmé ou incomplet."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """D'où viennent les données : à citer partout où elles paraissent."""

    version: str
    millesime: int
    producteur: str
    licence: str
    adresse: str


@dataclass(frozen=True, slots=True)
class LigneCommune:
    """Une commune ou, si `commune_mere` n'est pas vide, un arrondissement municipal."""

    code: str
    nom: str
    departement: str
    epci: str
    population: int
    codes_postaux: tuple[str, ...]
    commune_mere: str = ""


@dataclass(frozen=True, slots=True)
class Contenu:
    """Le découpage entier, prêt à charger ; `empreinte` est celle du contenu, pas de sa compression."""

    provenance: Provenance
    empreinte: str
    regions: list[tuple[str, str]]
    departements: list[tuple[str, str, str]]
    epci: list[tuple[str, str, str]]
    communes: list[LigneCommune]
    anciennes: list[tuple[str, str, str]]


def cle_de_region(nom: str) -> str:
    """« Provence-Alpes-Côte d'Azur » → « provence-alpes-cote-d-azur », le nom de dossier de ses éditions."""
    return slugify(nom.replace("'", " ").replace("’", " "))


def fichier_embarque() -> Traversable:
    """Le fichier du millésime le plus récent dans le paquet."""
    dossier = files("esperluette.territoires") / "donnees"
    trouves = sorted((f for f in dossier.iterdir() if f.name.startswith("decoupage-")), key=lambda f: f.name)
    if not trouves:
        raise DecoupageIllisible("Le découpage n'est pas dans le paquet : lancez outils/decoupage.py.")
    return trouves[-1]


def lire(fichier: Path | Traversable | None = None) -> Contenu:
    """Lit le découpage (celui du paquet par défaut) ; lève DecoupageIllisible avec la cause."""
    source = fichier or fichier_embarque()
    try:
        texte = lzma.decompress(source.read_bytes())
        brut = json.loads(texte)
        return _typer(brut, hashlib.sha256(texte).hexdigest())
    except OSError as erreur:
        raise DecoupageIllisible(f"{source} : fichier introuvable ou illisible ({erreur}).") from erreur
    except (lzma.LZMAError, ValueError) as erreur:
        raise DecoupageIllisible(f"{source} : ce n'est pas un fichier JSON compressé en xz ({erreur}).") from erreur
    except (KeyError, TypeError, IndexError) as erreur:
        raise DecoupageIllisible(f"{source} : il manque {erreur} ; refaites-le avec outils/decoupage.py.") from erreur


def _typer(brut: dict[str, Any], empreinte: str) -> Contenu:
    dit = brut["provenance"]
    departement_de = {ligne[0]: ligne[2] for ligne in brut["communes"]}
    epci_de = {ligne[0]: ligne[3] for ligne in brut["communes"]}
    communes = [
        LigneCommune(code, nom, departement, epci, population, tuple(postaux.split()))
        for code, nom, departement, epci, population, postaux in brut["communes"]
    ]
    arrondissements = [
        LigneCommune(code, nom, departement_de[mere], epci_de[mere], population, tuple(postaux.split()), mere)
        for code, nom, mere, population, postaux in brut["arrondissements"]
    ]
    return Contenu(
        provenance=Provenance(
            version=dit["version"],
            millesime=dit["millesime"],
            producteur=dit["producteur"],
            licence=dit["licence"],
            adresse=dit["adresse"],
        ),
        empreinte=empreinte,
        regions=[(code, nom) for code, nom in brut["regions"]],
        departements=[(code, nom, region) for code, nom, region in brut["departements"]],
        epci=[(code, nom, sorte) for code, nom, sorte in brut["epci"]],
        communes=communes + arrondissements,
        anciennes=[(code, nom, commune) for code, nom, commune in brut["anciennes"]],
    )
