"""Déclaration de l'app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "esperluette.documents"
    label = "documents"

    def ready(self) -> None:
        from esperluette.documents import checks  # noqa: F401, PLC0415 — inscrit les contrôles
