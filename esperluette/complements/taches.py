"""Ce qui se fait avec le temps : l'horloge remise d'accord, l'ARS alertée avant le silence, l'équipe relancée.

Rien n'est décidé ici : on prévient, une seule fois par palier, et l'état du dossier ne change jamais tout seul.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from esperluette.complements import courriels
from esperluette.complements.enums import SorteRappel
from esperluette.complements.lectures import autorites_de
from esperluette.complements.models import DemandeDeComplements, Rappel
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.cycle import recaler_l_horloge
from esperluette.dossiers.delais import horloge_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier

_CHEZ_L_EQUIPE = (Etat.A_COMPLETER, Etat.A_SIGNER)


def tenir_les_delais() -> None:
    """Un passage de l'entretien : recaler, alerter, relancer ; rejouable."""
    recaler_les_horloges()
    alerter_du_silence()
    relancer_l_equipe()
    signaler_les_retards()


def _dossiers() -> QuerySet[Dossier]:
    return Dossier.objects.filter(depose_le__isnull=False).select_related(
        "equipe__implantation", "affecte_a", "instruit_par"
    )


def recaler_les_horloges() -> int:
    """Les dossiers dont l'échéance du silence n'est pas connue : le délai donné à l'équipe a pu passer."""
    inconnus = _dossiers().filter(etat__in=(*Etat.CHEZ_L_ARS, *_CHEZ_L_EQUIPE), silence_le=None)
    return sum(_recaler(dossier) for dossier in inconnus.prefetch_related("passages").iterator(chunk_size=200))


@transaction.atomic
def _recaler(dossier: Dossier) -> bool:
    """Relu sous verrou avant d'écrire : un geste fait au même instant n'est pas écrasé."""
    if horloge_de(dossier).echeance is None:
        return False
    return recaler_l_horloge(Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk))


def palier(jours_restants: int, paliers: Iterable[int]) -> int | None:
    """Le palier atteint le plus proche de l'échéance : à J-6, celui de J-7 ; None avant le premier."""
    atteints = [p for p in paliers if 0 <= jours_restants <= p]
    return min(atteints, default=None)


def alerter_du_silence() -> int:
    """L'agent et l'autorité, avant que le silence ne vaille décision."""
    jour = timezone.localdate()
    horizon = date.fromordinal(jour.toordinal() + max(settings.ALERTES_DU_SILENCE, default=0))
    concernes = _dossiers().filter(
        etat__in=(*Etat.CHEZ_L_ARS, *_CHEZ_L_EQUIPE), silence_le__gte=jour, silence_le__lte=horizon
    )
    return sum(_alerter(dossier, jour) for dossier in concernes)


def _alerter(dossier: Dossier, jour: date) -> bool:
    echeance = dossier.silence_le
    if echeance is None:
        return False
    reste = (echeance - jour).days
    atteint = palier(reste, settings.ALERTES_DU_SILENCE)
    if atteint is None:
        return False
    with transaction.atomic():
        if not _retenir(dossier, SorteRappel.SILENCE, echeance, atteint):
            return False
        destinataires = dict.fromkeys([*agents_a_prevenir(dossier), *autorites_de(dossier.equipe.implantation)])
        courriels.aux_agents("complements/silence", dossier, destinataires, reste=reste, echeance=echeance)
    return True


def _retenir(dossier: Dossier, sorte: SorteRappel, echeance: date, jours: int) -> bool:
    """Vrai si ce rappel n'avait pas encore été fait ; deux travailleurs au même instant n'en font qu'un."""
    _, neuf = Rappel.objects.get_or_create(dossier=dossier, sorte=sorte, echeance=echeance, jours=jours)
    return neuf


def _attendues() -> QuerySet[DemandeDeComplements]:
    return DemandeDeComplements.objects.actives().select_related(
        "dossier__equipe__implantation", "dossier__affecte_a", "dossier__instruit_par"
    )


def relancer_l_equipe() -> int:
    """Toute l'équipe, avant la date limite des compléments."""
    jour = timezone.localdate()
    horizon = date.fromordinal(jour.toordinal() + max(settings.RELANCES_DES_COMPLEMENTS, default=0))
    return sum(_relancer(d, jour) for d in _attendues().filter(avant_le__gte=jour, avant_le__lte=horizon))


def _relancer(demande: DemandeDeComplements, jour: date) -> bool:
    if demande.avant_le is None:
        return False
    reste = (demande.avant_le - jour).days
    atteint = palier(reste, settings.RELANCES_DES_COMPLEMENTS)
    if atteint is None:
        return False
    with transaction.atomic():
        if not _retenir(demande.dossier, SorteRappel.COMPLEMENTS, demande.avant_le, atteint):
            return False
        courriels.a_l_equipe("complements/relance", demande.dossier, demande=demande, reste=reste)
    return True


def signaler_les_retards() -> int:
    """La date limite est passée : l'agent le sait, et c'est tout."""
    return sum(_signaler(d) for d in _attendues().filter(avant_le__lt=timezone.localdate()))


def _signaler(demande: DemandeDeComplements) -> bool:
    if demande.avant_le is None:
        return False
    with transaction.atomic():
        if not _retenir(demande.dossier, SorteRappel.RETARD, demande.avant_le, 0):
            return False
        courriels.en_retard(demande)
    return True
