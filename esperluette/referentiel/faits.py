"""Ce que l'on sait d'une équipe, sans base de données : l'entrée de toutes les règles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

StatutJuridique = Literal["aucun", "association", "sisa", "autre"]
Avancement = Literal["cree", "en_cours", "en_projet"]
Exercice = Literal["liberal", "salarie", "mixte", ""]
STATUTS: tuple[str, ...] = get_args(StatutJuridique)
AVANCEMENTS: tuple[str, ...] = get_args(Avancement)
EXERCICES: tuple[str, ...] = get_args(Exercice)


@dataclass(frozen=True, slots=True)
class Constat:
    """Ce qu'un acte de l'ARS établit d'un fait qu'on déclarait : oui ou non, et la phrase qui dit d'où on le tient."""

    reponse: bool
    phrase: str


def aucun_constat(_cle: str) -> Constat | None:
    """Sans base de données, rien n'est établi : l'équipe déclare."""
    return None


@dataclass(frozen=True, slots=True)
class FaitMembre:
    """Une personne de l'équipe. `profession` vide : pas encore dite. `professionnel` faux : dans aucun minimum."""

    profession: str = ""
    savoir_faire: str | None = None
    exercice: Exercice = ""
    commune: str | None = None
    professionnel: bool = True


@dataclass(frozen=True, slots=True)
class Faits:
    """Les faits d'une équipe à un instant. Une clé absente de `zonages`, de `declaratifs` : « on ne sait pas »."""

    membres: Sequence[FaitMembre] = ()
    statut_juridique: StatutJuridique | None = None
    statut_avancement: Avancement = "cree"
    implantation: str | None = None
    communes: Sequence[str] = ()
    zonages: Mapping[str, bool] = field(default_factory=dict)
    declaratifs: Mapping[str, bool] = field(default_factory=dict)
    # Zonages que le territoire ne porte qu'en partie, et pourquoi : « à préciser », sauf réponse déclarée.
    zonages_partiels: Mapping[str, str] = field(default_factory=dict)
    # Noms des régions où se trouvent les communes du territoire ; vide : on ne sait pas.
    regions: Sequence[str] = ()
    # Zonages que l'équipe déclare faute de donnée chargée : le motif le dit.
    zonages_declares: frozenset[str] = frozenset()
    # Ce que les actes établissent, par clé de déclaration ; lu à la demande, il l'emporte sur ce que l'équipe déclare.
    constat: Callable[[str], Constat | None] = field(default=aucun_constat, repr=False, compare=False)

    def avec_classement(self, zonages: Mapping[str, bool], partiels: Mapping[str, str]) -> "Faits":
        """Les mêmes faits, le territoire classé par les données. Elles l'emportent sur une déclaration.

        Un classement partiel ne tranche pas : ce que l'équipe en déclare reste, et reste dit « déclaré ».
        """
        declares = {zone: valeur for zone, valeur in self.zonages.items() if zone not in zonages}
        return replace(
            self,
            zonages={**declares, **zonages},
            zonages_declares=self.zonages_declares - zonages.keys(),
            zonages_partiels={**self.zonages_partiels, **partiels},
        )
