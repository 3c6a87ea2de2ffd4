"""Déclaration de l'app `reconnaissances` : la vie d'une équipe reconnue."""

from django.apps import AppConfig

LIBELLES = {
    "equipe_reconnue": "a enregistré la reconnaissance de l’équipe ({forme})",
    "coordonnees_publiees": "a publié les coordonnées de l’équipe à l’annuaire",
    "coordonnees_retirees": "a retiré de l’annuaire les coordonnées de l’équipe",
    "reconnaissance_corrigee": "a corrigé la reconnaissance de l’équipe ({forme})",
}


class ReconnaissancesConfig(AppConfig):
    name = "esperluette.reconnaissances"
    label = "reconnaissances"

    def ready(self) -> None:
        """L'onglet « Reconnaissance » de l'espace d'une équipe ; les libellés du journal."""
        from esperluette.equipes import tableau as tableau_equipe  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.reconnaissances import tableau  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        tableau_equipe.inscrire_onglets(tableau.onglets)
