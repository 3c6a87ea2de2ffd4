"""Ce que les données disent du territoire d'une équipe : ses régions, ses zonages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from esperluette.equipes.models import Equipe
from esperluette.territoires.models import Region


@dataclass(frozen=True, slots=True)
class Classement:
    """Les zonages d'un territoire : connus, ou vrais d'une partie seulement (et la question que cela pose)."""

    zonages: Mapping[str, bool] = field(default_factory=dict)
    partiels: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def classement_de(equipe: Equipe) -> Classement:
    """Ce que les jeux chargés disent du territoire de l'équipe ; vide s'il n'y en a pas."""
    return Classement()


def regions_de(equipe: Equipe) -> tuple[str, ...]:
    """Les noms des régions du territoire ; une requête seulement s'il déborde de la région d'implantation."""
    codes = {commune.region_id for commune in equipe.communes.all()} | {equipe.implantation.region_id}
    if len(codes) == 1:
        return (equipe.region.nom,)
    return tuple(Region.objects.filter(pk__in=codes).order_by("nom").values_list("nom", flat=True))
