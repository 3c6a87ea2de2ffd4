"""Ce que les données disent du territoire d'une équipe : ses régions, ses zonages."""

from collections.abc import Iterable

from esperluette.equipes.models import Equipe
from esperluette.territoires import zonages
from esperluette.territoires.models import Region
from esperluette.territoires.zonages import Classement

__all__ = ["Classement", "classement_de", "lire_les_classements", "regions_de"]


def classement_de(equipe: Equipe) -> Classement:
    """Ce que les jeux chargés disent du territoire ; quatre requêtes, une fois par page tant qu'il ne change pas."""
    cle = _territoire(equipe)
    lu: tuple[tuple[str, ...], Classement] | None = getattr(equipe, "_classement_lu", None)
    if lu is None or lu[0] != cle:
        lu = (cle, zonages.classement(cle[0], cle[1:]))
        equipe._classement_lu = lu  # type: ignore[attr-defined]
    return lu[1]


def lire_les_classements(equipes: Iterable[Equipe]) -> None:
    """Lit d'un coup ce que `classement_de` dira de ces équipes : quatre requêtes en tout."""
    territoires = [(equipe, _territoire(equipe)) for equipe in equipes]
    dites = zonages.zonages_de(sorted({code for _, codes in territoires for code in codes}))
    for equipe, cle in territoires:
        equipe._classement_lu = (cle, zonages.classement(cle[0], cle[1:], dites=dites))  # type: ignore[attr-defined]


def _territoire(equipe: Equipe) -> tuple[str, ...]:
    """La commune d'implantation, puis celles du territoire."""
    return (equipe.implantation_id, *sorted(commune.pk for commune in equipe.communes.all()))


def regions_de(equipe: Equipe) -> tuple[str, ...]:
    """Les noms des régions du territoire ; une requête seulement s'il déborde de la région d'implantation."""
    codes = {commune.region_id for commune in equipe.communes.all()} | {equipe.implantation.region_id}
    if len(codes) == 1:
        return (equipe.region.nom,)
    return tuple(Region.objects.filter(pk__in=codes).order_by("nom").values_list("nom", flat=True))
