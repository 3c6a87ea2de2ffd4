"""Les instances et les séances d'une édition, et celles de la base, sous la même forme JSON."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Niveau
from esperluette.commissions.models import Instance, Seance, Siege
from esperluette.interlocuteurs.fiches import SorteDeFiche, Valeurs
from esperluette.interlocuteurs.valeurs import CHAMPS_SOURCE, en_json, valeurs_de_source
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.modele import Seance as SeanceDeDepart
from esperluette.territoires.models import Departement

CHAMPS_INSTANCE = (*CHAMPS_SOURCE, "actif", "instance_edition", "departement_id", "niveau", "sigle", "nom")
CHAMPS_SEANCE = (
    *CHAMPS_SOURCE, "actif", "date", "heure", "lieu", "a_distance", "lien_visio", "depot_avant", "capacite",
    "publique",
)  # fmt: skip


def instances_de_depart(edition: Edition) -> dict[str, Valeurs]:
    """Une instance régionale ; ou une par département de la région, plus une sans département si des dates
    publiées ne disent pas lequel.
    """
    sans_departement = {seance.instance for seance in edition.local.seances}
    departements = list(
        Departement.objects.filter(region__cle=edition.region).order_by("pk").values_list("pk", flat=True)
    )
    proposees: dict[str, Valeurs] = {}
    for instance in edition.instances:
        communes = {
            **valeurs_de_source(instance.source),
            "instance_edition": instance.id,
            "departement_id": None,
            "niveau": instance.niveau,
            "sigle": instance.sigle,
            "nom": instance.nom,
            "sieges": [[s.id, s.libelle, not s.observateur] for s in instance.sieges],
        }
        if instance.niveau == Niveau.REGIONAL.value or instance.id in sans_departement:
            proposees[instance.id] = communes
        if instance.niveau == Niveau.DEPARTEMENTAL.value:
            proposees |= {f"{instance.id}-{d.lower()}": {**communes, "departement_id": d} for d in departements}
    return proposees


def instance_en_base(instance: Instance) -> Valeurs:
    """Les valeurs d'une instance telles qu'elles sont en base, avec ses sièges en service."""
    sieges = [[s.institution, s.libelle, s.votant] for s in instance.sieges.all() if s.actif]
    return {**{champ: en_json(getattr(instance, champ)) for champ in CHAMPS_INSTANCE}, "sieges": sieges}


def poser_instance(instance: Instance, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur l'instance et ses sièges, et l'enregistre."""
    for champ in CHAMPS_INSTANCE:
        setattr(instance, champ, valeurs[champ])
    instance.save()
    if "sieges" in valeurs:  # une valeur gardée d'avant les sièges n'en dit rien
        poser_les_sieges(instance, valeurs["sieges"])


def poser_les_sieges(instance: Instance, voulus: Sequence[Sequence[Any]]) -> None:
    """Met l'instance à ces sièges : [institution, libellé, votant]. Un siège de trop est mis hors service, jamais
    supprimé : ses mandats et ses convocations restent dans l'histoire.
    """
    connus = list(Siege.objects.filter(instance=instance))
    for siege in connus:  # d'abord libérer les noms
        siege.actif = False
    Siege.objects.bulk_update(connus, ["actif"])
    for ordre, (institution, libelle, votant) in enumerate(voulus, start=1):
        pareils = [s for s in connus if (s.institution == institution if institution else s.libelle == libelle)]
        siege = pareils[0] if pareils else Siege(instance=instance, institution=institution)
        siege.libelle, siege.votant, siege.ordre, siege.actif = libelle, votant, ordre, True
        siege.save()


def seances_de_depart(edition: Edition) -> dict[str, Valeurs]:
    """Les séances que l'édition publie ; deux le même jour, pour la même instance, n'en font qu'une."""
    return {f"{s.instance}-{s.date:%Y%m%d}": _seance(s) for s in edition.local.seances}


def _seance(seance: SeanceDeDepart) -> Valeurs:
    return {
        **valeurs_de_source(seance.source),
        "instance": seance.instance,
        "date": en_json(seance.date),
        "heure": None,
        "lieu": seance.lieu,
        "a_distance": False,
        "lien_visio": "",
        "depot_avant": en_json(seance.depot_avant),
        "capacite": None,
        "publique": True,
        "etat": EtatDeSeance.PREVUE.value,
    }


def seance_en_base(seance: Seance) -> Valeurs:
    """Les valeurs d'une séance telles qu'elles sont en base ; l'instance y est nommée par son identifiant.

    De son état, la fiche ne retient qu'une chose : la séance est annulée, ou elle est tenue pour prévue.
    """
    annulee = seance.etat == EtatDeSeance.ANNULEE
    return {
        **{champ: en_json(getattr(seance, champ)) for champ in CHAMPS_SEANCE},
        "instance": seance.instance.identifiant or str(seance.instance_id),
        "etat": (EtatDeSeance.ANNULEE if annulee else EtatDeSeance.PREVUE).value,
    }


def poser_seance(seance: Seance, valeurs: Valeurs) -> None:
    """Écrit ces valeurs sur la séance, et l'enregistre. L'instance est de la même région.

    Sauf l'état : `cycle.franchir_seance` est seul à l'écrire.
    """
    for champ in CHAMPS_SEANCE:
        setattr(seance, champ, valeurs[champ])
    seance.instance = instance_nommee(seance.region_id, valeurs["instance"])
    seance.save()


def instance_nommee(region_id: str, nom: str) -> Instance:
    """L'instance d'une région, par son identifiant d'édition ou, saisie à l'écran, par son numéro."""
    par: dict[str, Any] = {"pk": nom} if nom.isascii() and nom.isdecimal() else {"identifiant": nom}
    return Instance.objects.get(region_id=region_id, **par)


def encore_a_venir(seance: Seance) -> bool:
    """Une séance passée garde sa place dans l'histoire, même si l'édition suivante ne la cite plus."""
    return seance.date >= timezone.localdate()


INSTANCES = SorteDeFiche(
    "instance",
    Instance,
    instance_en_base,
    poser_instance,
    instances_de_depart,
    suites=("departement", "sieges"),
    ordre=30,
)
SEANCES = SorteDeFiche(
    "seance",
    Seance,
    seance_en_base,
    poser_seance,
    seances_de_depart,
    encore_a_venir,
    suites=("instance__departement",),
    ordre=40,
)
