"""La part des sollicitations dans « mes données » : les chiffres qu'on a demandés, ceux qu'on a donnés."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.sollicitations.models import Sollicitation


def mes_sollicitations(compte: Compte) -> dict[str, Any]:
    """Ce que cette personne a demandé pour son équipe, et répondu pour l'ARS, du plus ancien au plus récent."""
    demandees = Sollicitation.objects.filter(demandee_par=compte).order_by("demandee_le", "pk")
    retirees = Sollicitation.objects.filter(retiree_par=compte).order_by("retiree_le", "pk")
    repondues = Sollicitation.objects.filter(repondue_par=compte).order_by("repondue_le", "pk")
    return {
        "chiffres_demandes": list(
            demandees.values("dossier__reference", "rubrique_intitule", "libelle", "precisions", "demandee_le")
        ),
        "demandes_retirees": list(retirees.values("dossier__reference", "libelle", "retiree_le")),
        # Sans la référence : l'agent répond à une demande, le brouillon n'est pas à lui.
        "reponses_donnees": list(
            repondues.values(
                "libelle", "issue", "valeur", "unite", "source", "millesime", "commentaire", "motif", "repondue_le"
            )
        ),
    }
