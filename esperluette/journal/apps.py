"""Déclaration de l'app `journal`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "esperluette.journal"
    label = "journal"
    verbose_name = "journal"

    def ready(self) -> None:
        from esperluette.journal.declencheurs import poser_ou_retirer  # noqa: PLC0415 — les modèles sont prêts ici

        post_migrate.connect(poser_ou_retirer, sender=self, dispatch_uid="journal.declencheurs")
