"""Ce que les données disent d'un territoire : ses régions, ses zonages. Ce qui n'est pas chargé se demande."""

from collections.abc import Iterable
from dataclasses import replace

from esperluette.referentiel.faits import Faits
from esperluette.territoires.models import AncienneCommune, Commune
from esperluette.territoires.zonages import Classement, classement


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
    """Les mêmes faits, avec ce que les données savent du territoire ; six requêtes au plus."""
    classes = classement(faits.implantation, faits.communes)
    codes = [*([faits.implantation] if faits.implantation else []), *faits.communes]
    situes = replace(faits.avec_classement(classes.zonages, classes.partiels), regions=regions_de(codes))
    return situes, classes
