"""Déclaration de l'app `reprises` : les équipes d'avant Esperluette."""

from django.apps import AppConfig


class ReprisesConfig(AppConfig):
    name = "esperluette.reprises"
    label = "reprises"
