"""Constats calculés et constats retenus."""

from typing import Any

from esperluette.diagnostics.actions.constats import garder_constat
from esperluette.diagnostics.models import ConstatRetenu
from esperluette.equipes.models import Equipe
from esperluette.indicateurs.instantane import ConstatLu

PHRASE = "On compte moins de médecins généralistes que dans le département."


def constat_lu(identifiant: str = "medecins-bas", **champs: Any) -> ConstatLu:
    """Un constat tel que le calcul le rend."""
    defauts = {"genre": "fragilite", "phrase": PHRASE, "ligne": "medecins", "source": "Insee, essai, 2024"}
    return ConstatLu.model_validate({"id": identifiant} | defauts | champs)


def constat_garde(equipe: Equipe, identifiant: str = "medecins-bas", **champs: Any) -> ConstatRetenu:
    """Un constat que le porteur a gardé."""
    return garder_constat(equipe, constat_lu(identifiant, **champs), acteur=equipe.porteur.compte)
