"""Charger les fiches depuis les éditions, sans jamais écraser ce qui a été corrigé à la main ; tenir les fiches."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.fiches import SorteDeFiche, Valeurs, sortes
from esperluette.interlocuteurs.models import FicheSourcee, ModificationDeFiche
from esperluette.journal.actions import consigner
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import Edition
from esperluette.territoires.models import Commune, Departement, Epci, Region


class TerritoireInconnu(ErreurMetier):
    """Une édition cite une région, un département, une intercommunalité ou une commune absents de la base."""


class Geste(StrEnum):
    """Ce que le chargement a fait d'une fiche."""

    CREEE = "créée"
    MISE_A_JOUR = "mise à jour d'après l'édition"
    INCHANGEE = "inchangée"
    RETIREE = "retirée, l'édition ne la cite plus"
    GARDEE = "gardée, corrigée à la main"
    EN_DESACCORD = "gardée, corrigée à la main alors que l'édition propose d'autres valeurs"
    ORPHELINE = "gardée, corrigée à la main alors que l'édition ne la cite plus"

    @property
    def ecrit(self) -> bool:
        """Vrai si la base a changé."""
        return self in (Geste.CREEE, Geste.MISE_A_JOUR, Geste.RETIREE)


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une fiche, ce qui lui est arrivé, et les champs où l'édition et la base diffèrent."""

    region: str
    fiche: str
    geste: Geste
    differences: tuple[str, ...] = ()
    sorte: str = ""
    identifiant: str = ""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class CompteRendu:
    """Ce que le chargement a fait, fiche par fiche."""

    lignes: tuple[Ligne, ...]

    def nombre(self, *gestes: Geste) -> int:
        """Combien de fiches ont connu l'un de ces gestes."""
        return sum(ligne.geste in gestes for ligne in self.lignes)

    @property
    def resume(self) -> str:
        """« 9 fiches : créée 7, inchangée 2 » : une phrase pour l'écran."""
        comptes = Counter(ligne.geste for ligne in self.lignes)
        details = " ; ".join(f"{geste.value} : {comptes[geste]}" for geste in Geste if comptes[geste])
        return f"{len(self.lignes)} fiches ({details})" if details else "aucune fiche dans les éditions"


@transaction.atomic
def charger_depuis_editions(
    acteur: Any = None, *, regions_choisies: Collection[str] = (), reprises: Collection[tuple[str, str]] = ()
) -> CompteRendu:
    """Pose en base les valeurs locales de l'édition en vigueur de chaque région. Tout ou rien ; rejouable.

    Une fiche corrigée à la main n'est jamais écrasée : le compte rendu le dit, avec les différences. Sauf si on le
    demande : `reprises` nomme les fiches (sorte, identifiant) qui reprennent les valeurs de l'édition.
    `regions_choisies` vide : toutes. Lève TerritoireInconnu si une édition cite un territoire absent du découpage.
    """
    return _parcourir(regions_choisies, acteur=acteur, ecrire=True, reprises=frozenset(reprises))


def prevoir_le_chargement(region: str) -> CompteRendu:
    """Ce que rechargerait `charger_depuis_editions` pour cette région, sans rien écrire."""
    return _parcourir([region], acteur=None, ecrire=False, reprises=frozenset())


def _parcourir(
    regions_choisies: Collection[str], *, acteur: Any, ecrire: bool, reprises: frozenset[tuple[str, str]]
) -> CompteRendu:
    lignes: list[Ligne] = []
    for cle in regions():
        edition = edition_en_vigueur(cle, timezone.localdate())
        if edition is None or (regions_choisies and cle not in regions_choisies):
            continue
        _verifier_les_codes(edition)
        region = Region.objects.get(cle=cle)
        for sorte in sortes():
            charge = _Chargement(sorte, region, edition, acteur, ecrire, reprises)
            lignes += charge.lignes(sorte.de_depart(edition))
    return CompteRendu(tuple(lignes))


def _verifier_les_codes(edition: Edition) -> None:
    territoires = [contact.territoire for contact in edition.local.contacts]
    cites: list[tuple[Any, set[str]]] = [
        (Region.objects.values_list("cle", flat=True), {edition.region}),
        (Commune.objects.values_list("pk", flat=True), {c for t in territoires for c in t.communes}),
        (Epci.objects.values_list("pk", flat=True), {c for t in territoires for c in t.epci}),
        (
            Departement.objects.values_list("pk", flat=True),
            {c for t in territoires for c in (*t.departements, *filter(None, [t.rubrique]))},
        ),
    ]
    absents = sorted(code for connus, codes in cites for code in codes - set(connus))
    if absents:
        raise TerritoireInconnu(
            f"L'édition {edition.region}/{edition.numero} cite des territoires absents de la base : "
            f"{', '.join(absents)}. Chargez le découpage (« esperluette territoires charger ») ou corrigez local.yaml."
        )


