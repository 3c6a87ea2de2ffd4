"""La part des délibérations dans « mes données » : ce qu'on a lu, écrit, voté, levé."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.deliberations.models import EtapeDeReserve, Evaluation, Presence, Voix


def mes_deliberations(compte: Compte) -> dict[str, Any]:
    """Tout ce que cette personne a dit en commission, ou d'une réserve, du plus ancien au plus récent."""
    evaluations = Evaluation.objects.filter(compte=compte).order_by("lue_le", "pk")
    voix = Voix.objects.filter(compte=compte).order_by("exprimee_le", "pk")
    presences = Presence.objects.filter(compte=compte).order_by("pk")
    etapes = EtapeDeReserve.objects.filter(par=compte).order_by("le", "pk")
    return {
        "avis_ecrits": list(
            evaluations.values("point__dossier__reference", "avis_propose", "texte", "valeurs", "lue_le", "rendue_le")
        ),
        "voix": list(voix.values("point__dossier__reference", "sens", "exprimee_le")),
        "presences": list(presences.values("seance__date", "mode", "arrive_le", "parti_le")),
        "reserves": list(etapes.values("reserve__dossier__reference", "geste", "texte", "le")),
    }
