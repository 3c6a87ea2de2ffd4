"""Ce qui se fait après coup : le PDF d'un courrier signé, les réponses promises dont le terme approche."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django_tasks import task

from esperluette.decisions import courriels
from esperluette.decisions.documents import produire_le_pdf
from esperluette.decisions.enums import EtatDecision
from esperluette.decisions.lectures import ALERTE, reponse_promise
from esperluette.decisions.models import Courrier
from esperluette.dossiers.cycle import poser_echeance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier
from esperluette.notifications.models import Courriel

PATIENCE = timedelta(minutes=10)
SIGNES = (EtatDecision.SIGNEE, *EtatDecision.RECUES)


@task()
def produire_courrier(courrier_id: int) -> None:
    """Produit et garde le PDF d'un courrier signé ; rejouable sans doublon, sans effet s'il a été remplacé."""
    courrier = (
        Courrier.objects.select_related("decision__dossier", "decision__signee_par", "document")
        .filter(pk=courrier_id, remplace_le=None, contexte__isnull=False, decision__etat__in=SIGNES)
        .first()
    )
    if courrier is not None:
        produire_le_pdf(courrier)


def reprendre_les_courriers() -> int:
    """Remet en file les courriers signés dont le PDF manque encore ; rend leur nombre."""
    oublies = Courrier.objects.filter(
        remplace_le=None, document=None, contexte__isnull=False, decision__etat__in=SIGNES,
        decision__signee_le__lt=timezone.now() - PATIENCE,
    ).values_list("pk", flat=True)  # fmt: skip
    for pk in oublies:
        produire_courrier.enqueue(pk)
    return len(oublies)


def veiller_aux_reponses() -> int:
    """Pose le terme des réponses promises que rien n'a posé, et prévient une fois quand il approche."""
    alertes = 0
    dossiers = Dossier.objects.filter(etat=Etat.AVIS_RENDU).select_related(
        "equipe__implantation", "instruit_par", "affecte_a"
    )
    for dossier in dossiers:
        promise = reponse_promise(dossier)
        if promise is None:
            continue
        if dossier.echeance is None or dossier.echeance > promise.le:
            poser_echeance(dossier, promise.le, NatureEcheance.REPONSE)
        if timedelta(days=promise.jours) > ALERTE or _deja_prevenus(dossier):
            continue
        courriels.reponse_proche(dossier, promise)
        alertes += 1
    return alertes


def _deja_prevenus(dossier: Dossier) -> bool:
    """Une alerte est déjà partie depuis que l'avis est rendu ; un second passage en commission en vaut une autre."""
    return Courriel.objects.filter(
        gabarit=courriels.REPONSE_PROCHE, lie_type=ContentType.objects.get_for_model(Dossier), lie_id=str(dossier.pk),
        cree_le__gte=dossier.etat_depuis,
    ).exists()  # fmt: skip
