"""Ce qui se fait après coup, hors de la réponse au navigateur : produire les documents d'un dépôt."""

from django_tasks import task

from esperluette.dossiers.documents import produire_accuse, produire_projet
from esperluette.dossiers.models import Depot


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
