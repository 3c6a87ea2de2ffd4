"""Déclaration de l'app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "esperluette.documents"
    label = "documents"
