"""Contrôle système : une édition invalide empêche le démarrage, avec le fichier, la ligne et la cause."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from esperluette.referentiel.verification import charger_tout


@register("referentiel")
def editions_valides(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Une erreur par problème rencontré en lisant les éditions."""
    aide = "Corrigez le fichier, puis « esperluette referentiel verifier » dit si tout est en ordre."
    return [Error(str(p), hint=aide, obj="Référentiel", id="referentiel.E001") for p in charger_tout().problemes]
