"""Les courriels des compléments : un fait, un lien, jamais le contenu d'une remarque."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from esperluette.complements.models import DemandeDeComplements
from esperluette.comptes.models import Compte
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.models import Dossier
from esperluette.notifications.actions import envoyer_a_chacun


def membres(dossier: Dossier) -> list[Compte]:
    """Toute l'équipe : les membres confirmés."""
    return list(Compte.objects.filter(pk__in=dossier.equipe.membres.confirmes().values("compte_id")).order_by("pk"))


def a_l_equipe(gabarit: str, dossier: Dossier, page: str = "complements:remarques", **contexte: object) -> None:
    """À chaque membre de l'équipe."""
    lien = settings.ADRESSE_PUBLIQUE + reverse(page, args=[dossier.reference])
    _envoyer(gabarit, membres(dossier), dossier, lien=lien, **contexte)


def aux_agents(gabarit: str, dossier: Dossier, agents: Iterable[Compte], **contexte: object) -> None:
    """À ceux qui instruisent ou décident."""
    lien = f"{settings.ADRESSE_PUBLIQUE}/instruction/{dossier.reference}/"
    _envoyer(gabarit, agents, dossier, lien=lien, **contexte)


def _envoyer(gabarit: str, comptes: Iterable[Compte], dossier: Dossier, **contexte: object) -> None:
    complet = {"dossier": dossier, "equipe": dossier.equipe, **contexte}
    envoyer_a_chacun(gabarit, a=comptes, objet_lie=dossier, contexte=complet)


def demande_envoyee(demande: DemandeDeComplements) -> None:
    a_l_equipe("complements/demande", demande.dossier, demande=demande, nombre=demande.remarques.count())


def demande_prolongee(demande: DemandeDeComplements) -> None:
    a_l_equipe("complements/prolongation", demande.dossier, demande=demande)


def demande_annulee(demande: DemandeDeComplements) -> None:
    a_l_equipe("complements/annulation", demande.dossier, "dossiers:fiche", demande=demande)


def en_retard(demande: DemandeDeComplements) -> None:
    """La date limite est passée : à l'agent de voir."""
    aux_agents("complements/retard", demande.dossier, agents_a_prevenir(demande.dossier), demande=demande)
