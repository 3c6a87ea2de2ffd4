"""L'avis de la commission, tel que la décision le lit : le seul endroit qui sait d'où il vient."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from esperluette.decisions.enums import Sens
from esperluette.deliberations.enums import EtatDeReserve
from esperluette.deliberations.lectures import avis_de, reserves_de
from esperluette.dossiers.models import Dossier

# L'effet d'un avis (`commissions.regles.AvisPossible`), et la décision qu'il propose.
PROPOSE = {
    "favorable": Sens.ACCORD,
    "reserves": Sens.ACCORD_RESERVES,
    "ajournement": Sens.AJOURNEMENT,
    "defavorable": Sens.REFUS,
}


@dataclass(frozen=True, slots=True)
class AvisLu:
    """L'avis rendu sur un dossier. `sens` : la décision qu'il propose, vide si on ne sait pas le dire."""

    seance_le: date
    libelle: str = ""
    sens: str = ""
    motif: str = ""
    reserves: tuple[str, ...] = ()


def avis_lu(dossier: Dossier) -> AvisLu | None:
    """Le dernier avis rendu sur ce dossier, avec les réserves qui tiennent encore ; trois requêtes au plus."""
    passage = dossier.passages.filter(geste="rendre_avis").order_by("-le", "-pk").first()
    if passage is None:
        return None
    le = timezone.localdate(passage.le)
    rendu = avis_de(dossier)
    if rendu is None or rendu.definitif_le is None or rendu.definitif_le < passage.le:
        return AvisLu(le)  # rendu sans passer par une séance tenue ici
    reserves = reserves_de(dossier).filter(point=rendu.point).exclude(etat=EtatDeReserve.ABANDONNEE)
    return AvisLu(
        min(rendu.point.seance.date, le),
        rendu.libelle,
        PROPOSE.get(rendu.effet, ""),
        rendu.motif,
        tuple(" ".join(r.texte.split()) for r in reserves),
    )
