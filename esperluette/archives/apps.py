"""Déclaration de l'app `archives` : l'archive d'un dossier et les durées de conservation."""

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "esperluette.archives"
    label = "archives"
