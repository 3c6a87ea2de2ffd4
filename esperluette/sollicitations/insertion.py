"""Mettre dans le projet un chiffre que l'ARS a donné : tout seul quand il arrive, sinon au geste de l'équipe."""

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.chiffres import inserer_un_chiffre_fourni
from esperluette.referentiel.normalisation import ValeurRefusee
from esperluette.sollicitations.models import Sollicitation


def tenter(sollicitation: Sollicitation, *, acteur: Compte) -> bool:
    """Insère la réponse d'un agent si le projet peut la recevoir ; sinon note ce qu'elle attend."""
    if not sollicitation.champ:
        return False
    try:
        with transaction.atomic():
            inserer(sollicitation, acteur=acteur)
    except (ErreurMetier, ValeurRefusee) as refus:
        sollicitation.inseree_le, sollicitation.attend = None, str(refus)[:300]
        sollicitation.save(update_fields=["attend"])
        return False
    return True


def inserer(sollicitation: Sollicitation, *, acteur: Compte) -> None:
    """Ajoute le chiffre au champ de la rubrique, avec sa source. L'appelant tient le verrou du dossier.

    Lève `Refus`, `ErreurMetier` ou `ValeurRefusee` si le projet ne peut pas le recevoir.
    """
    inserer_un_chiffre_fourni(sollicitation.dossier, sollicitation.champ, acteur=acteur, **sollicitation.a_verser)
    sollicitation.inseree_le, sollicitation.attend = timezone.now(), ""
    sollicitation.save(update_fields=["inseree_le", "attend"])
