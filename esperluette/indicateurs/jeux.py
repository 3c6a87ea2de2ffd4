"""Les jeux de chiffres officiels : un fichier YAML chacun, dans donnees/jeux/. Rien ici ne touche la base.

Le YAML dit où prendre le jeu, ses colonnes, ce que veut dire une case vide, et comment chaque chiffre s'additionne ;
ajouter un jeu, ou un millésime dont les colonnes ont changé, ne demande pas de code.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from esperluette.territoires.jeux import MILLESIME_INCONNU, JeuInvalide


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


FICHE = ("finess", "nom", "categorie")
Champ = Literal["ambulatoire", "hospitalier", "medico_social", "appui"]


class Forme(_Fige):
    """Une disposition de colonnes reconnue. Un intitulé peut finir par `*` : le reste est libre.

    `colonnes` : indicateur → intitulé. Ou, quand le fichier a une ligne par commune et par sorte : `sorte`, `effectif`
    et `sortes` (indicateur → valeurs de la colonne `sorte`, additionnées).
    """

    code: str
    departement: str = ""  # quand le code de la commune n'a que trois signes : la colonne qui dit le reste
    sauter: int = Field(default=0, ge=0, le=50)  # lignes de titre avant l'en-tête
    unites: int = Field(default=0, ge=0, le=5)  # lignes d'unités après l'en-tête
    noms: tuple[str, ...] = ()  # un fichier sans en-tête : ses colonnes, dans l'ordre
    premiere_ligne: str = ""  # ce à quoi se reconnaît un fichier sans en-tête
    guillemets: bool = True  # faux : un guillemet est une lettre comme une autre
    feuille: str = ""  # un motif ; de plusieurs feuilles, celle de l'année la plus récente
    annee: str = ""  # l'indicateur dont l'intitulé porte les deux chiffres du millésime
    periode: str = ""  # la colonne qui dit l'année de chaque ligne : seules celles de la plus récente se lisent
    colonnes: dict[str, str] = {}
    textes: dict[str, str] = {}
    sorte: str = ""
    effectif: str = ""  # vide : chaque ligne compte pour un
    sortes: dict[str, tuple[str, ...]] = {}
    distinguer: tuple[str, ...] = ()  # deux lignes qui n'ont pas les mêmes valeurs ici ne se répètent pas
    fiche: dict[str, str] = {}  # un établissement par ligne : finess, nom, categorie
    garder: dict[str, tuple[str, ...]] = {}  # colonne → valeurs des lignes à lire ; les autres ne comptent pas

    @property
    def intitules(self) -> tuple[str, ...]:
        """Les colonnes sans lesquelles cette forme ne se lit pas."""
        cites = (
            self.code, self.departement, *self.colonnes.values(), *self.textes.values(), self.sorte, self.effectif,
            *self.distinguer, *self.fiche.values(), *self.garder, self.periode,
        )  # fmt: skip
        return tuple(dict.fromkeys(c for c in cites if c))

    @model_validator(mode="after")
    def _une_seule_facon(self) -> Self:
        if bool(self.sortes) != bool(self.sorte):
            raise ValueError("« sortes » va avec « sorte »")
        if bool(self.noms) != bool(self.premiere_ligne):
            raise ValueError("« noms » va avec « premiere_ligne »")
        if self.fiche and set(self.fiche) != set(FICHE):
            raise ValueError(f"une fiche nomme {', '.join(FICHE)}")
        if not (self.colonnes or self.textes or self.sortes or self.fiche):
            raise ValueError("une forme nomme au moins un indicateur")
        return self


class Indicateur(_Fige):
    """Un chiffre du jeu, et comment il se réunit quand deux codes ne font plus qu'une commune.

    `somme` ; `moyenne` pondérée par `poids`, un autre indicateur du jeu ; `aucune` : une médiane ne se réunit pas.
    """

    libelle: str
    unite: str
    agregation: Literal["somme", "moyenne", "aucune"] = "somme"
    poids: str = ""

    @model_validator(mode="after")
    def _poids(self) -> Self:
        if (self.agregation == "moyenne") != bool(self.poids):
            raise ValueError("une moyenne, et elle seule, nomme son « poids »")
        return self


class Categorie(_Fige):
    """Une catégorie d'établissement : son libellé, son champ, l'indicateur où elle se compte (aucun si vide)."""

    libelle: str
    champ: Champ
    compte: str = ""


class JeuDeChiffres(_Fige):
    """Un jeu : sa provenance, ses formes, ses chiffres."""

    id: str
    empreinte: str
    titre: str
    producteur: str
    licence: str
    millesime: str = MILLESIME_INCONNU  # celui d'un fichier qui ne le dit pas
    adresse: str = ""
    ou_le_prendre: str = ""
    taille_maximale_mo: int = 50
    dans_l_archive: str = "*.csv"  # d'une archive zip, le fichier à lire
    grain: Literal["commune", "tvs", "etablissement"] = "commune"
    absence: Literal["manque", "zero"] = "manque"  # une commune sans ligne
    hors_champ: tuple[str, ...] = ()  # départements que le jeu ne couvre pas
    vide: Literal["manque", "secret"] = "manque"  # une case vide
    secrets: tuple[str, ...] = ()  # ce que le producteur écrit pour taire une valeur
    manques: tuple[str, ...] = ()  # ce qu'il écrit quand la valeur n'existe pas
    formes: tuple[Forme, ...]
    indicateurs: dict[str, Indicateur]
    textes: dict[str, str] = {}
    categories: dict[str, Categorie] = {}  # celles des établissements qu'on garde

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        cites = {i for f in self.formes for i in (*f.colonnes, *f.sortes)}
        cites |= {i.poids for i in self.indicateurs.values() if i.poids}
        cites |= {c.compte for c in self.categories.values() if c.compte}
        if inconnus := sorted(cites - set(self.indicateurs)):
            raise ValueError(f"indicateurs cités mais non décrits : {', '.join(inconnus)}")
        if inconnus := sorted({t for f in self.formes for t in f.textes} - set(self.textes)):
            raise ValueError(f"textes cités mais non décrits : {', '.join(inconnus)}")
        fiches = {bool(f.fiche) for f in self.formes} | {bool(self.categories), self.grain == "etablissement"}
        if len(fiches) != 1:
            raise ValueError("le grain « etablissement » va avec des « fiche » et des « categories »")
        if not self.adresse and not self.ou_le_prendre:
            raise ValueError("il faut une adresse, ou dire où prendre le fichier")
        if self.adresse and not self.adresse.startswith("https://"):
            raise ValueError("l'adresse commence par https://")
        return self


@lru_cache(maxsize=1)
def jeux() -> Mapping[str, JeuDeChiffres]:
    """Tous les jeux de chiffres, par identifiant."""
    dossier = files("esperluette.indicateurs") / "donnees" / "jeux"
    fichiers = sorted((f for f in dossier.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): lire(f.name.removesuffix(".yaml"), f.read_bytes()) for f in fichiers}


def lire(identifiant: str, octets: bytes) -> JeuDeChiffres:
    """Le jeu décrit par ce YAML ; lève JeuInvalide."""
    try:
        brut: Any = YAML(typ="safe").load(octets.decode("utf-8"))
        return JeuDeChiffres(id=identifiant, empreinte=hashlib.sha256(octets).hexdigest(), **brut)
    except (YAMLError, UnicodeDecodeError, TypeError) as erreur:
        raise JeuInvalide(f"{identifiant}.yaml : YAML illisible ({erreur}).") from erreur
    except ValidationError as erreur:
        causes = " ; ".join(f"{'.'.join(map(str, e['loc'])) or 'jeu'} : {e['msg']}" for e in erreur.errors())
        raise JeuInvalide(f"{identifiant}.yaml : {causes}.") from erreur
