"""Le cycle d'une réserve : la seule fonction qui en écrit l'état, et son histoire."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.deliberations.enums import EtatDeReserve, GesteDeReserve
from esperluette.deliberations.models import EtapeDeReserve, Reserve
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.journal.actions import consigner

_E, _G = EtatDeReserve, GesteDeReserve
TRANSITIONS: dict[GesteDeReserve, tuple[EtatDeReserve, EtatDeReserve]] = {
    _G.LEVEE: (_E.A_LEVER, _E.LEVEE),
    _G.ABANDONNEE: (_E.A_LEVER, _E.ABANDONNEE),
    _G.ROUVERTE: (_E.LEVEE, _E.A_LEVER),
}


class ReserveImpossible(ErreurMetier):
    """La réserve n'est pas (ou plus) dans un état qui permet ce geste."""


@transaction.atomic
def franchir_reserve(reserve: Reserve, geste: GesteDeReserve, *, acteur: Any, texte: str = "") -> Reserve:
    """Change l'état d'une réserve et en garde la trace. Lève `ReserveImpossible` ; rien n'est alors écrit."""
    depuis, vers = TRANSITIONS[geste]
    reserve = Reserve.objects.select_for_update(of=("self",)).select_related("dossier__equipe").get(pk=reserve.pk)
    if reserve.etat != depuis or reserve.definitive_le is None:
        raise ReserveImpossible(f"Cette réserve est « {reserve.etat_enum.label} » : ce geste n’a plus lieu d’être.")
    reserve.etat = vers
    finie = vers != _E.A_LEVER
    reserve.levee_le, reserve.levee_par = (timezone.now(), acteur) if finie else (None, None)
    reserve.save(update_fields=["etat", "levee_le", "levee_par"])
    EtapeDeReserve.objects.create(reserve=reserve, geste=geste, texte=texte, par=acteur)
    consigner(f"reserve_{geste}", reserve.dossier, acteur=acteur, reserve=reserve.pk)
    marquer_un_mouvement(reserve.dossier)
    return reserve