@dataclass(frozen=True, slots=True)
class _Chargement:
    """Une sorte de fiche, dans une région, d'après son édition ; écrit ou prévoit."""

    sorte: SorteDeFiche
    region: Region
    edition: Edition
    acteur: Any
    ecrire: bool
    reprises: frozenset[tuple[str, str]]

    def lignes(self, nouvelles: dict[str, Valeurs]) -> Iterable[Ligne]:
        connues = {
            fiche.identifiant: fiche
            for fiche in self.sorte.modele._default_manager.filter(region=self.region)
            .exclude(identifiant="")
            .prefetch_related(*self.sorte.suites)
        }
        for identifiant, valeurs in nouvelles.items():
            fiche = connues.pop(identifiant, None)
            if fiche is None:
                fiche = self.sorte.modele(region=self.region, identifiant=identifiant)
                yield self._appliquer(fiche, Geste.CREEE, valeurs)
                continue
            geste, differences = _comparer(self.sorte.en_base(fiche), fiche.valeurs_de_depart, valeurs)
            if differences and (self.sorte.cle, identifiant) in self.reprises:
                geste = Geste.MISE_A_JOUR
            yield self._appliquer(fiche, geste, valeurs, differences)
        for fiche in connues.values():
            actuelles = self.sorte.en_base(fiche)
            if actuelles != fiche.valeurs_de_depart:
                yield self._ligne(fiche, Geste.ORPHELINE)
            elif fiche.actif and self.sorte.retirable(fiche):
                yield self._appliquer(fiche, Geste.RETIREE, {**actuelles, "actif": False})

    def _appliquer(
        self, fiche: FicheSourcee, geste: Geste, valeurs: Valeurs, differences: tuple[str, ...] = ()
    ) -> Ligne:
        if geste.ecrit and self.ecrire:
            avant = self.sorte.en_base(fiche) if fiche.pk else {}
            fiche.edition = self.edition.numero
            fiche.valeurs_de_depart = valeurs
            self.sorte.poser(fiche, valeurs)
            if avant:
                _historiser(fiche, GesteDeFiche.CHARGEMENT, avant, valeurs, self.acteur)
            consigner(
                "fiche_chargee",
                fiche,
                acteur=self.acteur,
                edition=f"{self.edition.region}/{self.edition.numero}",
                geste=geste.name.lower(),
            )
        return self._ligne(fiche, geste, differences, valeurs)

    def _ligne(
        self, fiche: FicheSourcee, geste: Geste, differences: tuple[str, ...] = (), valeurs: Valeurs | None = None
    ) -> Ligne:
        nom = str(fiche) if fiche.pk else _nom_a_venir(self.sorte, self.region, valeurs or {}, fiche.identifiant)
        return Ligne(
            self.edition.region,
            nom,
            geste,
            differences,
            sorte=self.sorte.cle,
            identifiant=fiche.identifiant,
            pk=fiche.pk,
        )


def _nom_a_venir(sorte: SorteDeFiche, region: Region, valeurs: Valeurs, identifiant: str) -> str:
    """Le nom d'une fiche prévue mais pas encore créée."""
    return str(valeurs.get("nom") or valeurs.get("sigle") or valeurs.get("date") or identifiant)


def _comparer(actuelles: Valeurs, depart: Valeurs, nouvelles: Valeurs) -> tuple[Geste, tuple[str, ...]]:
    differences = tuple(sorted(champ for champ in nouvelles if nouvelles[champ] != actuelles.get(champ)))
    if not differences:
        return Geste.INCHANGEE, ()
    if actuelles == depart:
        return Geste.MISE_A_JOUR, differences
    return (Geste.GARDEE if nouvelles == depart else Geste.EN_DESACCORD), differences


def _historiser(fiche: FicheSourcee, geste: GesteDeFiche, avant: Valeurs, apres: Valeurs, acteur: Any) -> None:
    ModificationDeFiche.objects.create(fiche=fiche, geste=geste, avant=avant, apres=apres, auteur=acteur)
