"""Déclaration de l'app `journal`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class JournalConfig(AppConfig):
    name = "esperluette.journal"
    label = "journal"
    verbose_name = "journal"

    def ready(self) -> None:
        from esperluette.journal import libelles  # noqa: PLC0415 — les modèles sont prêts ici
        from esperluette.journal.declencheurs import lever_pour_migrer, poser_ou_retirer  # noqa: PLC0415 — idem
        from esperluette.journal.models import NOM_EFFACE  # noqa: PLC0415 — idem

        libelles.inscrire({NOM_EFFACE: "a effacé le nom d’une personne de ses actes"})
        pre_migrate.connect(lever_pour_migrer, sender=self, dispatch_uid="journal.declencheurs.lever")
        post_migrate.connect(poser_ou_retirer, sender=self, dispatch_uid="journal.declencheurs")
