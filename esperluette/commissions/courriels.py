"""Les courriels d'une commission : un fait, un lien, l'invitation d'agenda ; jamais un dossier, jamais un motif."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from esperluette.commissions import horaires, ics
from esperluette.commissions.models import Convocation, InvitationDePorteur, Seance
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.notifications.actions import PieceJointe, envoyer, envoyer_a_chacun


def lien_de(convocation: Convocation) -> str:
    """La page de convocation, à l'adresse publique du service."""
    return settings.ADRESSE_PUBLIQUE + reverse("commissions:convocation", args=[convocation.jeton])


def convocation(envoi: Convocation, gabarit: str = "convocation") -> None:
    """La convocation (ou son changement, sa relance), avec l'invitation d'agenda."""
    _a_un_membre(envoi, gabarit, ics.REQUEST)


def convocation_annulee(envoi: Convocation) -> None:
    """La séance n'aura pas lieu : l'agenda efface le rendez-vous."""
    _a_un_membre(envoi, "seance_annulee", ics.CANCEL)


def _a_un_membre(envoi: Convocation, gabarit: str, methode: str) -> None:
    envoyer(
        f"commissions/{gabarit}",
        a=envoi.compte,
        objet_lie=envoi.seance,
        contexte={
            "seance": envoi.seance,
            "instance": envoi.seance.instance,
            "siege": envoi.siege,
            "lien": lien_de(envoi),
        },
        pieces=[piece_jointe(envoi, methode)],
    )


def piece_jointe(envoi: Convocation, methode: str = ics.REQUEST) -> PieceJointe:
    """L'invitation d'agenda d'un membre."""
    seance = envoi.seance
    points = list(seance.points.a_l_ordre_du_jour())
    rendez_vous = ics.RendezVous(
        uid=f"convocation-{envoi.jeton}",
        sequence=envoi.sequence,
        titre=f"{seance.instance} : séance",
        debut=horaires.debut_de(seance),
        duree=horaires.duree_totale(points) or ics.DUREE_PAR_DEFAUT,
        lieu=horaires.ou(seance),
        lien=lien_de(envoi),
        description=f"Ordre du jour, lien de visioconférence et réponse : {lien_de(envoi)}",
        invite=ics.Invite(envoi.compte.courriel, str(envoi.compte)),
    )
    return _fichier(rendez_vous, methode)


def _fichier(rendez_vous: ics.RendezVous, methode: str) -> PieceJointe:
    return PieceJointe(
        "convocation.ics", f"text/calendar; charset=utf-8; method={methode}", ics.ecrire(rendez_vous, methode)
    )


def invitation(envoi: InvitationDePorteur, gabarit: str = "porteur_invite", methode: str = ics.REQUEST) -> None:
    """L'invitation d'un porteur à présenter son projet, avec son créneau."""
    seance, dossier = envoi.point.seance, envoi.point.dossier
    lien = settings.ADRESSE_PUBLIQUE + reverse("commissions:presentation", args=[envoi.jeton])
    rendez_vous = ics.RendezVous(
        uid=f"presentation-{envoi.jeton}",
        sequence=envoi.sequence,
        titre=f"{seance.instance} : présentation de votre projet",
        debut=envoi.creneau or seance.date,
        duree=horaires.duree_totale([envoi.point]),
        lieu=horaires.ou(seance),
        lien=lien,
        description=f"Vous présentez le projet de votre équipe : {lien}",
        invite=ics.Invite(envoi.compte.courriel, str(envoi.compte)),
    )
    envoyer(
        f"commissions/{gabarit}",
        a=envoi.compte,
        objet_lie=dossier,
        contexte={
            "seance": seance,
            "instance": seance.instance,
            "dossier": dossier,
            "creneau": envoi.creneau,
            "lien": lien,
        },
        pieces=[_fichier(rendez_vous, methode)],
    )


def a_l_equipe(dossier: Dossier, gabarit: str, seance: Seance) -> None:
    """À tous les membres confirmés : le projet passe en séance, change de date, ou n'y passe plus."""
    lien = settings.ADRESSE_PUBLIQUE + reverse("dossiers:fiche", args=[dossier.reference])
    membres = dossier.equipe.membres.confirmes().values("compte_id")
    envoyer_a_chacun(
        f"commissions/{gabarit}",
        a=Compte.objects.filter(pk__in=membres),
        objet_lie=dossier,
        contexte={
            "dossier": dossier,
            "equipe": dossier.equipe,
            "seance": seance,
            "instance": seance.instance,
            "lien": lien,
        },
    )


def ordre_du_jour_change(convocations: Iterable[Convocation]) -> None:
    """Aux convoqués : un dossier s'ajoute ou se retire après l'envoi des convocations."""
    for envoi in convocations:
        envoyer(
            "commissions/ordre_du_jour_change",
            a=envoi.compte,
            objet_lie=envoi.seance,
            contexte={"seance": envoi.seance, "instance": envoi.seance.instance, "lien": lien_de(envoi)},
        )
