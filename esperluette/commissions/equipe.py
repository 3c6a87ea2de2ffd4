"""Ce que l'équipe lit de la commission sur la page de son dossier : quand elle y passe, ou plus."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.commissions.enums import Issue, Modalite
from esperluette.commissions.inscriptions import point_actif
from esperluette.commissions.models import InvitationDePorteur, Point
from esperluette.commun.dates import en_lettres
from esperluette.dossiers.contributions import Bloc
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier


def blocs(dossier: Dossier, compte: Any) -> Iterator[Bloc]:
    """La séance où passe le projet, ou pourquoi il n'y passe plus. Deux requêtes au plus, aucune en brouillon."""
    if dossier.etat == Etat.INSCRIT:
        point = point_actif(dossier)
        if point is not None:
            yield _passage(point, compte)
    elif dossier.etat == Etat.EN_INSTRUCTION and dossier.motif:
        dernier = Point.objects.filter(dossier=dossier).select_related("seance__instance").order_by("-pk").first()
        if dernier is not None and dernier.issue == Issue.RETIRE and dernier.motif_retrait == dossier.motif:
            yield Bloc(
                "seance",
                f"Votre projet ne passe plus en {dernier.seance.instance.sigle} le {en_lettres(dernier.seance.date)}",
                f"{dossier.motif} Il reste en instruction ; une nouvelle date vous sera annoncée.",
                ordre=10,
            )


def _passage(point: Point, compte: Any) -> Bloc:
    seance = point.seance
    titre = f"Votre projet passe en {seance.instance.sigle} le {en_lettres(seance.date)}"
    if seance.modalite == Modalite.ECRITE:
        titre = f"Votre projet est soumis à la {seance.instance.sigle}, par écrit, le {en_lettres(seance.date)}"
    if not point.porteur_invite:
        return Bloc("seance", titre, "Rien à faire d’ici là : la commission délibère sur le dossier déposé.", ordre=10)
    invitation = InvitationDePorteur.objects.filter(point=point, compte=compte, annulee_le=None).first()
    return Bloc(
        "seance",
        titre,
        "Votre porteur est invité à présenter le projet ; son heure lui est envoyée avec les convocations.",
        reverse("commissions:presentation", args=[invitation.jeton]) if invitation else "",
        "Voir mon heure de passage" if invitation else "",
        urgent=invitation is not None,
        ordre=10,
    )
