"""Les courriels des sollicitations : qui attend quoi de qui, un lien. Jamais la question ni le chiffre."""

from django.conf import settings
from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.notifications.actions import envoyer_a_chacun
from esperluette.sollicitations.models import Sollicitation


def demandee(sollicitation: Sollicitation) -> None:
    """Aux agents : une équipe demande un chiffre."""
    _aux_agents("sollicitations/demande", sollicitation)


def relancee(sollicitation: Sollicitation) -> None:
    """Aux agents : l'équipe attend toujours."""
    _aux_agents("sollicitations/relance", sollicitation)


def repondue(sollicitation: Sollicitation) -> None:
    """À toute l'équipe : l'ARS a répondu, le chiffre est là ou elle ne l'a pas."""
    dossier = sollicitation.dossier
    membres = Compte.objects.filter(pk__in=dossier.equipe.membres.confirmes().values("compte_id"), is_active=True)
    lien = reverse("sollicitations:chiffres", args=[dossier.reference])
    contexte = {
        "dossier": dossier, "equipe": dossier.equipe, "etat": sollicitation.etat.value,
        "lien": f"{settings.ADRESSE_PUBLIQUE}{lien}#demande-{sollicitation.pk}",
    }  # fmt: skip
    envoyer_a_chacun("sollicitations/reponse", a=membres.order_by("pk"), objet_lie=dossier, contexte=contexte)


def _aux_agents(gabarit: str, sollicitation: Sollicitation) -> None:
    """Sans la référence du dossier : tant qu'il n'est pas déposé, l'agent n'a affaire qu'à la demande."""
    equipe = sollicitation.dossier.equipe
    lien = settings.ADRESSE_PUBLIQUE + reverse("chiffres:demande", args=[sollicitation.pk])
    contexte = {"equipe": equipe, "commune": equipe.implantation, "lien": lien}
    agents = [a for a in agents_a_prevenir(sollicitation.dossier) if a.is_active]
    envoyer_a_chacun(gabarit, a=agents, objet_lie=sollicitation, contexte=contexte)
