"""Ce que les données disent d'une équipe : ses régions, ses zonages, et ce que des actes de l'ARS établissent."""

from collections.abc import Callable, Iterable

from esperluette.equipes.models import Equipe
from esperluette.equipes.registres import CONSTATS
from esperluette.referentiel.faits import Constat
from esperluette.territoires import zonages
from esperluette.territoires.models import Region
from esperluette.territoires.zonages import Classement

__all__ = ["Classement", "Constats", "classement_de", "constats_de", "lire_d_un_coup", "regions_de"]


def classement_de(equipe: Equipe) -> Classement:
    """Ce que les jeux chargés disent du territoire ; quatre requêtes, une fois par page tant qu'il ne change pas."""
    cle = _territoire(equipe)
    lu: tuple[tuple[str, ...], Classement] | None = getattr(equipe, "_classement_lu", None)
    if lu is None or lu[0] != cle:
        lu = (cle, zonages.classement(cle[0], cle[1:]))
        equipe._classement_lu = lu  # type: ignore[attr-defined]
    return lu[1]


def lire_d_un_coup(equipes: Iterable[Equipe]) -> None:
    """Lit d'un coup ce que `classement_de` dira de ces équipes (quatre requêtes), et partage leurs constats."""
    equipes = list(equipes)
    constats = Constats(equipes)
    for equipe in equipes:
        equipe._constats = constats  # type: ignore[attr-defined]
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


class Constats:
    """Ce que des actes établissent de ces équipes : chaque fait se lit à sa première demande, pour toutes."""

    def __init__(self, equipes: Iterable[Equipe]) -> None:
        self._equipes = list(equipes)
        self._lus: dict[str, dict[int, Constat]] = {}

    def de(self, equipe: Equipe) -> Callable[[str], Constat | None]:
        """De quoi répondre pour une équipe, clé par clé."""
        return lambda cle: self._lire(cle).get(equipe.pk)

    def _lire(self, cle: str) -> dict[int, Constat]:
        if cle not in self._lus:
            self._lus[cle] = {}
            for lire in CONSTATS:
                self._lus[cle] |= lire(self._equipes, cle)
        return self._lus[cle]


def constats_de(equipe: Equipe) -> Callable[[str], Constat | None]:
    """Ce que des actes établissent de cette équipe ; gardé le temps d'une page, partagé si lue `lire_d_un_coup`."""
    constats: Constats | None = getattr(equipe, "_constats", None)
    if constats is None:
        constats = equipe._constats = Constats([equipe])  # type: ignore[attr-defined]
    return constats.de(equipe)
