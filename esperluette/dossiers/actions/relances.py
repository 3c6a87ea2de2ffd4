"""Relancer les signataires, à la demande."""

from django.db import transaction

from esperluette.commun.erreurs import Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.actions.depot import depot_en_cours
from esperluette.dossiers.cycle import TransitionImpossible
from esperluette.dossiers.droits import peut_deposer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.relances import Relances, relancer_chacun
from esperluette.journal.actions import consigner


@transaction.atomic
def relancer(dossier: Dossier, *, acteur: Compte) -> Relances:
    """Rappelle leur signature à ceux qui manquent ; au plus un rappel par personne et par jour.

    Lève `Refus` (ni porteur, ni délégataire), `TransitionImpossible` (rien n'attend de signature).
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("equipe").get(pk=dossier.pk)
    permission = peut_deposer(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    if dossier.etat != Etat.A_SIGNER:
        raise TransitionImpossible("Aucune version n’attend de signature.")
    depot = depot_en_cours(dossier)
    depot.dossier = dossier
    relances = relancer_chacun(depot, par=acteur)
    if relances.parties:
        membres = [m.pk for m in relances.parties]
        consigner("signatures_relancees", dossier, acteur=acteur, depot=depot.pk, membres=membres)
    return relances
