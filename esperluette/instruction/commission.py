"""Ce que la commission met sur la fiche d'un dossier, côté agent : son onglet, son geste."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.dossiers.cycle import permission
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Geste, Onglet


def onglets(dossier: Dossier, _compte: Any) -> Iterator[Onglet]:
    """La commission, pour les démarches qui passent devant elle. Aucune requête."""
    if demarche_de(dossier).instance:
        yield Onglet("commission", "Commission", reverse("instruction:commission", args=[dossier.reference]), ordre=55)


def gestes(dossier: Dossier, compte: Any) -> Iterator[Geste]:
    """Inscrire à une séance, dès que le dossier est prêt."""
    if dossier.etat != Etat.EN_INSTRUCTION or not demarche_de(dossier).instance:
        return
    if permission(dossier, "inscrire", compte):
        lien = reverse("instruction:commission", args=[dossier.reference])
        yield Geste("inscrire", "Inscrire à une séance", lien, principal=True, ordre=20)
