"""Lire les reprises, et les démarches qu'on peut reprendre."""

from typing import Any

from django.utils import timezone

from esperluette.comptes.lectures import perimetre
from esperluette.dossiers.models import Depot
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.reprises.droits import REPRENEURS
from esperluette.reprises.models import Reprise, RepriseQuerySet
from esperluette.territoires.models import Region


def reprises_de(compte: Any) -> RepriseQuerySet:
    """Celles du périmètre de ce compte, avec ce que la liste et la fiche affichent ; une requête."""
    return Reprise.objects.visibles_par(compte).select_related(
        "equipe__implantation__departement", "equipe__implantation__region", "dossier", "par", "region"
    )


def demarches_reprenables(compte: Any) -> list[tuple[str, str]]:
    """Les démarches en ligne des régions de son périmètre : (identifiant, intitulé) ; une requête au plus."""
    territoire = perimetre(compte, REPRENEURS)
    regions = set(
        Region.objects.filter(pk__in=territoire.regions).values_list("cle", flat=True) if territoire.regions else ()
    )
    if territoire.departements or territoire.secteurs:
        departements = {*territoire.departements, *(s.departement for s in territoire.secteurs if s.departement)}
        regions |= set(Region.objects.filter(departements__in=departements).values_list("cle", flat=True))
    trouvees: dict[str, str] = {}
    for cle in sorted(regions):
        edition = edition_en_vigueur(cle, timezone.localdate())
        for demarche in edition.demarches if edition else ():
            if demarche.en_ligne:
                trouvees.setdefault(demarche.id, demarche.libelle)
    return list(trouvees.items())


def depot_repris(reprise: Reprise) -> Depot | None:
    """Le dépôt d'avant Esperluette, où se joignent les pages signées à la main ; None sans dossier déposé."""
    if reprise.dossier is None or not reprise.dossier.reprise:
        return None
    depot = reprise.dossier.depots.filter(depose_le__isnull=False).order_by("numero").first()
    return depot if depot is not None and depot.contenu.get("reprise") else None


def membres_d_alors(depot: Depot) -> dict[str, dict[str, Any]]:
    """Les membres que nomme le dépôt repris, par identifiant."""
    return {str(m["membre"]): m for m in depot.contenu["membres"]}
