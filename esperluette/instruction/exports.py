"""La part de l'instruction dans « mes données » : ses absences, ses filtres, ce qu'on a noté dans une grille."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.instruction.models import Absence, VueDeListe
from esperluette.instruction.models_fiche import LigneDeGrille, LigneEnConflit


def mon_instruction(compte: Compte) -> dict[str, Any]:
    """Ce que cet agent a posé pour lui-même ou écrit dans une grille."""
    absences = Absence.objects.filter(compte=compte).order_by("debut", "pk")
    vues = VueDeListe.objects.filter(compte=compte).order_by("nom", "pk")
    lignes = LigneDeGrille.objects.filter(modifie_par=compte).order_by("pk")
    conflits = LigneEnConflit.objects.filter(auteur=compte).order_by("pk")
    return {
        "absences": list(absences.values("debut", "fin", "relais__courriel", "annulee_le")),
        "filtres_enregistres": list(vues.values("nom", "requete", "colonnes")),
        "grille": list(lignes.values("dossier__reference", "critere", "valeur", "texte", "modifie_le")),
        "grille_en_conflit": list(conflits.values("ligne__dossier__reference", "valeur", "texte", "le")),
    }
