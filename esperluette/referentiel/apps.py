"""Déclaration de l'app `referentiel`."""

from django.apps import AppConfig


class ReferentielConfig(AppConfig):
    name = "esperluette.referentiel"
    label = "referentiel"
    verbose_name = "référentiel"

    def ready(self) -> None:
        """Inscrit le contrôle des éditions."""
        from esperluette.referentiel import checks  # noqa: F401, PLC0415 — s'inscrit à l'import, apps prêtes
