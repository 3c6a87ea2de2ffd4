"""Ce que les apps du dessus ferment à l'écriture dans un dossier ; elles s'y inscrivent au démarrage.

from esperluette.dossiers.registre import GARDES_ECRITURE
GARDES_ECRITURE.inscrire(ma_garde)   # (dossier) -> Ouverture, ou None si elle ne restreint rien

Les gardes sont lues une fois par dossier chargé ; une action, qui relit le dossier sous verrou, les relit aussi.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.dossiers.models import Dossier
from esperluette.equipes.registres import Registre

PIECES = "@pieces"  # les pièces jointes, à côté des identifiants de champs


@dataclass(frozen=True, slots=True)
class Ouverture:
    """Ce qui reste ouvert à l'écriture (identifiants de champs, `PIECES`), et pourquoi le reste ne l'est pas.

    `remarques` : combien de remarques par champ, pour le menu. `restantes` sur `total` attendent l'équipe `avant_le`.
    """

    ouverts: frozenset[str]
    motif: str
    remarques: Mapping[str, int] = field(default_factory=dict)
    restantes: int = 0
    total: int = 0
    avant_le: date | None = None
    lien: str = ""
    geste: str = ""


# (dossiers) -> None : lit d'un coup, pour plusieurs dossiers, ce que les gardes liraient pour chacun.
PRECHARGES: Registre[Callable[[Sequence[Dossier]], None]] = Registre("ce qu'on lit d'avance pour plusieurs dossiers")
GARDES_ECRITURE: Registre[Callable[[Dossier], Ouverture | None]] = Registre("ce qui reste ouvert dans un dossier")


def ouvertures_de(dossier: Dossier) -> list[Ouverture]:
    """Les restrictions en cours ; lues une fois pour cet objet."""
    if not hasattr(dossier, "_ouvertures"):
        trouvees = [ouverture for garde in GARDES_ECRITURE if (ouverture := garde(dossier)) is not None]
        dossier._ouvertures = trouvees  # type: ignore[attr-defined]
    return dossier._ouvertures  # type: ignore[attr-defined, no-any-return]


def ouvert_a_l_ecriture(dossier: Dossier, chemin: str) -> Permission:
    """Ce champ (ou `PIECES`) peut-il changer maintenant ? Ne dit rien du droit de la personne."""
    cle = chemin.split("/")[0]
    for ouverture in ouvertures_de(dossier):
        if cle not in ouverture.ouverts:
            return non(ouverture.motif)
    return OUI
