"""La part des agents dans « mes données » : leurs absences, leurs filtres, ce qu'ils ont confié."""

from typing import Any

from django.db.models import Q

from esperluette.comptes.models import Compte
from esperluette.instruction.models import Absence, Affectation, Lot, VueDeListe


def mon_travail(compte: Compte) -> dict[str, list[Any]]:
    """Ce que la liste de l'agent garde de cette personne."""
    absences = Absence.objects.filter(Q(compte=compte) | Q(relais=compte))
    affectations = Affectation.objects.filter(Q(agent=compte) | Q(par=compte)).order_by("pk")
    return {
        "absences": list(absences.values("debut", "fin", "compte__courriel", "relais__courriel", "annulee_le")),
        "filtres": list(VueDeListe.objects.filter(compte=compte).values("nom", "requete", "colonnes")),
        "affectations": list(affectations.values("dossier__reference", "le", "motif")),
        "lots": list(Lot.objects.filter(compte=compte).values("geste", "prepare_le", "lance_le")),
    }
