"""Ce qui vieillit dans une région, ce qu'une fiche a été, et ce qu'un rechargement changerait."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from esperluette.administration.tables import TABLES, jour
from esperluette.commissions.models import Seance
from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.lectures import perimetre
from esperluette.comptes.models import Compte
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.actions.fiches import Geste, Ligne, prevoir_le_chargement
from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.interlocuteurs.fiches import Valeurs, sorte
from esperluette.interlocuteurs.lectures import JOURS_AVANT_D_ETRE_ANCIEN
from esperluette.interlocuteurs.models import Contact, ModificationDeFiche, StructureAppui
from esperluette.reconnaissances.droits import RECONNAISSEURS
from esperluette.reconnaissances.models import Reconnaissance, ReconnaissanceQuerySet
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.territoires.models import Commune, Departement, Epci, Region

TABLE_DE_LA_SORTE = {table.sorte: table.cle for table in TABLES.values()}


# --- À rafraîchir ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alerte:
    """Une chose qui vieillit, pourquoi, et où la reprendre."""

    titre: str
    detail: str
    lien: str
    geste: str = "Vérifier"


def a_rafraichir(region: Region) -> list[Alerte]:
    """Ce que l'administrateur devrait revoir, le plus gênant d'abord ; un nombre fixe de requêtes."""
    return [
        *_sans_seance(region),
        *_labels_echus(region),
        *_desaccords(region),
        *_contacts_anciens(region),
    ]


def _lien(region: Region, table: str, pk: int | None = None) -> str:
    if pk is None:
        return reverse("administration:table", args=[region.cle, table])
    return reverse("administration:fiche", args=[region.cle, table, pk])


def _sans_seance(region: Region) -> Iterable[Alerte]:
    if not Seance.objects.publiees(region.cle).filter(fictive=False).a_venir().exists():
        yield Alerte(
            "Aucune séance à venir",
            "Le calendrier public renvoie vers l’ARS, faute de date.",
            reverse("administration:ajouter", args=[region.cle, "seances"]),
            "Ajouter une séance",
        )


def _labels_echus(region: Region) -> Iterable[Alerte]:
    structures = StructureAppui.objects.filter(region=region, actif=True).prefetch_related("labellisations")
    for structure in structures:
        labels = list(structure.labellisations.all())
        if labels and labels[0].est_echue:
            fin = f"Elle s’est achevée le {jour(labels[0].fin)}."
            yield Alerte(f"Labellisation échue : {structure}", fin, _lien(region, "structures", structure.pk))


def _contacts_anciens(region: Region) -> Iterable[Alerte]:
    limite = timezone.localdate() - datetime.timedelta(days=JOURS_AVANT_D_ETRE_ANCIEN)
    for contact in Contact.objects.filter(region=region, actif=True, source_date__lt=limite):
        detail = f"L’information date du {jour(contact.source_date)} ({contact.source_document})."
        yield Alerte(f"Contact de plus d’un an : {contact}", detail, _lien(region, "contacts", contact.pk))


def _desaccords(region: Region) -> Iterable[Alerte]:
    recharger = reverse("administration:recharger", args=[region.cle])
    try:
        lignes = changements_prevus(region)
    except ErreurMetier as erreur:
        yield Alerte("L’édition ne se charge pas", str(erreur), recharger, "Voir l’édition")
        return
    nouvelles = [x for x in lignes if x.geste.ecrit]
    if nouvelles:
        detail = f"{len(nouvelles)} fiche{'s' if len(nouvelles) > 1 else ''} à créer, à mettre à jour ou à retirer."
        yield Alerte("L’édition propose des changements", detail, recharger, "Voir l’aperçu")
    for ligne in lignes:
        if ligne.geste is Geste.EN_DESACCORD:
            detail = "L’édition est plus récente que votre correction et dit autre chose."
            yield Alerte(f"En désaccord avec l’édition : {ligne.fiche}", detail, recharger, "Comparer")
        elif ligne.geste is Geste.ORPHELINE and ligne.sorte in TABLE_DE_LA_SORTE:
            lien = _lien(region, TABLE_DE_LA_SORTE[ligne.sorte], ligne.pk)
            yield Alerte(f"L’édition ne cite plus : {ligne.fiche}", "Vous l’aviez corrigée : elle est gardée.", lien)


def changements_prevus(region: Region) -> list[Ligne]:
    """Ce qu'un rechargement de l'édition ferait, hors ce qui ne bouge pas ; rien si la région n'a pas d'édition."""
    if region.cle not in regions() or edition_en_vigueur(region.cle, timezone.localdate()) is None:
        return []
    return [ligne for ligne in prevoir_le_chargement(region.cle).lignes if ligne.geste is not Geste.INCHANGEE]


# --- Comparer, en mots ------------------------------------------------------------------------------------


LIBELLES = {
    "portees": "territoire",
    "labellisations": "labellisations",
    "rubrique_id": "rubrique du document",
    "departement_id": "département",
    "instance": "instance",
    "sieges": "sièges",
    "actif": "active",
}


@dataclass(frozen=True, slots=True)
class Changement:
    """Un champ, avant et après, en mots."""

    champ: str
    avant: str
    apres: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Une ligne de l'histoire d'une fiche."""

    modification: ModificationDeFiche
    changements: tuple[Changement, ...]


