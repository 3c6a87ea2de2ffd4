"""La vie d'une demande de rencontre : une table, et la seule fonction qui écrit son état."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.commun.permissions import Permission
from esperluette.interlocuteurs import droits
from esperluette.interlocuteurs.enums import EtatDeDemande as E
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.journal.actions import consigner


@dataclass(frozen=True, slots=True)
class Transition:
    """D'où, vers où, qui, et ce qu'on en écrit au journal."""

    depuis: tuple[E, ...]
    vers: E
    droit: Callable[..., Permission]
    sorte: str


TRANSITIONS: dict[str, Transition] = {
    "confirmer": Transition((E.A_CONFIRMER,), E.DEMANDEE, droits.peut_confirmer, "demande_confirmee"),
    "fixer": Transition((E.DEMANDEE, E.FIXEE), E.FIXEE, droits.peut_fixer, "rencontre_fixee"),
    "rendre_compte": Transition((E.FIXEE,), E.TENUE, droits.peut_rendre_compte, "rencontre_tenue"),
    "repondre": Transition((E.DEMANDEE,), E.REPONDUE, droits.peut_repondre, "demande_repondue"),
    "annuler": Transition((E.A_CONFIRMER, E.DEMANDEE, E.FIXEE), E.ANNULEE, droits.peut_annuler, "demande_annulee"),
}


def permission(demande: DemandeDeRencontre, nom: str, compte: Any, **contexte: Any) -> bool:
    """Ce geste est-il possible ici et maintenant, pour ce compte ? Ce que montrent les boutons."""
    transition = TRANSITIONS[nom]
    return demande.etat in transition.depuis and bool(transition.droit(compte, demande, **contexte))


@transaction.atomic
def franchir(
    demande: DemandeDeRencontre, nom: str, *, acteur: Any, contexte: dict[str, Any] | None = None, **champs: Any
) -> DemandeDeRencontre:
    """Fait passer la demande d'un état à l'autre, avec ce que le geste apporte. Lève Refus, ou Conflit si l'état
    ne s'y prête pas (ou plus).
    """
    demande = DemandeDeRencontre.objects.select_for_update(of=("self",)).select_related("commune").get(pk=demande.pk)
    transition = TRANSITIONS[nom]
    accordee = transition.droit(acteur, demande, **(contexte or {}))
    if not accordee:
        raise Refus(accordee.motif)
    if demande.etat not in transition.depuis:
        raise Conflit(f"Cette demande est « {demande.etat_enum.label.lower()} » : ce geste n’est plus possible.")
    demande.etat = transition.vers
    if transition.vers in E.CLOS:
        demande.close_le = timezone.now()
    for champ, valeur in champs.items():
        setattr(demande, champ, valeur)
    demande.save()
    consigner(transition.sorte, demande, acteur=acteur, etat=transition.vers.value)
    return demande
