"""Déclaration de l'app `deliberations` : la lecture, l'avis et le procès-verbal."""

from django.apps import AppConfig


class DeliberationsConfig(AppConfig):
    name = "esperluette.deliberations"
    label = "deliberations"
