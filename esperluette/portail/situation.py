"""Ce que les données disent d'un territoire : ses régions, ses zonages. Ce qui n'est pas chargé se demande."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from esperluette.referentiel.faits import Faits
from esperluette.territoires.models import AncienneCommune, Commune


@dataclass(frozen=True, slots=True)
class Classement:
    """Les zonages d'un territoire : connus, ou vrais d'une partie seulement (et pourquoi) ; `sources`, par zone."""

    zonages: Mapping[str, bool] = field(default_factory=dict)
    partiels: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def classement_de(implantation: str | None, communes: Sequence[str]) -> Classement:
    """Ce que les zonages chargés disent de ces communes ; vide s'il n'y en a pas."""
    return Classement()


def regions_de(codes: Iterable[str]) -> tuple[str, ...]:
    """Les noms des régions de ces communes, anciennes comprises, sans redite ; deux requêtes."""
    voulus = set(codes)
    if not voulus:
        return ()
    noms = dict(Commune.objects.filter(pk__in=voulus).values_list("pk", "region__nom"))
    if manquants := voulus - noms.keys():
        anciennes = AncienneCommune.objects.filter(code__in=manquants)
        noms |= dict(anciennes.values_list("code", "commune__region__nom"))
    return tuple(sorted(set(noms.values())))


def situer(faits: Faits) -> tuple[Faits, Classement]:
    """Les mêmes faits, avec ce que les données savent du territoire."""
    classement = classement_de(faits.implantation, faits.communes)
    codes = [*([faits.implantation] if faits.implantation else []), *faits.communes]
    situes = replace(faits.avec_classement(classement.zonages, classement.partiels), regions=regions_de(codes))
    return situes, classement
