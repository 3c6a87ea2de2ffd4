"""Ce qui se fait après coup, hors de la réponse au navigateur : produire les documents d'un dépôt."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from esperluette.dossiers.documents import produire_accuse, produire_projet
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Depot, Dossier
from esperluette.dossiers.relances import rappeler

# Au-delà, un dépôt sans document n'attend plus son tour : sa production a échoué.
PATIENCE = timedelta(minutes=10)


@task()
def produire_documents(depot_id: int) -> None:
    """Produit et garde le PDF du dépôt puis l'accusé de réception ; rejouable sans doublon."""
    depot = Depot.objects.select_related("dossier__equipe__implantation", "fige_par").get(pk=depot_id)
    if depot.document_id is None:
        depot.document = produire_projet(depot)
        depot.save(update_fields=["document"])
    if depot.accuse_id is None:
        depot.accuse = produire_accuse(depot)
        depot.save(update_fields=["accuse"])


def reprendre_les_documents() -> int:
    """Remet en file les dépôts dont le PDF ou l'accusé manque encore ; rend leur nombre."""
    oublies = Depot.objects.filter(
        Q(document=None) | Q(accuse=None), depose_le__lt=timezone.now() - PATIENCE, dossier__reprise=False
    ).values_list("pk", flat=True)
    for pk in oublies:
        produire_documents.enqueue(pk)
    return len(oublies)


def rappeler_les_signatures() -> int:
    """Les rappels automatiques du jour, version par version ; rejouable, et sans effet sur ce qui ne s'attend plus."""
    if not settings.RAPPELS_DE_SIGNATURE:
        return 0
    en_attente = Depot.objects.filter(depose_le=None, annule_le=None, dossier__etat=Etat.A_SIGNER)
    return sum(_rappeler(pk) for pk in en_attente.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _rappeler(depot_id: int) -> int:
    """Relu sous verrou : une version signée, rouverte ou déposée au même instant ne se rappelle plus."""
    dossier = Dossier.objects.select_for_update(of=("self",)).filter(depots=depot_id, etat=Etat.A_SIGNER).first()
    depot = Depot.objects.select_related("dossier__equipe").get(pk=depot_id)
    if dossier is None or depot.annule_le is not None or depot.depose_le is not None:
        return 0
    return rappeler(depot, timezone.localdate())
