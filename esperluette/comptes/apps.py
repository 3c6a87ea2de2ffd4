"""Déclaration de l'app `comptes`."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "esperluette.comptes"
    label = "comptes"
