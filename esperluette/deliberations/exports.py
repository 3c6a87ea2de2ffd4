"""La part des commissions dans « mes données » : où l'on siège, ce qu'on y a dit, ce dont on s'est écarté."""

from typing import Any

from esperluette.commissions.models import Convocation, Deport, InvitationDePorteur, MandatDeSiege
from esperluette.comptes.models import Compte
from esperluette.deliberations.models import Evaluation, Pouvoir, Presence, ProcesVerbal, Voix


def mes_seances(compte: Compte) -> dict[str, Any]:
    """Les mandats, convocations, présences, avis écrits, voix, mandats donnés et déports de cette personne."""
    mandats = MandatDeSiege.objects.filter(compte=compte).order_by("debut", "pk")
    convocations = Convocation.objects.filter(compte=compte).order_by("seance__date", "pk")
    invitations = InvitationDePorteur.objects.filter(compte=compte).order_by("pk")
    presences = Presence.objects.filter(compte=compte).order_by("pk")
    evaluations = Evaluation.objects.filter(compte=compte).order_by("pk")
    voix = Voix.objects.filter(compte=compte).order_by("pk")
    pouvoirs = Pouvoir.objects.filter(mandant=compte).order_by("pk")
    deports = Deport.objects.filter(compte=compte).order_by("pk")
    confies = ProcesVerbal.objects.filter(confie_a=compte).order_by("pk")
    return {
        "mandats": list(mandats.values("siege__libelle", "titulaire", "president", "debut", "fin")),
        "convocations": list(convocations.values("seance__date", "siege__libelle", "envoyee_le", "vue_le", "reponse")),
        "invitations_a_presenter": list(invitations.values("point__dossier__reference", "creneau", "vue_le")),
        "presences": list(presences.values("seance__date", "siege__libelle", "mode", "arrive_le", "parti_le")),
        "avis_ecrits": list(
            evaluations.values("point__dossier__reference", "valeurs", "avis_propose", "texte", "rendue_le")
        ),
        "voix": list(voix.values("point__dossier__reference", "sens", "exprimee_le")),
        "mandats_donnes": list(pouvoirs.values("seance__date", "de__libelle", "a__libelle", "donne_le", "retire_le")),
        "proces_verbaux_confies": list(confies.values("seance__date", "seance__instance__sigle", "valide_le")),
        "deports": list(deports.values("point__dossier__reference", "motif", "declare_le", "annule_le")),
    }