def comparer(modele: type[Model], avant: Valeurs, apres: Valeurs, noms: dict[str, str]) -> tuple[Changement, ...]:
    """Ce qui diffère entre deux états d'une fiche."""
    champs = [c for c in apres if apres[c] != avant.get(c)]
    return tuple(
        Changement(_libelle(modele, c), _en_mots(avant.get(c), noms), _en_mots(apres[c], noms)) for c in champs
    )


def histoire_de(fiche: Model) -> list[Moment]:
    """Les modifications d'une fiche, la dernière d'abord ; au plus cinq requêtes."""
    modifications = list(
        ModificationDeFiche.objects.filter(
            fiche_type=ContentType.objects.get_for_model(fiche), fiche_id=fiche.pk
        ).select_related("auteur")[:100]
    )
    noms = noms_des_endroits(v for m in modifications for v in (m.avant, m.apres))
    return [Moment(m, comparer(type(fiche), m.avant, m.apres, noms) if m.avant else ()) for m in modifications]


def noms_des_endroits(valeurs: Iterable[Valeurs]) -> dict[str, str]:
    """Les noms des territoires que ces valeurs citent par leur code ; trois requêtes au plus."""
    codes: dict[str, set[str]] = {}
    for valeur in valeurs:
        for niveau, code, _ in valeur.get("portees", []):
            codes.setdefault(niveau, set()).add(code)
    modeles: tuple[tuple[NiveauDePortee, Any], ...] = (
        (NiveauDePortee.COMMUNE, Commune),
        (NiveauDePortee.INTERCOMMUNALITE, Epci),
        (NiveauDePortee.DEPARTEMENT, Departement),
    )
    noms = {f"{NiveauDePortee.REGION.value}:": "toute la région"}
    for niveau, modele in modeles:
        cites = codes.get(niveau.value, set())
        if cites:
            trouves = modele.objects.filter(pk__in=cites).values_list("pk", "nom")
            noms |= {f"{niveau.value}:{code}": nom for code, nom in trouves}
    return noms


def _libelle(modele: type[Model], champ: str) -> str:
    libelle = LIBELLES.get(champ) or str(modele._meta.get_field(champ).verbose_name)  # type: ignore[union-attr]
    return libelle[:1].upper() + libelle[1:]


def _en_mots(valeur: Any, noms: dict[str, str]) -> str:
    if valeur is None or valeur == "" or valeur == []:
        return "—"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, dict):
        return " ; ".join(str(v) for v in valeur.values() if v)
    if isinstance(valeur, list):
        return ", ".join(_element(element, noms) for element in valeur)
    return str(valeur)


def _element(element: Any, noms: dict[str, str]) -> str:
    if not isinstance(element, list):
        return _en_mots(element, noms)
    if len(element) == 2:  # une labellisation
        return f"du {element[0] or '…'} au {element[1] or '…'}"
    if isinstance(element[2], bool):  # un siège : institution, nom, votant
        return f"{element[1]}{'' if element[2] else ' (observateur)'}"
    niveau, code, _interpretation = element
    return noms.get(f"{niveau}:{code}", f"{niveau} {code}".strip())


# --- Valeurs de la fiche, reconnaissances -------------------------------------------------------------------


def valeurs_de(cle: str, fiche: Any) -> Valeurs:
    """Les valeurs comparables d'une fiche."""
    return sorte(cle).en_base(fiche)


def reconnaissances_de(compte: Compte, region: Region) -> ReconnaissanceQuerySet:
    """Les reconnaissances de la région que ce compte peut corriger ; une requête."""
    territoire = perimetre(compte, RECONNAISSEURS).filtre("equipe__implantation")
    return (
        Reconnaissance.objects.filter(territoire, region=region)
        .select_related("equipe__implantation__departement", "region")
        .order_by("-debut", "pk")
    )


def equipes_a_reconnaitre(compte: Compte, region: Region) -> QuerySet[Equipe]:
    """Les équipes de son périmètre, dans cette région, par nom. L'action refuse un doublon."""
    territoire = perimetre(compte, RECONNAISSEURS).filtre("implantation")
    return Equipe.objects.filter(territoire, implantation__region=region).select_related("implantation__departement")
