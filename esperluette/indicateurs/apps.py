"""Déclaration de l'app `indicateurs` : les chiffres officiels d'un territoire."""

from django.apps import AppConfig


class IndicateursConfig(AppConfig):
    name = "esperluette.indicateurs"
    label = "indicateurs"

    def ready(self) -> None:
        """« esperluette donnees » sait aussi importer les jeux de chiffres."""
        from esperluette.indicateurs.famille import FAMILLE  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.territoires import familles  # noqa: PLC0415

        familles.inscrire(FAMILLE)
