"""Inviter un porteur à présenter son projet, à son heure ; le suivre quand l'ordre change."""

from datetime import datetime

from django.utils import timezone

from esperluette.commissions import courriels, ics
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.horaires import heures_de_passage
from esperluette.commissions.models import InvitationDePorteur, Point, Seance


def inviter_le_porteur(point: Point) -> InvitationDePorteur | None:
    """Invite le porteur de l'équipe, avec son créneau. Rejoué, ne renvoie rien. Dans la transaction de l'appelant."""
    porteur = point.dossier.equipe.membres.filter(porteur=True).select_related("compte").first()
    if porteur is None or porteur.compte is None:
        return None
    envoi, nouveau = InvitationDePorteur.objects.get_or_create(point=point, compte=porteur.compte)
    if nouveau or envoi.annulee_le is not None:
        envoi.sequence += 0 if nouveau else 1
        envoi.annulee_le = None
        _envoyer(envoi, _creneau(point))
    return envoi


def mettre_a_jour_les_creneaux(seance: Seance, *, tout: bool = False) -> int:
    """Après un changement d'ordre, de durée ou d'heure : les porteurs dont le créneau bouge reçoivent le nouveau.

    `tout` : le lieu ou la date a changé, chacun est prévenu. Rend le nombre d'envois.
    """
    if seance.etat != EtatDeSeance.CONVOQUEE:
        return 0
    heures = heures_de_passage(seance, seance.points.a_l_ordre_du_jour())
    envois = InvitationDePorteur.objects.filter(point__seance=seance, annulee_le=None).select_related(
        "compte", "point__dossier", "point__seance__instance__departement"
    )
    bouges = [e for e in envois if tout or e.creneau != heures.get(e.point_id)]
    for envoi in bouges:
        envoi.sequence += 1
        _envoyer(envoi, heures.get(envoi.point_id), "porteur_deplace")
    return len(bouges)


def annuler_l_invitation(point: Point) -> None:
    """Le porteur n'est plus attendu : son agenda efface le rendez-vous."""
    envois = InvitationDePorteur.objects.filter(point=point, annulee_le=None, envoyee_le__isnull=False)
    for envoi in envois.select_related("compte", "point__dossier", "point__seance__instance__departement"):
        envoi.sequence += 1
        envoi.annulee_le = timezone.now()
        envoi.save(update_fields=["sequence", "annulee_le"])
        courriels.invitation(envoi, "porteur_decommande", ics.CANCEL)


def _creneau(point: Point) -> datetime | None:
    return heures_de_passage(point.seance, point.seance.points.a_l_ordre_du_jour()).get(point.pk)


def _envoyer(envoi: InvitationDePorteur, creneau: datetime | None, gabarit: str = "porteur_invite") -> None:
    envoi.creneau, envoi.envoyee_le = creneau, timezone.now()
    envoi.save(update_fields=["creneau", "envoyee_le", "sequence", "annulee_le"])
    courriels.invitation(envoi, gabarit)
