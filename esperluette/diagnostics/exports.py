"""La part du diagnostic dans « mes données » : effectifs déposés, déclarations, constats dont on a décidé."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.diagnostics.models import ConstatRetenu, Patientele, PatienteleCommune


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


def mes_constats(compte: Compte) -> list[dict[str, Any]]:
    """Chaque décision en cours de cette personne : l'équipe, le constat, la phrase retenue."""
    siens = ConstatRetenu.objects.filter(par=compte).order_by("pk")
    champs = siens.values("equipe__nom", "constat", "decision", "phrase", "phrase_origine", "le")
    return [dict(constat) for constat in champs]
