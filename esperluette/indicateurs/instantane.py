"""Un diagnostic mis à plat : ce qui se montre, s'imprime, s'insère dans un projet et se garde. Sans base.

La forme est stable (`version`) : un projet déposé garde le sien, et doit se relire dans dix ans.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from esperluette.indicateurs.calcul import Etat

TERRITOIRE = "territoire"  # la clé du niveau propre, à côté de « epci », « departement », « region », « france »


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ValeurLue(_Fige):
    """Un chiffre pour un territoire : `comptees` communes sur `communes` y entrent, le producteur en tait `tues`.

    `poids` : quand il en manque, la part des habitants (de 0 à 1) qui vivent dans celles-là, si on la sait.
    """

    valeur: float | None
    etat: Etat
    communes: int = 0
    comptees: int = 0
    tues: int = 0
    poids: float | None = None

    @property
    def couverture(self) -> float:
        """La part du territoire, de 0 à 1, que le chiffre connaît : en habitants, sinon en communes."""
        return self.poids if self.poids is not None else self.comptees / (self.communes or 1)


class LigneLue(_Fige):
    """Un chiffre, face à chaque niveau (« territoire », « epci », « departement », « region », « france »)."""

    id: str
    libelle: str
    unite: str
    decimales: int
    methode: str
    total: bool = False  # un total ne se compare pas à celui d'un territoire plus grand
    valeurs: dict[str, ValeurLue]
    sources: tuple[str, ...] = ()
    sens: int = 0


class ThemeLu(_Fige):
    """Des chiffres qui se lisent ensemble."""

    id: str
    titre: str
    lignes: tuple[LigneLue, ...]


class NiveauLu(_Fige):
    """Un territoire auquel on compare : sa clé courte, son nom."""

    cle: str
    nom: str


class CommuneLue(_Fige):
    """Une commune du territoire."""

    code: str
    nom: str
    population: int


class ZonageLu(_Fige):
    """Le classement d'une commune pour un zonage : ce qu'il dit, et d'où on le tient.

    `zonage` : son titre ; `jeu` : l'identifiant de ce zonage. `libelle` est vide si le jeu ne dit rien de la commune.
    """

    code: str
    zonage: str
    libelle: str
    source: str
    jeu: str = ""


class TerritoireDeVieSanteLu(_Fige):
    """Un territoire de vie-santé qui compte une commune du territoire, et sa densité de généralistes libéraux."""

    code: str
    nom: str
    communes: tuple[str, ...]  # leurs codes ; il peut en compter d'autres
    densite: float | None  # pour 10 000 habitants, de tout le territoire de vie-santé
    etat: Etat
    source: str


class EtablissementLu(_Fige):
    """Un établissement ou un service du territoire ; `champ` est la rubrique de la trame où il se range."""

    finess: str
    nom: str
    categorie: str
    champ: Literal["ambulatoire", "hospitalier", "medico_social", "appui"]
    commune: str
    code_commune: str = ""
    source: str = ""


class DistanceLue(_Fige):
    """L'offre la plus proche du territoire : à vol d'oiseau, de centre à centre des communes, en kilomètres.

    `km` et `commune` : la plus courte distance, et vers où ; zéro quand une commune du territoire a cette offre.
    `km_moyen` : celle d'un habitant, en moyenne ; `km_maximum` et `commune_eloignee` : la plus longue, et d'où.
    """

    offre: str
    libelle: str
    km: float | None
    commune: str
    source: str
    km_moyen: float | None = None
    km_maximum: float | None = None
    commune_eloignee: str = ""


class TrancheLue(_Fige):
    """Une tranche d'âge de la pyramide : des personnes, et leur part au niveau de comparaison (en %)."""

    libelle: str
    hommes: float
    femmes: float
    hommes_reference: float | None = None
    femmes_reference: float | None = None


class PyramideLue(_Fige):
    """La population par sexe et par âge ; `note` : ce qui y manque, ce qui en a été réuni."""

    tranches: tuple[TrancheLue, ...]
    reference: str
    source: str
    note: str = ""


class ConstatLu(_Fige):
    """Une phrase calculée d'un écart qui compte : son genre, son chiffre, sa source ; `regle` : pourquoi elle paraît.

    `id` ne change pas d'un calcul à l'autre ; `ligne` : celle du chiffre, ou « distance:… », ou « zonage:… ».
    """

    id: str
    genre: Literal["force", "fragilite", "question"]
    phrase: str
    ligne: str
    source: str
    regle: str = ""


class Instantane(_Fige):
    """Un diagnostic entier, ou quelques-uns de ses thèmes, tel qu'il était ce jour-là."""

    version: Literal[1] = 1
    calcule_le: date
    communes: tuple[CommuneLue, ...]
    niveaux: tuple[NiveauLu, ...]
    themes: tuple[ThemeLu, ...]
    pyramide: PyramideLue | None = None
    zonages: tuple[ZonageLu, ...] = ()
    vie_sante: tuple[TerritoireDeVieSanteLu, ...] = ()
    etablissements: tuple[EtablissementLu, ...] = ()
    distances: tuple[DistanceLue, ...] = ()
    constats: tuple[ConstatLu, ...] = ()
    non_charges: dict[str, str] = {}  # jeu → la commande qui le charge
    demonstration: bool = False  # un jeu au moins vient du petit tableau de démonstration

    @property
    def lignes(self) -> dict[str, LigneLue]:
        """Les chiffres de tous les thèmes, par identifiant."""
        return {ligne.id: ligne for theme in self.themes for ligne in theme.lignes}
