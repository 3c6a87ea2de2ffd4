"""Les seuils et les colonnes de la patientèle, lus de donnees/patientele.yaml. Sans base."""

from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from esperluette.territoires.texte import mots


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Seuil(_Fige):
    """Un nombre, et qui l'a choisi : une source, ou Esperluette."""

    valeur: int = Field(ge=1)
    choix: str = ""
    source: str = ""

    @property
    def raison(self) -> str:
        """La phrase à montrer à côté du seuil."""
        return self.source or self.choix


class UneLigneParPersonne(_Fige):
    """À partir de combien de lignes, et de quelle part d'effectifs d'un seul patient, un tableau est une liste."""

    lignes: int
    part: int
    choix: str


class Limites(_Fige):
    """Ce qu'un tableau agrégé ne dépasse pas."""

    taille_mo: int
    lignes: int
    colonnes: int
    cellule: int
    effectif: int
    total: int


class Colonne(_Fige):
    """Une colonne lue : les intitulés qu'on lui reconnaît, le premier étant celui du modèle vide."""

    libelle: str
    aide: str
    noms: tuple[str, ...]

    @property
    def modele(self) -> str:
        """Son intitulé dans le modèle vide : « code_commune »."""
        return self.noms[0].replace(" ", "_")


class ColonneRefusee(_Fige):
    """Ce qu'un intitulé ne doit pas nommer."""

    sorte: str
    mots: tuple[str, ...]


class Reglages(_Fige):
    """Toutes les règles de la patientèle."""

    effectif_minimal: Seuil
    territoire_primaire: Seuil
    territoire_secondaire: Seuil
    tranche_minimale: Seuil
    une_ligne_par_personne: UneLigneParPersonne
    limites: Limites
    chiffres_compares: tuple[str, ...]
    colonnes: dict[str, Colonne]
    colonnes_refusees: tuple[ColonneRefusee, ...]

    def colonne_de(self, intitule: str) -> str:
        """La colonne que désigne un intitulé ; vide si ce n'en est pas une."""
        cherche = mots(intitule)
        return next((cle for cle, c in self.colonnes.items() if any(mots(n) == cherche for n in c.noms)), "")

    def refusee(self, intitule: str) -> str:
        """La sorte de donnée de personne que nomme un intitulé ; vide s'il n'en nomme pas."""
        dits = set(mots(intitule))
        return next((r.sorte for r in self.colonnes_refusees if any(set(mots(m)) <= dits for m in r.mots)), "")


@lru_cache(maxsize=1)
def reglages() -> Reglages:
    """Les règles, lues une fois."""
    octets = (files("esperluette.diagnostics") / "donnees" / "patientele.yaml").read_bytes()
    return Reglages.model_validate(YAML(typ="safe").load(octets.decode("utf-8")))


def effectif_minimal() -> int:
    """En dessous, un effectif n'est ni montré, ni gardé."""
    return reglages().effectif_minimal.valeur
