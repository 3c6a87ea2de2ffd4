"""Déclaration de l'app `complements` : les remarques de l'ARS et les réponses de l'équipe."""

from django.apps import AppConfig


class ComplementsConfig(AppConfig):
    name = "esperluette.complements"
    label = "complements"
