"""Déclaration de l'app `commissions` : les séances d'une région deviennent la source de son calendrier."""

from django.apps import AppConfig

LIBELLES = {
    "seance_convoquer": "a convoqué la séance",
    "seance_ouvrir": "a ouvert la séance",
    "seance_clore": "a clos la séance",
    "seance_annuler": "a annulé la séance",
    "point_conclu": "a conclu le point du dossier {dossier}",
}


class CommissionsConfig(AppConfig):
    name = "esperluette.commissions"
    label = "commissions"

    def ready(self) -> None:
        """Inscrit ses fiches (instances, séances) et sa lecture du calendrier."""
        from esperluette.commissions import lectures, valeurs  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.interlocuteurs import calendrier, fiches  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415

        fiches.inscrire(valeurs.INSTANCES)
        fiches.inscrire(valeurs.SEANCES)
        calendrier.inscrire_lecteur(lectures.seances_connues)
        libelles.inscrire(LIBELLES)
