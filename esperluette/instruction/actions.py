"""Les gestes de l'agent sur un dossier."""

from django.db import transaction

from esperluette.comptes.models import Compte
from esperluette.dossiers import courriels
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import affectations


@transaction.atomic
def prendre_en_instruction(dossier: Dossier, *, acteur: Compte) -> Dossier:
    """Prend le dossier en charge ; l'équipe le voit et reçoit un courriel. Rejoué par le même agent, sans effet.

    Lève `TransitionImpossible` (déjà pris par un autre, retiré…) ou `Refus` (hors du périmètre).
    """
    dossier = _relire(dossier)
    if dossier.etat == Etat.EN_INSTRUCTION and dossier.instruit_par_id == acteur.pk:
        return dossier
    dossier = franchir(dossier, "prendre_en_instruction", acteur=acteur)
    affectations.suivre_l_instruction(dossier)
    courriels.etat_change(dossier)
    return dossier


@transaction.atomic
def rendre(dossier: Dossier, *, acteur: Compte) -> Dossier:
    """Rend un dossier pris par erreur : il redevient à prendre, par qui la règle désigne. Rejoué, sans effet."""
    dossier = _relire(dossier)
    if dossier.etat == Etat.DEPOSE and peut_instruire(acteur, dossier):
        return dossier
    dossier = franchir(dossier, "rendre", acteur=acteur)
    affectations.affecter_selon_la_regle(dossier)
    courriels.etat_change(dossier)
    return dossier


def _relire(dossier: Dossier) -> Dossier:
    """Le dossier sous verrou : un second clic, arrivé au même instant, voit ce que le premier a fait."""
    return Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
