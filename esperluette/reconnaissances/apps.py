"""Déclaration de l'app `reconnaissances` : la vie d'une équipe reconnue."""

from django.apps import AppConfig


class ReconnaissancesConfig(AppConfig):
    name = "esperluette.reconnaissances"
    label = "reconnaissances"
