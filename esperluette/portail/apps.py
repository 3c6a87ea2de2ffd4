"""Déclaration de l'app `portail`."""

from django.apps import AppConfig


class PortailConfig(AppConfig):
    name = "esperluette.portail"
    label = "portail"
