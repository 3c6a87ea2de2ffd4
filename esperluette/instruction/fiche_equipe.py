"""« L'équipe », sur la fiche d'un dossier : ses autres dossiers reçus, ses reconnaissances, ses membres."""

from dataclasses import dataclass
from typing import Any

from esperluette.dossiers.contenu import metier_de
from esperluette.dossiers.lectures import edition_de
from esperluette.dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class FicheDeLEquipe:
    """Ce que l'agent sait de l'équipe. `dossiers` : les autres que l'ARS a reçus, le plus récent d'abord."""

    dossiers: list[Dossier]
    reconnaissances: list[Any]
    membres: list[tuple[str, str, str]]  # nom, métier, commune


def fiche_de_l_equipe(dossier: Dossier) -> FicheDeLEquipe:
    """Deux requêtes, et les membres s'ils ne sont pas déjà lus."""
    equipe, edition = dossier.equipe, edition_de(dossier)
    recus = equipe.dossiers.filter(depose_le__isnull=False).exclude(pk=dossier.pk).order_by("-depose_le", "pk")
    return FicheDeLEquipe(
        dossiers=list(recus),
        reconnaissances=list(equipe.reconnaissances.order_by("-debut", "pk")),
        membres=[(str(m), metier_de(edition, m), m.commune.nom if m.commune else "") for m in equipe.presents],
    )
