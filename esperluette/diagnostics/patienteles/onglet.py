"""L'onglet « Patientèle » de l'espace d'une équipe."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from esperluette.equipes.droits import membre_de
from esperluette.equipes.models import AccesAccompagnateur, Equipe
from esperluette.equipes.tableau import Onglet


def onglet_de_la_patientele(equipe: Equipe, compte: Any) -> Iterator[Onglet]:
    """Pour les membres, et ceux à qui l'équipe a ouvert son espace."""
    ouvert = membre_de(compte, equipe) is not None
    if ouvert or AccesAccompagnateur.objects.en_cours().de(compte).filter(equipe=equipe).exists():
        yield Onglet("patientele", "Patientèle", reverse("diagnostics:patientele", args=[equipe.pk]), 31)
