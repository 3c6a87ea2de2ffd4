"""Charger les fiches depuis les éditions, sans jamais écraser ce qui a été corrigé à la main ; tenir les fiches."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.interlocuteurs.droits import peut_tenir
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.interlocuteurs.fiches import SorteDeFiche, Valeurs, sorte_de, sortes
from esperluette.interlocuteurs.models import FicheSourcee, ModificationDeFiche
from esperluette.journal.actions import consigner
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import Edition
from esperluette.territoires.models import Commune, Departement, Epci, Region

F = TypeVar("F", bound=FicheSourcee)


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
    # Ce que dit la fiche, et ce que propose l'édition.
    en_base: Valeurs = field(default_factory=dict, compare=False)
    en_edition: Valeurs = field(default_factory=dict, compare=False)


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
    acteur: Any = None,
    *,
    regions_choisies: Collection[str] = (),
    reprises: Collection[tuple[str, str]] = (),
    trancher: bool = False,
) -> CompteRendu:
    """Pose en base les valeurs locales de l'édition en vigueur de chaque région. Tout ou rien ; rejouable.

    Une fiche corrigée à la main n'est jamais écrasée : le compte rendu le dit, avec les différences. Sauf si on le
    demande : `reprises` nomme les fiches (sorte, identifiant) qui reprennent les valeurs de l'édition ; `trancher` dit
    qu'on a vu les autres désaccords et qu'on garde ce qui est en base. `regions_choisies` vide : toutes.
    Lève TerritoireInconnu si une édition cite un territoire absent du découpage.
    """
    choix = _Choix(ecrire=True, reprises=frozenset(reprises), trancher=trancher)
    return _parcourir(regions_choisies, choix, acteur)


def recharger(region: Region, *, acteur: Any, reprises: Collection[tuple[str, str]] = ()) -> CompteRendu:
    """L'administrateur a lu l'aperçu : l'édition met à jour ce qui n'a pas été touché, et les fiches `reprises`."""
    exiger(peut_tenir(acteur, region.pk))
    return charger_depuis_editions(acteur, regions_choisies=[region.cle], reprises=reprises, trancher=True)


def prevoir_le_chargement(region: str) -> CompteRendu:
    """Ce que rechargerait `charger_depuis_editions` pour cette région, sans rien écrire."""
    return _parcourir([region], _Choix(ecrire=False), None)


@dataclass(frozen=True, slots=True)
class _Choix:
    """Écrire ou prévoir ; ce que la personne a décidé des fiches corrigées à la main."""

    ecrire: bool
    reprises: frozenset[tuple[str, str]] = frozenset()
    trancher: bool = False


def _parcourir(regions_choisies: Collection[str], choix: _Choix, acteur: Any) -> CompteRendu:
    lignes: list[Ligne] = []
    for cle in regions():
        edition = edition_en_vigueur(cle, timezone.localdate())
        if edition is None or (regions_choisies and cle not in regions_choisies):
            continue
        _verifier_les_codes(edition)
        region = Region.objects.get(cle=cle)
        for sorte in sortes():
            charge = _Chargement(sorte, region, edition, acteur, choix)
            lignes += charge.lignes(sorte.de_depart(edition))
    return CompteRendu(tuple(lignes))


def _verifier_les_codes(edition: Edition) -> None:
    territoires = [contact.territoire for contact in edition.local.contacts]
    cites: list[tuple[Any, str, set[str]]] = [
        (Region, "cle", {edition.region}),
        (Commune, "pk", {c for t in territoires for c in t.communes}),
        (Epci, "pk", {c for t in territoires for c in t.epci}),
        (Departement, "pk", {c for t in territoires for c in (*t.departements, *filter(None, [t.rubrique]))}),
    ]
    absents = sorted(
        code
        for modele, cle, codes in cites
        for code in codes - set(modele.objects.filter(**{f"{cle}__in": codes}).values_list(cle, flat=True))
    )
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
    choix: _Choix

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
            actuelles = self.sorte.en_base(fiche)
            geste, differences = _comparer(actuelles, fiche.valeurs_de_depart, valeurs)
            if differences and (self.sorte.cle, identifiant) in self.choix.reprises:
                geste = Geste.MISE_A_JOUR
            elif geste is Geste.EN_DESACCORD and self.choix.trancher:
                geste = self._garder(fiche, valeurs)
            yield self._appliquer(fiche, geste, valeurs, differences, actuelles)
        for fiche in connues.values():
            actuelles = self.sorte.en_base(fiche)
            if not _intacte(actuelles, fiche.valeurs_de_depart):
                yield self._ligne(fiche, Geste.ORPHELINE, (), actuelles, {})
            elif fiche.actif and self.sorte.retirable(fiche):
                yield self._appliquer(fiche, Geste.RETIREE, {**actuelles, "actif": False}, (), actuelles)

    def _garder(self, fiche: FicheSourcee, valeurs: Valeurs) -> Geste:
        """On a vu ce que propose l'édition et on garde la fiche : elle ne sera plus dite en désaccord avec elle."""
        fiche.edition, fiche.valeurs_de_depart = self.edition.numero, valeurs
        fiche.save(update_fields=["edition", "valeurs_de_depart"])
        return Geste.GARDEE

    def _appliquer(
        self,
        fiche: FicheSourcee,
        geste: Geste,
        valeurs: Valeurs,
        differences: tuple[str, ...] = (),
        actuelles: Valeurs | None = None,
    ) -> Ligne:
        # Avant d'écrire : la ligne dit ce qui était en base.
        ligne = self._ligne(fiche, geste, differences, actuelles or {}, valeurs)
        if not (geste.ecrit and self.choix.ecrire):
            return ligne
        fiche.edition, fiche.valeurs_de_depart = self.edition.numero, valeurs
        self.sorte.poser(fiche, valeurs)
        if actuelles:
            historiser(fiche, GesteDeFiche.CHARGEMENT, actuelles, valeurs, self.acteur)
        edition = f"{self.edition.region}/{self.edition.numero}"
        consigner("fiche_chargee", fiche, acteur=self.acteur, edition=edition, geste=geste.name.lower())
        return replace(ligne, fiche=str(fiche), pk=fiche.pk)

    def _ligne(
        self, fiche: FicheSourcee, geste: Geste, differences: tuple[str, ...], actuelles: Valeurs, nouvelles: Valeurs
    ) -> Ligne:
        return Ligne(
            self.edition.region,
            str(fiche) if fiche.pk else _nom_a_venir(nouvelles, fiche.identifiant),
            geste,
            differences,
            sorte=self.sorte.cle,
            identifiant=fiche.identifiant,
            pk=fiche.pk,
            en_base=actuelles,
            en_edition=nouvelles,
        )


