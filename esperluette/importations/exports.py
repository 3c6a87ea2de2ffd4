"""La part des importations dans « mes données » : les fichiers qu'on a fait lire."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.importations.models import Importation, MorceauARanger, Proposition


def mes_importations(compte: Compte) -> dict[str, Any]:
    """Les trames déposées et les choix faits par cette personne, du plus ancien au plus récent."""
    deposees = Importation.objects.filter(deposee_par=compte).order_by("deposee_le", "pk")
    choix = Proposition.objects.filter(decidee_par=compte).order_by("decidee_le", "pk")
    ranges = MorceauARanger.objects.filter(decide_par=compte).order_by("decide_le", "pk")
    return {
        "trames_deposees": list(
            deposees.values("dossier__reference", "piece__fichier__nom", "etat", "deposee_le", "analysee_le")
        ),
        "choix_de_relecture": list(
            choix.values("importation__dossier__reference", "champ", "choix", "texte", "decidee_le")
        ),
        "passages_ranges": list(
            ranges.values("importation__dossier__reference", "champ", "sort", "texte", "decide_le")
        ),
    }
