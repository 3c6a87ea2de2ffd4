"""Déclaration de l'app `commun`."""

from django.apps import AppConfig


class CommunConfig(AppConfig):
    name = "esperluette.commun"
    label = "commun"