def _nom_a_venir(valeurs: Valeurs, identifiant: str) -> str:
    """Le nom d'une fiche prévue mais pas encore créée."""
    return str(valeurs.get("nom") or valeurs.get("sigle") or valeurs.get("date") or identifiant)


def _comparer(actuelles: Valeurs, depart: Valeurs, nouvelles: Valeurs) -> tuple[Geste, tuple[str, ...]]:
    differences = tuple(sorted(champ for champ in nouvelles if nouvelles[champ] != actuelles.get(champ)))
    if not differences:
        return Geste.INCHANGEE, ()
    if _intacte(actuelles, depart):
        return Geste.MISE_A_JOUR, differences
    return (Geste.GARDEE if nouvelles == depart else Geste.EN_DESACCORD), differences


def _intacte(actuelles: Valeurs, depart: Valeurs) -> bool:
    """Personne n'a touché à la fiche ; un champ ajouté depuis au modèle ne compte pas."""
    return all(actuelles.get(champ) == valeur for champ, valeur in depart.items())


# --- Tenir une fiche à l'écran ----------------------------------------------------------------------


SORTES_D_ACTE = {
    GesteDeFiche.CREATION: "fiche_creee",
    GesteDeFiche.MODIFICATION: "fiche_modifiee",
    GesteDeFiche.DESACTIVATION: "fiche_desactivee",
    GesteDeFiche.REACTIVATION: "fiche_reactivee",
    GesteDeFiche.RETOUR: "fiche_revenue",
}


