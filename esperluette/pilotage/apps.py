"""Déclaration de l'app `pilotage` : les chiffres d'une région."""

from django.apps import AppConfig
from django.http import HttpRequest


class PilotageConfig(AppConfig):
    name = "esperluette.pilotage"
    label = "pilotage"

    def ready(self) -> None:
        """Le menu « Pilotage », pour qui a des chiffres à lire."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.pilotage.droits import peut_piloter  # noqa: PLC0415

        def pilote(request: HttpRequest) -> bool:
            return bool(peut_piloter(getattr(request, "user", None)))

        navigation.inscrire(navigation.Entree("Pilotage", "pilotage:tableau", 35, pilote, groupe="Région"))
