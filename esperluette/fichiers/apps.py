"""Déclaration de l'app `fichiers`."""

from django.apps import AppConfig


class FichiersConfig(AppConfig):
    name = "esperluette.fichiers"
    label = "fichiers"
