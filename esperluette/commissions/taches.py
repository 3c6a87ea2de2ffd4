"""Ce qui se fait après coup : produire un livret."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from esperluette.commissions.models import Livret
from esperluette.commissions.regles import nom_de_l_edition
from esperluette.commissions.synthese import contexte_du_livret, points_du_livret
from esperluette.documents.actions import conserver
from esperluette.documents.erreurs import GabaritInvalide, ProductionImpossible

GABARIT = "commissions/livret.html"
PATIENCE = timedelta(minutes=10)


@task()
def produire_livret(pk: int) -> None:
    """Produit et garde le document d'un livret ; rejouable sans doublon. Un échec se garde, et se dit à l'écran."""
    livret = Livret.objects.select_related("seance__instance__departement").get(pk=pk)
    if livret.document_id is not None:
        return
    nom = f"livret-{livret.seance.instance.sigle}-{livret.seance.date:%Y-%m-%d}.{livret.format}".lower()
    contexte = contexte_du_livret(livret.seance, points_du_livret(livret.seance, livret.points))
    try:
        livret.document = conserver(
            GABARIT,
            contexte,
            livret.format,
            acteur=None,
            nom=nom,
            objet=livret.seance,
            le=livret.demande_le,
            edition=nom_de_l_edition(livret.seance.instance, livret.seance.date),
        )
    except (ProductionImpossible, GabaritInvalide) as erreur:
        livret.echec = str(erreur)[:300]
    livret.save(update_fields=["document", "echec"])


def reprendre_les_livrets() -> int:
    """Remet en file les livrets demandés et jamais produits ; rend leur nombre."""
    oublies = Livret.objects.filter(document=None, echec="", demande_le__lt=timezone.now() - PATIENCE)
    cles = list(oublies.values_list("pk", flat=True))
    for pk in cles:
        produire_livret.enqueue(pk)
    return len(cles)
