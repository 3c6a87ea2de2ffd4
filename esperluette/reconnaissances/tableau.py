"""Ce que les reconnaissances ajoutent à l'espace d'une équipe : sa reconnaissance, quand elle en a une."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.equipes.models import Equipe
from esperluette.equipes.tableau import Onglet


def onglets(equipe: Equipe, compte: Any) -> Iterator[Onglet]:
    """La reconnaissance de l'équipe, et ce qu'elle en publie."""
    if equipe.reconnaissances.exists():
        yield Onglet("reconnaissance", "Reconnaissance", reverse("reconnaissances:equipe", args=[equipe.pk]), 80)
