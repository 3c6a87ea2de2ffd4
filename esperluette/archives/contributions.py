"""Ce que les archives ajoutent aux pages d'un dossier : « Emporter le dossier », des deux côtés. Aucune requête."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.archives.droits import peut_emporter_pour_l_equipe
from esperluette.dossiers.contributions import Onglet
from esperluette.dossiers.models import Dossier
from esperluette.instruction.contributions import Geste


def onglets(dossier: Dossier, compte: Any) -> Iterator[Onglet]:
    """La page d'où l'équipe emporte sa part, pour qui le peut."""
    if peut_emporter_pour_l_equipe(compte, dossier):
        yield Onglet("emporter", "Emporter", reverse("archives:equipe", args=[dossier.reference]), ordre=95)


def gestes(dossier: Dossier, _compte: Any) -> Iterator[Geste]:
    """Pour tout agent qui voit le dossier ; sa page dit pourquoi, s'il en est écarté."""
    yield Geste("emporter", "Emporter le dossier", reverse("archives:ars", args=[dossier.reference]), ordre=95)
