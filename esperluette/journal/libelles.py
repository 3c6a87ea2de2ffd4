"""Les actes en mots. Chaque app inscrit les siens depuis `AppConfig.ready()`."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping

from esperluette.journal.models import Evenement

journal = logging.getLogger(__name__)
_LIBELLES: dict[str, str] = {}
_INTERNES: set[str] = set()


def inscrire(libelles: Mapping[str, str], *, internes: Collection[str] = ()) -> None:
    """Ajoute des phrases, une par sorte d'acte ; elles suivent un nom : « a ajouté un membre ».

    Une phrase peut citer une donnée de l'acte : « a changé le rôle en {role} ». `internes` : les actes que les agents
    se disent, et que l'équipe ne lit pas.
    """
    _INTERNES.update(internes)
    for sorte, phrase in libelles.items():
        if _LIBELLES.get(sorte, phrase) != phrase:
            raise ValueError(f"Deux libellés pour l’acte « {sorte} » : « {_LIBELLES[sorte]} » et « {phrase} ».")
        _LIBELLES[sorte] = phrase


def inscrits() -> dict[str, str]:
    """Les libellés connus, par sorte d'acte."""
    return dict(sorted(_LIBELLES.items()))


def internes() -> frozenset[str]:
    """Les sortes d'actes que seuls les agents lisent : ce qui se prépare avant d'être dit à l'équipe."""
    return frozenset(_INTERNES)


def libelle(evenement: Evenement) -> str:
    """La phrase d'un acte. Une sorte inconnue se lit quand même (« membre_ajoute » : « membre ajoute »)."""
    phrase = _LIBELLES.get(evenement.sorte)
    if phrase is None:
        journal.warning("Acte sans libellé : %s", evenement.sorte)
        return evenement.sorte.replace("_", " ")
    return phrase.format_map(defaultdict(lambda: "…", evenement.donnees))
