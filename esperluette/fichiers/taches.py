"""Ce qui se fait après coup : l'antivirus, puis l'examen du contenu."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from esperluette.fichiers import analyses
from esperluette.fichiers.clamd import ClamdIndisponible
from esperluette.fichiers.enums import A_JUGER, LISIBLES, Analyse
from esperluette.fichiers.models import Fichier

journal = logging.getLogger(__name__)
ESSAIS_RAPPROCHES = 6  # une, deux, quatre… minutes ; ensuite, l'entretien régulier s'en charge
ESSAIS_REFUSES = 5  # un flux que clamd refuse ne lui est pas soumis sans fin
PATIENCE = timedelta(minutes=10)  # au-delà, un fichier que sa tâche n'a pas traité a été oublié
LOT = 100


@task()
def examiner(pk: int) -> None:
    """Soumet un fichier à l'antivirus s'il y en a un, puis en lit le texte et en fait la vignette ; rejouable."""
    fichier = Fichier.objects.filter(pk=pk).first()
    if fichier is None:
        return
    if settings.CLAMD and fichier.analyse in A_JUGER:
        try:
            analyses.analyser(fichier)
        except ClamdIndisponible as erreur:
            _reessayer(fichier, erreur)
            return
        except FileNotFoundError:
            journal.error("Fichier %s : son contenu manque au stockage.", pk)
            return
    analyses.examiner(fichier)


def _reessayer(fichier: Fichier, erreur: ClamdIndisponible) -> None:
    essais = analyses.noter_l_absence(fichier)
    journal.warning("Antivirus indisponible (%s) : le fichier %s attend.", erreur, fichier.pk)
    if essais <= ESSAIS_RAPPROCHES and examiner.get_backend().supports_defer:
        examiner.using(run_after=timezone.now() + timedelta(minutes=2 ** (essais - 1))).enqueue(fichier.pk)


def reprendre_les_examens() -> int:
    """Remet en file ce qui attend l'antivirus ou n'a pas été examiné, par lots ; rend le nombre de fichiers."""
    analyses.ne_plus_attendre()
    attendent = Q(analyse=Analyse.EN_ATTENTE) | Q(analyse=Analyse.ECHEC, essais__lt=ESSAIS_REFUSES)
    oublies = Q(examine_le=None, analyse__in=LISIBLES)
    a_faire = Fichier.objects.filter(attendent | oublies, depose_le__lt=timezone.now() - PATIENCE)
    identifiants = list(a_faire.order_by("essais", "pk").values_list("pk", flat=True)[:LOT])
    for pk in identifiants:
        examiner.enqueue(pk)
    return len(identifiants)
