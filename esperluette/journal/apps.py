"""Déclaration de l'app `journal`."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "esperluette.journal"
    label = "journal"
