"""Le courriel au porteur d'une équipe reprise : elle est là, et comment y entrer."""

from django.conf import settings
from django.urls import reverse

from esperluette.equipes.models import Equipe, Membre
from esperluette.notifications.actions import envoyer


def equipe_reprise(equipe: Equipe, porteur: Membre) -> None:
    """Au porteur : l'ARS a repris son équipe ; il s'y connecte avec cette adresse."""
    lien = settings.ADRESSE_PUBLIQUE + reverse("equipes:fiche", args=[equipe.pk])
    contexte = {"prenom": porteur.prenom, "equipe": equipe.nom, "ars": equipe.region.nom, "lien": lien}
    envoyer("reprises/equipe_reprise", a=porteur.compte or porteur.courriel, contexte=contexte, objet_lie=equipe)
