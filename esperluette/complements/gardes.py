"""Ce que les compléments exigent du cycle, et ce qu'ils suivent de lui ; inscrits par `apps.py`."""

from esperluette.commun.permissions import OUI, Permission, non
from esperluette.complements.models import DemandeDeComplements, DemandeDeComplementsQuerySet
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import poser_echeance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import ouvertures_de


def remarques_traitees(dossier: Dossier, _compte: Compte) -> Permission:
    """Figer ou déposer un complément : chaque remarque a une réponse, ou ce qu'elle vise a changé."""
    if dossier.etat != Etat.A_COMPLETER:
        return OUI
    reste = sum(o.restantes for o in ouvertures_de(dossier))
    if not reste:
        return OUI
    return non(
        f"Il reste {reste} remarque{'s' if reste > 1 else ''} de l’ARS sans réponse : répondez, ou changez le champ."
    )


def garder_la_date(dossier: Dossier, _acteur: Compte) -> None:
    """Figer ou rouvrir n'efface pas la date limite de la demande."""
    avant_le = _actives(dossier).values_list("avant_le", flat=True).first()
    if avant_le is not None:
        poser_echeance(dossier, avant_le, NatureEcheance.COMPLEMENTS)


def noter_la_reponse(dossier: Dossier, _acteur: Compte) -> None:
    """Le dépôt répond à la demande en cours."""
    _actives(dossier).update(repondue_le=dossier.etat_depuis)


def clore(dossier: Dossier, _acteur: Compte) -> None:
    """Le dossier se ferme : rien n'attend plus."""
    _actives(dossier).update(close_le=dossier.etat_depuis)
    DemandeDeComplements.objects.filter(dossier=dossier, repondue_le__isnull=False, close_le=None).update(
        close_le=dossier.etat_depuis
    )


def _actives(dossier: Dossier) -> DemandeDeComplementsQuerySet:
    return DemandeDeComplements.objects.actives().filter(dossier=dossier)
