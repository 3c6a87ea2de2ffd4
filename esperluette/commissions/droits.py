"""Qui prépare une commission, qui la mène, qui y siège. Chaque refus dit sa raison.

Deux portes, et deux seulement : une `Fonction` de secrétariat (ou d'administrateur régional) ouvre la préparation ;
un `MandatDeSiege` en cours fait siéger. Une fonction de membre ou de président, sans mandat, n'ouvre aucun dossier.
"""

from typing import Any

from esperluette.commissions.conflits import ecarte
from esperluette.commissions.enums import EtatDeSeance, Niveau
from esperluette.commissions.models import Convocation, Instance, MandatDeSiege, Point, Seance, Siege
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import fonctions_actives, perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier

SECRETARIAT = (Role.SECRETARIAT,)
# Ceux qui disent qui siège et comment l'instance délibère.
COMPOSITION = (Role.SECRETARIAT, Role.ADMIN_REGIONAL)
# Ceux qui voient l'espace d'une commission sans y siéger : ils la préparent, ou y inscrivent des dossiers.
LECTEURS = (*COMPOSITION, *Role.INSTRUCTEURS, Role.ADMIN)
ECARTE = "Vous êtes intéressé à ce dossier, ou vous en êtes déporté : une autre personne le prépare."
PAS_LE_SECRETARIAT = "Ce geste revient au secrétariat de cette commission."


def couvre(compte: Any, instance: Instance, roles: tuple[str, ...]) -> bool:
    """Ce compte exerce-t-il l'un de ces rôles sur tout le ressort de l'instance ?

    Une instance régionale demande la région entière ; une départementale, son département ou sa région.
    """
    territoire = perimetre(compte, roles)
    if territoire.tout or instance.region_id in territoire.regions:
        return True
    return instance.niveau == Niveau.DEPARTEMENTAL and instance.departement_id in territoire.departements


def peut_consulter(compte: Any, instance: Instance) -> Permission:
    """Voir l'instance, ses séances et sa composition : secrétariat, administrateurs, agents de son ressort."""
    return OUI if concerne(compte, instance) else non("Cette commission n’est pas dans votre périmètre.")


def concerne(compte: Any, instance: Instance) -> bool:
    """Un agent d'un département voit aussi la commission de sa région : ses dossiers y passent."""
    if couvre(compte, instance, LECTEURS):
        return True
    fonctions = [f for f in fonctions_actives(compte) if f.role in LECTEURS]
    if instance.niveau == Niveau.DEPARTEMENTAL:
        return instance.departement_id in {f.departement_id for f in fonctions}
    regions = {f.region_id or (f.departement.region_id if f.departement else None) for f in fonctions}
    return instance.region_id in regions


def peut_preparer(compte: Any, instance: Instance) -> Permission:
    """Séances, ordre du jour, convocations, livret, déports : le secrétariat de l'instance."""
    return OUI if couvre(compte, instance, SECRETARIAT) else non(PAS_LE_SECRETARIAT)


def peut_composer(compte: Any, instance: Instance) -> Permission:
    """Sièges, mandats, règles propres : le secrétariat et l'administrateur régional."""
    if couvre(compte, instance, COMPOSITION):
        return OUI
    return non("La composition est tenue par le secrétariat de la commission et par l’administrateur de la région.")


def peut_annuler(compte: Any, seance: Seance) -> Permission:
    """Annuler une séance : qui tient le calendrier ; dès qu'un dossier y est inscrit, le secrétariat seul."""
    compose = peut_composer(compte, seance.instance)
    if not compose or peut_preparer(compte, seance.instance) or not seance.points.a_examiner().exists():
        return compose
    return non("Des dossiers sont inscrits à cette séance : son secrétariat l’annule, et dit où ils passent.")


def peut_creer_une_instance(compte: Any, region_id: str) -> Permission:
    """Ouvrir une instance qui manque : l'administrateur de la région, ou son secrétariat régional."""
    territoire = perimetre(compte, COMPOSITION)
    if territoire.tout or region_id in territoire.regions:
        return OUI
    return non("Une commission s’ouvre par l’administrateur de la région ou par son secrétariat régional.")


def peut_mener(compte: Any, seance: Seance) -> Permission:
    """Ouvrir et clore la séance : son président, ou le secrétariat."""
    if couvre(compte, seance.instance, SECRETARIAT) or preside(compte, seance):
        return OUI
    return non("La séance se mène par son président ou par le secrétariat.")


def preside(compte: Any, seance: Seance) -> bool:
    """Ce compte préside-t-il l'instance, le jour de la séance (ou aujourd'hui, si elle est à venir) ?"""
    if not isinstance(compte, Compte) or not compte.is_active:
        return False
    mandats = MandatDeSiege.objects.en_cours().filter(siege__instance=seance.instance_id, president=True)
    return mandats.filter(compte=compte).exists()


def preside_le_point_de(compte: Any, dossier: Dossier) -> bool:
    """Ce compte préside-t-il l'instance dont une séance examine ce dossier ? Un déport, ou un intérêt, l'en écarte."""
    if not isinstance(compte, Compte) or not compte.is_active:
        return False
    mandats = MandatDeSiege.objects.en_cours().filter(compte=compte, president=True)
    points = Point.objects.a_examiner().filter(dossier=dossier.pk, seance__etat__in=EtatDeSeance.ACTIVES)
    return points.filter(seance__instance__in=mandats.values("siege__instance")).exclude(ecarte(compte)).exists()


def siege_de(compte: Any, seance: Seance) -> Siege | None:
    """Le siège que ce compte tient à cette séance : il y est convoqué, et son mandat court encore. Deux requêtes."""
    if not isinstance(compte, Compte) or not compte.is_active:
        return None
    convocation = (
        Convocation.objects.filter(seance=seance, compte=compte, retiree_le=None, envoyee_le__isnull=False)
        .select_related("siege")
        .first()
    )
    if convocation is None:
        return None
    mandat = MandatDeSiege.objects.en_cours().filter(siege=convocation.siege_id, compte=compte)
    return convocation.siege if mandat.exists() else None


def est_deporte(compte: Any, point: Point) -> bool:
    """Un déport en vigueur, ou un intérêt que personne n'a constaté, l'écarte de ce point. Une requête."""
    return Point.objects.filter(ecarte(compte), pk=point.pk).exists()


def peut_se_deporter(compte: Any, point: Point) -> Permission:
    """Se déporter soi-même : un membre convoqué, tant que le point n'est pas examiné."""
    if siege_de(compte, point.seance) is None:
        return non("Seul un membre convoqué à cette séance se déporte.")
    return encore_modifiable(point)


def peut_deporter(compte: Any, point: Point) -> Permission:
    """Constater le déport d'un autre, ou l'annuler : le secrétariat."""
    permission = peut_preparer(compte, point.seance.instance)
    return encore_modifiable(point) if permission else permission


def encore_modifiable(point: Point) -> Permission:
    """Une séance close ou annulée ne change plus."""
    if point.seance.etat not in EtatDeSeance.ACTIVES:
        return non(f"La séance est {point.seance.etat_enum.label.lower()} : son ordre du jour ne change plus.")
    return OUI
