"""Les courriels des échanges : qui a écrit, dans quel dossier, un lien. Jamais ce qui est écrit."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from esperluette.comptes.models import Compte
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.echanges.enums import Cote
from esperluette.echanges.models import Message, NoteInterne
from esperluette.notifications.actions import envoyer


def message_envoye(message: Message) -> None:
    """À l'autre côté du fil, une fois par personne ; l'auteur n'est jamais prévenu de son propre message."""
    if message.cote == Cote.EQUIPE:
        gabarit, lien = "echanges/message_de_l_equipe", f"/instruction/{message.dossier.reference}/echanges/"
        destinataires = agents_a_prevenir(message.dossier)
    else:
        gabarit = "echanges/message_de_l_ars"
        lien = reverse("echanges:fil", args=[message.dossier.reference])
        membres = message.dossier.equipe.membres.confirmes().values("compte_id")
        destinataires = list(Compte.objects.filter(pk__in=membres, is_active=True).order_by("pk"))
    for compte in {c.pk: c for c in destinataires if c.pk != message.auteur_id}.values():
        contexte = {"auteur": message.auteur, "dossier": message.dossier, "lien": settings.ADRESSE_PUBLIQUE + lien}
        envoyer(gabarit, a=compte, contexte=contexte, objet_lie=message.dossier)


def mention(note: NoteInterne, prevenus: Iterable[Compte]) -> None:
    """À chaque collègue appelé : quelqu'un l'attend dans les notes d'un dossier."""
    lien = f"{settings.ADRESSE_PUBLIQUE}/instruction/{note.dossier.reference}/notes/"
    for compte in prevenus:
        contexte = {"auteur": note.auteur, "dossier": note.dossier, "lien": lien}
        envoyer("echanges/mention", a=compte, contexte=contexte, objet_lie=note)
