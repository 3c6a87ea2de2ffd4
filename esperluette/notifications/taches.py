"""Les tâches de fond des courriels, exécutées par `esperluette travailleur`."""

from django_tasks import task

from esperluette.notifications.livraison import livrer


@task()
def envoyer_courriel(pk: int) -> None:
    """Envoie un courriel ; en cas d'échec passager, se remet en file pour plus tard."""
    prochain = livrer(pk)
    if prochain is not None and envoyer_courriel.get_backend().supports_defer:
        envoyer_courriel.using(run_after=prochain).enqueue(pk)
