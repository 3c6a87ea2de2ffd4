"""Ce qui se fait après coup, hors de la réponse au navigateur : produire les documents d'un dépôt."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from esperluette.dossiers.documents import produire_accuse, produire_projet
from esperluette.dossiers.models import Depot

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
