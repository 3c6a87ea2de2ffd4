"""Déclaration de l'app `territoires`."""

from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "esperluette.territoires"
    label = "territoires"
