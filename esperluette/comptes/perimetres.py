"""Le territoire sur lequel un compte agit, d'après ses fonctions en cours."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q

from esperluette.comptes.enums import Role
from esperluette.comptes.models import Compte, Fonction


class UneCommune(Protocol):
    """Ce qu'il faut savoir d'une commune pour la situer dans un périmètre."""

    region_id: str
    departement_id: str
    epci_id: str | None


@dataclass(frozen=True, slots=True)
class Secteur:
    """Des intercommunalités, dans une région ou un département : Redon Agglomération *en Bretagne*."""

    region: str | None
    departement: str | None
    epcis: frozenset[str]


@dataclass(frozen=True, slots=True)
class Perimetre:
    """L'union des territoires d'un compte. `tout` : l'administrateur, qui lit partout."""

    tout: bool = False
    regions: frozenset[str] = frozenset()
    departements: frozenset[str] = frozenset()
    secteurs: frozenset[Secteur] = frozenset()
    # Exerce une fonction d'instruction (référent, autorité) quelque part.
    est_agent: bool = False

    @property
    def vide(self) -> bool:
        """Aucun territoire : ne voit rien à ce titre."""
        return not (self.tout or self.regions or self.departements or self.secteurs)

    def filtre(self, prefixe: str = "") -> Q:
        """La condition qui restreint un QuerySet aux communes du périmètre.

        `prefixe` mène à la commune : `perimetre.filtre("equipe__implantation")`. Vide : sur Commune elle-même.
        """
        if self.tout:
            return Q()
        if self.vide:
            return Q(pk__in=[])
        p = f"{prefixe}__" if prefixe else ""
        conditions = Q()
        if self.regions:
            conditions |= Q(**{f"{p}region__in": sorted(self.regions)})
        if self.departements:
            conditions |= Q(**{f"{p}departement__in": sorted(self.departements)})
        for secteur in sorted(self.secteurs, key=str):
            champs: dict[str, Any] = {f"{p}epci__in": sorted(secteur.epcis)}
            if secteur.departement:
                champs[f"{p}departement"] = secteur.departement
            elif secteur.region:
                champs[f"{p}region"] = secteur.region
            conditions |= Q(**champs)
        return conditions

    def contient(self, commune: UneCommune) -> bool:
        """La même règle que `filtre`, pour une commune déjà lue."""
        if self.tout or commune.region_id in self.regions or commune.departement_id in self.departements:
            return True
        return any(
            commune.epci_id in s.epcis
            and (
                s.departement == commune.departement_id
                if s.departement
                else s.region is None or s.region == commune.region_id
            )
            for s in self.secteurs
        )


RIEN = Perimetre()


def fonctions_actives(compte: Any) -> list[Fonction]:
    """Les fonctions en cours d'un compte ; aucune pour un visiteur ou un compte inactif.

    Lues une fois par requête HTTP : gardées sur l'objet compte, et oubliées dès qu'une fonction change.
    """
    if not isinstance(compte, Compte) or not compte.is_active:
        return []
    if compte.fonctions_lues is None:
        compte.fonctions_lues = list(
            compte.fonctions.actives()
            .select_related("organisme", "region", "departement")
            .prefetch_related("epcis")
            .order_by("pk")
        )
    return compte.fonctions_lues


def perimetre_de(fonctions: Iterable[Fonction], roles: Collection[str] = Role.LECTEURS) -> Perimetre:
    """Le périmètre que donnent ces fonctions, pour ces rôles seulement."""
    retenues = [f for f in fonctions if f.role in roles]
    regions, departements, secteurs = set(), set(), set()
    for fonction in retenues:
        if fonction.role == Role.ADMIN:
            continue
        epcis = frozenset(epci.pk for epci in fonction.epcis.all())
        if epcis:
            secteurs.add(Secteur(fonction.region_id, fonction.departement_id, epcis))
        elif fonction.departement_id:
            departements.add(fonction.departement_id)
        elif fonction.region_id:
            regions.add(fonction.region_id)
    return Perimetre(
        tout=any(f.role == Role.ADMIN for f in retenues),
        regions=frozenset(regions),
        departements=frozenset(departements),
        secteurs=frozenset(secteurs),
        est_agent=any(f.role in Role.INSTRUCTEURS for f in retenues),
    )
