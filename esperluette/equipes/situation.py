"""Ce que les données disent du territoire d'une équipe : ses régions, ses zonages."""

from esperluette.equipes.models import Equipe
from esperluette.territoires import zonages
from esperluette.territoires.models import Region
from esperluette.territoires.zonages import Classement

__all__ = ["Classement", "classement_de", "regions_de"]


def classement_de(equipe: Equipe) -> Classement:
    """Ce que les jeux chargés disent du territoire ; quatre requêtes, une fois par page tant qu'il ne change pas."""
    communes = sorted(commune.pk for commune in equipe.communes.all())
    cle = (equipe.implantation_id, *communes)
    lu: tuple[tuple[str, ...], Classement] | None = getattr(equipe, "_classement_lu", None)
    if lu is None or lu[0] != cle:
        lu = (cle, zonages.classement(equipe.implantation_id, communes))
        equipe._classement_lu = lu  # type: ignore[attr-defined]
    return lu[1]


def regions_de(equipe: Equipe) -> tuple[str, ...]:
    """Les noms des régions du territoire ; une requête seulement s'il déborde de la région d'implantation."""
    codes = {commune.region_id for commune in equipe.communes.all()} | {equipe.implantation.region_id}
    if len(codes) == 1:
        return (equipe.region.nom,)
    return tuple(Region.objects.filter(pk__in=codes).order_by("nom").values_list("nom", flat=True))