@transaction.atomic
def enregistrer_fiche(fiche: F, valeurs: Valeurs, *, acteur: Any, lue_le: datetime | None = None) -> F:
    """Crée ou modifie une fiche ; `valeurs` peut n'en donner qu'une partie. Sans changement, rien ne s'écrit.

    Pas de source, pas de fiche : ErreurMetier. Refus hors de la région de l'acteur. `lue_le` : quand la personne a
    ouvert le formulaire ; Conflit si la fiche a changé depuis.
    """
    exiger(peut_tenir(acteur, fiche.region_id))
    if fiche.pk is None:
        return _changer(fiche, GesteDeFiche.CREATION, {"actif": True, **valeurs}, acteur)
    fiche = _relire(fiche)
    if lue_le is not None and fiche.modifie_le > lue_le:
        raise Conflit("Quelqu’un a modifié cette fiche depuis que vous l’avez ouverte : relisez-la d’abord.")
    return _changer(fiche, GesteDeFiche.MODIFICATION, valeurs, acteur)


@transaction.atomic
def activer_fiche(fiche: F, actif: bool, *, acteur: Any) -> F:
    """Désactive une fiche (elle n'est plus montrée, son histoire reste) ou la réactive. Rejoué, sans effet."""
    exiger(peut_tenir(acteur, fiche.region_id))
    geste = GesteDeFiche.REACTIVATION if actif else GesteDeFiche.DESACTIVATION
    return _changer(_relire(fiche), geste, {"actif": actif}, acteur)


@transaction.atomic
def revenir(fiche: F, *, acteur: Any, modification: ModificationDeFiche | None = None) -> F:
    """Rend à une fiche ses valeurs d'avant cette modification, ou celles de l'édition si aucune n'est nommée."""
    exiger(peut_tenir(acteur, fiche.region_id))
    fiche = _relire(fiche)
    valeurs = modification.avant if modification is not None else fiche.valeurs_de_depart
    if not valeurs:
        raise ErreurMetier("Cette fiche n’a pas de valeurs précédentes : elle a été créée à l’écran.")
    return _changer(fiche, GesteDeFiche.RETOUR, dict(valeurs), acteur)


def _changer(fiche: F, geste: GesteDeFiche, valeurs: Valeurs, acteur: Any) -> F:
    """Le seul endroit qui change une fiche à l'écran : compare, écrit, garde l'histoire, journalise."""
    sorte = sorte_de(fiche)
    avant = sorte.en_base(fiche) if fiche.pk else {}
    apres = {**avant, **valeurs}
    if not str(apres.get("source_document") or "").strip() or not apres.get("source_date"):
        raise ErreurMetier("Dites d’où vient l’information, et de quand elle date : pas de source, pas de fiche.")
    if apres == avant:
        return fiche
    sorte.poser(fiche, apres)
    historiser(fiche, geste, avant, apres, acteur)
    champs = sorted(c for c in apres if apres[c] != avant.get(c)) if avant else []
    consigner(SORTES_D_ACTE[geste], fiche, acteur=acteur, fiche=sorte.cle, champs=champs)
    fiche.refresh_from_db()
    return fiche


def historiser(fiche: Model, geste: GesteDeFiche, avant: Valeurs, apres: Valeurs, acteur: Any) -> None:
    """Garde ce qu'une fiche disait avant et après un geste."""
    ModificationDeFiche.objects.create(fiche=fiche, geste=geste, avant=avant, apres=apres, auteur=acteur)


def _relire(fiche: F) -> F:
    modele = type(fiche)
    return modele._default_manager.select_for_update(of=("self",)).get(pk=fiche.pk)


def exiger(permission: Permission) -> None:
    """Lève Refus, avec sa raison, si la permission est refusée."""
    if not permission:
        raise Refus(permission.motif)
