"""Déclaration de l'app `importations` : la reprise d'une trame remplie hors d'Esperluette."""

from django.apps import AppConfig


class ImportationsConfig(AppConfig):
    name = "esperluette.importations"
    label = "importations"
