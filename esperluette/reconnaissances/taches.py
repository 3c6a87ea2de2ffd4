"""Ce qui se fait après coup, hors de la réponse au navigateur : produire l'attestation."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from esperluette.reconnaissances.attestation import produire
from esperluette.reconnaissances.models import Reconnaissance

# Au-delà, une reconnaissance sans attestation n'attend plus son tour : sa production a échoué.
PATIENCE = timedelta(minutes=10)
LOT = 50


@task()
def produire_l_attestation(reconnaissance_id: int) -> None:
    """Produit et garde l'attestation de la reconnaissance telle qu'elle est maintenant."""
    reconnaissance = (
        Reconnaissance.objects.select_related(
            "equipe__implantation__departement", "region", "dossier", "enregistree_par"
        )
        .prefetch_related("equipe__communes")
        .get(pk=reconnaissance_id)
    )
    reconnaissance.attestation = produire(reconnaissance)
    reconnaissance.save(update_fields=["attestation"])


def reprendre_les_attestations() -> int:
    """Remet en file les reconnaissances sans attestation, par lots ; rend leur nombre."""
    oubliees = Reconnaissance.objects.filter(attestation=None, enregistree_le__lt=timezone.now() - PATIENCE)
    cles = list(oubliees.order_by("pk").values_list("pk", flat=True)[:LOT])
    for pk in cles:
        produire_l_attestation.enqueue(pk)
    return len(cles)
