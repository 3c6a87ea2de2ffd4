"""L'onglet « Territoire » de l'espace de l'équipe."""

from typing import Any

from django.urls import reverse

from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import Onglet


def onglets(equipe: Equipe, _compte: Any) -> list[Onglet]:
    """Le territoire et son diagnostic : pour toute personne qui voit l'équipe."""
    return [Onglet("territoire", "Territoire", reverse("equipes:territoire", args=[equipe.pk]), 30)]
