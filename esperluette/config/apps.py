"""Déclaration de l'app `config` : les contrôles au démarrage."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "esperluette.config"
    label = "config"
    verbose_name = "réglages"

    def ready(self) -> None:
        from esperluette.config import sante, verifications  # noqa: F401, PLC0415 — inscrivent leurs contrôles
