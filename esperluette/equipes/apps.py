"""Déclaration de l'app `equipes`."""

from django.apps import AppConfig


class EquipesConfig(AppConfig):
    name = "esperluette.equipes"
    label = "equipes"
