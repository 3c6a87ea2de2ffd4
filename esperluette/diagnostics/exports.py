"""La part des diagnostics dans « mes données » : les tableaux d'effectifs déposés, les déclarations."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.diagnostics.models import Patientele, PatienteleCommune


def mes_patienteles(compte: Compte) -> dict[str, Any]:
    """Ce que cette personne a déposé ou déclaré : des effectifs, jamais des patients."""
    deposees = Patientele.objects.filter(importee_par=compte).order_by("pk")
    declarees = PatienteleCommune.objects.filter(declaree_par=compte).order_by("pk")
    return {
        "deposees": list(
            deposees.values("equipe__nom", "membre__nom", "version", "periode", "total", "importee_le", "retiree_le")
        ),
        "communes_declarees": list(
            declarees.values("equipe__nom", "membre__nom", "autre__nom", "effectif", "methode", "declaree_le")
        ),
    }
