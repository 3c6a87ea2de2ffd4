"""Déclaration de l'app `echanges` : la messagerie d'un dossier."""

from django.apps import AppConfig


class EchangesConfig(AppConfig):
    name = "esperluette.echanges"
    label = "echanges"
