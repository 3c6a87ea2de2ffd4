"""Quel dossier passe devant quelle instance, dans quelle séance, et ce qu'il faut en dire avant de l'inscrire."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from esperluette.commissions.enums import EtatDeSeance, Issue, Niveau
from esperluette.commissions.models import Instance, Point, Seance
from esperluette.commissions.regles import edition_de_l_instance
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.models import Dossier
from esperluette.referentiel.modele import Affaire
from esperluette.referentiel.modele import Instance as InstanceDEdition


def instance_prevue(dossier: Dossier) -> InstanceDEdition | None:
    """L'instance que l'édition du dossier prévoit pour sa démarche ; rien si elle s'en passe."""
    cle = demarche_de(dossier).instance
    return next((i for i in edition_de(dossier).instances if i.id == cle), None) if cle else None


def affaire_de(dossier: Dossier) -> Affaire | None:
    """La sorte d'affaire dont ce dossier relève devant son instance."""
    prevue = instance_prevue(dossier)
    if prevue is None:
        return None
    return next((a for a in prevue.affaires if dossier.demarche in a.demarches), None)


def instances_de(dossier: Dossier) -> QuerySet[Instance]:
    """Les instances en service devant lesquelles ce dossier peut passer : celle de la région, ou du département
    d'implantation. Une requête.
    """
    cle, implantation = demarche_de(dossier).instance, dossier.equipe.implantation
    if not cle:
        return Instance.objects.none()
    ressort = Q(niveau=Niveau.REGIONAL) | Q(departement=implantation.departement_id)
    return Instance.objects.filter(
        ressort, region=implantation.region_id, instance_edition=cle, actif=True
    ).select_related("region", "departement")


def mauvaise_instance(dossier: Dossier, instance: Instance) -> str:
    """Pourquoi ce dossier ne passe pas devant cette instance ; vide s'il y passe."""
    if not demarche_de(dossier).instance:
        return "Cette démarche ne passe pas devant une commission."
    if instances_de(dossier).filter(pk=instance.pk).exists():
        return ""
    prevue = instance_prevue(dossier)
    voulue = prevue.sigle if prevue else "une autre commission"
    lieu = dossier.equipe.implantation.departement.nom
    ou = f" du département {lieu}" if prevue and prevue.niveau == Niveau.DEPARTEMENTAL.value else ""
    return f"Ce dossier relève de la {voulue}{ou}, non de {instance}."


def seances_ouvertes_a(dossier: Dossier) -> list[Seance]:
    """Les séances à venir où l'on peut encore l'inscrire, la plus proche d'abord. Deux requêtes au plus."""
    return list(
        Seance.objects.filter(
            instance__in=instances_de(dossier),
            etat__in=EtatDeSeance.EN_PREPARATION,
            date__gte=timezone.localdate(),
            actif=True,
            fictive=dossier.equipe.fictive,
        )
        .select_related("instance__departement", "instance__region")
        .annotate(inscrits=Count("points", filter=~Q(points__issue=Issue.RETIRE)))
        .order_by("date", "heure", "pk")
    )


def hors_delai(dossier: Dossier, seance: Seance) -> bool:
    """Le dossier a été reçu après la date limite de dépôt de cette séance."""
    if seance.depot_avant is None or dossier.depose_le is None:
        return False
    return timezone.localdate(dossier.depose_le) > seance.depot_avant


def places_restantes(seance: Seance) -> int | None:
    """Combien de dossiers tiennent encore ; négatif si l'on a dépassé, None si rien n'est fixé. Une requête, sauf
    si la séance a été lue avec son nombre d'inscrits."""
    if seance.capacite is None:
        return None
    inscrits: int | None = getattr(seance, "inscrits", None)
    return seance.capacite - (seance.points.a_l_ordre_du_jour().count() if inscrits is None else inscrits)


def dossiers_prets(instance: Instance) -> QuerySet[Dossier]:
    """Les dossiers en instruction qui relèvent de cette instance et ne sont inscrits nulle part. Une requête."""
    dossiers = Dossier.objects.filter(
        etat=Etat.EN_INSTRUCTION, demarche__in=demarches_de(instance), equipe__implantation__region=instance.region_id
    )
    if instance.niveau == Niveau.DEPARTEMENTAL:
        dossiers = dossiers.filter(equipe__implantation__departement=instance.departement_id)
    return (
        dossiers.exclude(points__issue=Issue.A_EXAMINER)
        .select_related("equipe__implantation__departement", "equipe__implantation__region", "instruit_par")
        .order_by("depose_le", "pk")
    )


def demarches_de(instance: Instance) -> list[str]:
    """Les démarches que l'édition en vigueur envoie devant cette instance."""
    edition = edition_de_l_instance(instance)
    if edition is None or not instance.instance_edition:
        return []
    return [d.id for d in edition.demarches if d.instance == instance.instance_edition]


def point_actif(dossier: Dossier) -> Point | None:
    """Le point à examiner de ce dossier, avec sa séance ; rien s'il n'est inscrit nulle part. Une requête."""
    return (
        Point.objects.a_examiner()
        .filter(dossier=dossier)
        .select_related("seance__instance__departement", "seance__instance__region", "rapporteur")
        .first()
    )
