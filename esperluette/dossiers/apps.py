"""Déclaration de l'app `dossiers`."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "esperluette.dossiers"
    label = "dossiers"
