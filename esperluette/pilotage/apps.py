"""Déclaration de l'app `pilotage` : les chiffres d'une région."""

from django.apps import AppConfig


class PilotageConfig(AppConfig):
    name = "esperluette.pilotage"
    label = "pilotage"
