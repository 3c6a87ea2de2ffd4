"""Charger contacts et structures d'appui depuis les éditions, sans jamais écraser ce qui a été corrigé à la main."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.interlocuteurs import valeurs as v
from esperluette.interlocuteurs.models import Contact, StructureAppui
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


@dataclass(frozen=True, slots=True)
class _Sorte:
    """Comment lire, comparer et écrire une sorte de fiche."""

    modele: type[Contact] | type[StructureAppui]
    en_base: Callable[[Any], v.Valeurs]
    poser: Callable[[Any, v.Valeurs], None]
    suites: str


_CONTACTS = _Sorte(Contact, v.contact_en_base, v.poser_contact, "portees")
_STRUCTURES = _Sorte(StructureAppui, v.structure_en_base, v.poser_structure, "labellisations")


@transaction.atomic
def charger_depuis_editions(acteur: Any = None) -> CompteRendu:
    """Pose en base les valeurs locales de l'édition en vigueur de chaque région. Tout ou rien ; rejouable.

    Une fiche corrigée à la main n'est jamais écrasée : le compte rendu le dit, avec les différences.
    Lève TerritoireInconnu si une édition cite un territoire absent du découpage chargé.
    """
    lignes: list[Ligne] = []
    for cle in regions():
        edition = edition_en_vigueur(cle, timezone.localdate())
        if edition is None:
            continue
        _verifier_les_codes(edition)
        region = Region.objects.get(cle=cle)
        contacts = {c.id: v.contact_de_depart(c) for c in edition.local.contacts}
        structures = {s.id: v.structure_de_depart(s) for s in edition.local.structures}
        lignes += _charger(_CONTACTS, region, edition, contacts, acteur)
        lignes += _charger(_STRUCTURES, region, edition, structures, acteur)
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


def _charger(
    sorte: _Sorte, region: Region, edition: Edition, nouvelles: dict[str, v.Valeurs], acteur: Any
) -> Iterable[Ligne]:
    connues = {
        fiche.identifiant: fiche
        for fiche in sorte.modele._default_manager.filter(region=region)
        .exclude(identifiant="")
        .prefetch_related(sorte.suites)
    }
    for identifiant, valeurs in nouvelles.items():
        fiche = connues.pop(identifiant, None)
        if fiche is None:
            fiche = sorte.modele(region=region, identifiant=identifiant)
            geste, differences = Geste.CREEE, tuple[str, ...]()
        else:
            geste, differences = _comparer(sorte.en_base(fiche), fiche.valeurs_de_depart, valeurs)
        yield _appliquer(sorte, fiche, geste, edition, valeurs, acteur, differences)
    for fiche in connues.values():
        actuelles = sorte.en_base(fiche)
        if actuelles != fiche.valeurs_de_depart:
            yield Ligne(region.cle, str(fiche), Geste.ORPHELINE)
        elif fiche.actif:
            yield _appliquer(sorte, fiche, Geste.RETIREE, edition, {**actuelles, "actif": False}, acteur)


def _comparer(actuelles: v.Valeurs, depart: v.Valeurs, nouvelles: v.Valeurs) -> tuple[Geste, tuple[str, ...]]:
    differences = tuple(sorted(champ for champ in nouvelles if nouvelles[champ] != actuelles.get(champ)))
    if not differences:
        return Geste.INCHANGEE, ()
    if actuelles == depart:
        return Geste.MISE_A_JOUR, differences
    return (Geste.GARDEE if nouvelles == depart else Geste.EN_DESACCORD), differences


def _appliquer(
    sorte: _Sorte,
    fiche: Contact | StructureAppui,
    geste: Geste,
    edition: Edition,
    valeurs: v.Valeurs,
    acteur: Any,
    differences: tuple[str, ...] = (),
) -> Ligne:
    if geste.ecrit:
        fiche.edition = edition.numero
        fiche.valeurs_de_depart = valeurs
        sorte.poser(fiche, valeurs)
        consigner(
            "fiche_chargee",
            fiche,
            acteur=acteur,
            edition=f"{edition.region}/{edition.numero}",
            geste=geste.name.lower(),
        )
    return Ligne(edition.region, str(fiche), geste, differences)
