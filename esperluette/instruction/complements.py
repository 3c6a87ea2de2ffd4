"""Ce que les compléments mettent sur la fiche d'un dossier, côté agent ; inscrit par `apps.py`."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.complements.droits import peut_preparer
from esperluette.complements.models import Remarque
from esperluette.dossiers.delais import est_depasse
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Geste, Onglet, Signalement


def onglets(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """« Compléments (3) » : les réponses à relire."""
    lien = reverse("instruction:complements", args=[dossier.reference])
    yield Onglet("complements", "Compléments", lien, _etat(dossier)["a_relire"], ordre=20)


def gestes(dossier: Dossier, compte: Any) -> Iterator[Geste]:
    """Demander des compléments, ou reprendre le brouillon."""
    if dossier.etat == Etat.EN_INSTRUCTION and peut_preparer(compte, dossier):
        lien = reverse("instruction:complements_preparer", args=[dossier.reference])
        libelle = "Reprendre la demande de compléments" if _etat(dossier)["brouillons"] else "Demander des compléments"
        yield Geste("complements", libelle, lien, ordre=30)


def signalements(dossier: Dossier, _compte: Any) -> Iterator[Signalement]:
    """Le délai de l'ARS est passé, ou celui de l'équipe : rien ne change tout seul, mais cela se voit."""
    if est_depasse(dossier) and dossier.etat not in Etat.CLOS and dossier.silence_le is not None:
        yield Signalement(
            "Le délai est passé",
            f"Sans décision le {en_lettres(dossier.silence_le)}, le silence vaut décision. Le dossier reste dans son "
            "état : c’est à l’ARS de l’écrire à l’équipe.",
            ton="erreur",
        )
    echeance = dossier.echeance if dossier.etat in (Etat.A_COMPLETER, Etat.A_SIGNER) else None
    if echeance is not None and echeance < timezone.localdate():
        yield Signalement(
            "Les compléments ne sont pas arrivés",
            f"L’équipe avait jusqu’au {en_lettres(echeance)}. Relancez-la, prolongez la date ou décidez.",
            ton="attention",
            lien=reverse("instruction:complements", args=[dossier.reference]),
            geste="Voir la demande",
        )


def _etat(dossier: Dossier) -> dict[str, int]:
    """Ce qui attend l'agent dans les compléments ; une requête, lue une fois par page."""
    if not hasattr(dossier, "_complements"):
        repondue = Q(demande__repondue_le__isnull=False, demande__close_le=None, demande__annulee_le=None)
        nombres = Remarque.objects.filter(demande__dossier=dossier).aggregate(
            a_relire=Count("pk", filter=repondue & Q(levee_le=None)),
            brouillons=Count("pk", filter=Q(demande__demandee_le=None)),
        )
        dossier._complements = nombres  # type: ignore[attr-defined]
    return dossier._complements  # type: ignore[attr-defined, no-any-return]
