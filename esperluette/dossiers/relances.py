"""Rappeler une signature : à la main ou par le travailleur, jamais deux fois le même jour à la même personne."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.dossiers import courriels
from esperluette.dossiers.lectures import restants_de
from esperluette.dossiers.models import Depot, RelanceDeSignature
from esperluette.equipes.models import Membre
from esperluette.notifications.enums import Rythme
from esperluette.notifications.lectures import rythme_de
from esperluette.notifications.sortes import sorte_de

RAPPEL = "dossiers/signature_rappel"
RELANCE = "dossiers/signature_relance"


@dataclass(frozen=True, slots=True)
class Relances:
    """Qui vient d'être relancé, qui l'avait déjà été aujourd'hui, qui ne peut plus signer."""

    parties: tuple[Membre, ...] = ()
    deja: tuple[Membre, ...] = ()
    hors: tuple[Membre, ...] = ()


def a_relancer(depot: Depot) -> list[Membre]:
    """Ceux dont la signature manque et qui sont encore de l'équipe."""
    return [m for m in restants_de(depot) if m.est_present]


def relancer_chacun(depot: Depot, *, par: Compte | None) -> Relances:
    """Rappelle leur signature à tous ceux qui manquent et n'ont rien reçu aujourd'hui. Dans une transaction."""
    restants = restants_de(depot)
    presents = [m for m in restants if m.est_present]
    jour = timezone.localdate()
    parties = [m for m in presents if _envoyer(depot, m, RELANCE, par, jour)]
    return Relances(
        tuple(parties),
        tuple(m for m in presents if m not in parties),
        tuple(m for m in restants if not m.est_present),
    )


def rappeler(depot: Depot, jour: date) -> int:
    """Le rappel automatique d'une version : un de ses jours est passé, et la personne n'a rien reçu depuis."""
    seuil = seuil_atteint(timezone.localdate(depot.fige_le), jour, settings.RAPPELS_DE_SIGNATURE)
    if seuil is None:
        return 0
    prevenus = set(depot.relances.filter(jour__gte=seuil).values_list("membre_id", flat=True))
    attendus = [m for m in a_relancer(depot) if m.pk not in prevenus and _le_veut(m)]
    return sum(_envoyer(depot, m, RAPPEL, None, jour) for m in attendus)


def seuil_atteint(fige_le: date, jour: date, jours: Sequence[int]) -> date | None:
    """Le dernier jour de rappel passé : figée le 1er, avec (3, 7), c'est le 4 du 4 au 7, puis le 8."""
    atteints = [j for j in jours if j <= (jour - fige_le).days]
    return fige_le + timedelta(days=max(atteints)) if atteints else None


def _le_veut(membre: Membre) -> bool:
    """Un rappel automatique se coupe ; celui qu'un collègue envoie part toujours."""
    return rythme_de(membre.compte, sorte_de(RAPPEL)) != Rythme.JAMAIS


def _envoyer(depot: Depot, membre: Membre, gabarit: str, par: Compte | None, jour: date) -> bool:
    _, neuve = RelanceDeSignature.objects.get_or_create(depot=depot, membre=membre, jour=jour, defaults={"par": par})
    if neuve:
        courriels.rappeler_la_signature(gabarit, depot, membre)
    return neuve
