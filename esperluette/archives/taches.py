"""Ce qui se fait hors de la réponse au navigateur : fabriquer une archive."""

from django_tasks import task

from esperluette.archives.models import Archive
from esperluette.archives.preparation import preparer


@task()
def preparer_archive(archive_id: int) -> None:
    """Fabrique l'archive demandée ; rejouable."""
    preparer(Archive.objects.select_related("dossier__equipe__implantation", "demandee_par").get(pk=archive_id))
