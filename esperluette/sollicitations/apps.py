"""Déclaration de l'app `sollicitations` : un chiffre demandé à l'ARS par une équipe, et la réponse."""

from django.apps import AppConfig

LIBELLES = {
    "chiffre_demande": "a demandé un chiffre à l’ARS",
    "chiffre_relance": "a relancé l’ARS pour un chiffre demandé",
    "chiffre_retire": "a retiré une demande de chiffre",
    "chiffre_donne": "a donné le chiffre demandé",
    "chiffre_indisponible": "a répondu ne pas avoir le chiffre demandé",
}


class SollicitationsConfig(AppConfig):
    name = "esperluette.sollicitations"
    label = "sollicitations"

    def ready(self) -> None:
        """Inscrit les libellés du journal et les sortes de courriels."""
        from esperluette.journal import libelles  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.notifications import sortes  # noqa: PLC0415
        from esperluette.sollicitations.sortes import SORTES  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
