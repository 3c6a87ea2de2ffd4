"""Déclaration de l'app `sollicitations` : un chiffre demandé à l'ARS par une équipe, et la réponse."""

from django.apps import AppConfig


class SollicitationsConfig(AppConfig):
    name = "esperluette.sollicitations"
    label = "sollicitations"
