"""Le ménage régulier, fait par le travailleur : courriels oubliés, textes à effacer, files et sessions périmées."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from esperluette.notifications.actions import recapituler
from esperluette.notifications.enums import Etat
from esperluette.notifications.livraison import a_reprendre
from esperluette.notifications.models import Courriel
from esperluette.notifications.taches import envoyer_courriel

journal = logging.getLogger(__name__)
PERIODE = timedelta(hours=1)
# Ce qu'un échec garde de texte, le temps de comprendre ; ce que la file garde de ses tâches finies.
GARDE_TEXTE_ECHEC = timedelta(days=7)
GARDE_TACHES = 14  # jours
# Le récapitulatif part au premier entretien qui suit cette heure, au fuseau du service.
HEURE_DU_RECAPITULATIF = time(7)


# Ce que d'autres apps font faire au même rythme ; elles s'inscrivent depuis leur `ready()`.
_SOINS: dict[str, Callable[[], object]] = {}


def inscrire(soin: Callable[[], object]) -> None:
    """Ajoute un soin rejouable à l'entretien régulier ; l'inscrire deux fois n'a pas d'effet."""
    _SOINS[f"{soin.__module__}.{soin.__qualname__}"] = soin


def recapituler_la_veille() -> None:
    """Les récapitulatifs du jour, une fois l'heure passée ; refait aussitôt, il ne trouve plus rien à dire."""
    maintenant = timezone.localtime()
    heure = timezone.make_aware(datetime.combine(maintenant.date(), HEURE_DU_RECAPITULATIF))
    if maintenant >= heure:
        recapituler(maintenant.date(), heure)


inscrire(recapituler_la_veille)


@task()
def entretenir() -> None:
    """Remet en file ce qui a été oublié, efface ce qui n'a plus à être gardé, et se reprogramme."""
    for pk in a_reprendre():
        envoyer_courriel.enqueue(pk)
    for nom, soin in _SOINS.items():
        try:
            soin()
        except Exception:  # noqa: BLE001 — un soin en panne n'empêche ni les autres, ni le prochain passage
            journal.exception("Entretien : « %s » a échoué.", nom)
    perimes = Courriel.objects.filter(etat=Etat.ECHEC, cree_le__lt=timezone.now() - GARDE_TEXTE_ECHEC)
    perimes.exclude(texte="", html="").update(texte="", html="")
    call_command("prune_db_task_results", min_age_days=GARDE_TACHES, verbosity=0)
    call_command("clearsessions")
    if entretenir.get_backend().supports_defer:
        programmer_entretien(dans=PERIODE)


def programmer_entretien(*, dans: timedelta = timedelta(0)) -> None:
    """Un entretien en file, et un seul : relancer le travailleur, ou en lancer plusieurs, n'en accumule pas."""
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=entretenir.module_path, status=TaskResultStatus.READY).delete()
        entretenir.using(run_after=timezone.now() + dans).enqueue()
