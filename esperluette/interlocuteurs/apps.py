"""Déclaration de l'app `interlocuteurs`."""

from django.apps import AppConfig

LIBELLES = {
    "fiche_chargee": "a chargé la fiche depuis l’édition",
    "fiche_creee": "a créé la fiche",
    "fiche_modifiee": "a modifié la fiche",
    "fiche_desactivee": "a désactivé la fiche",
    "fiche_reactivee": "a réactivé la fiche",
    "fiche_revenue": "a rendu à la fiche des valeurs précédentes",
}


class InterlocuteursConfig(AppConfig):
    name = "esperluette.interlocuteurs"
    label = "interlocuteurs"

    def ready(self) -> None:
        """Inscrit les sortes de fiches de l'app et les libellés du journal."""
        from esperluette.interlocuteurs import fiches, valeurs  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.journal import libelles  # noqa: PLC0415

        for sorte in (valeurs.CONTACTS, valeurs.STRUCTURES, valeurs.MESSAGES):
            fiches.inscrire(sorte)
        libelles.inscrire(LIBELLES)
