"""Déclaration de l'app `archives` : l'archive d'un dossier et les durées de conservation."""

from django.apps import AppConfig

LIBELLES = {
    "dossier_emporte": "a emporté le dossier {dossier}",
    "brouillon_efface": "a effacé le brouillon {dossier}, abandonné",
    "compte_efface": "a effacé le compte",
    "conservation_appliquee": "a appliqué une durée de conservation ({regle})",
}


class ArchivesConfig(AppConfig):
    name = "esperluette.archives"
    label = "archives"

    def ready(self) -> None:
        """Le bouton des deux côtés, les libellés du journal, l'expiration des liens."""
        from esperluette.archives import checks as checks  # noqa: PLC0415 — son contrôle s'inscrit en se chargeant
        from esperluette.archives import contributions, preparation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.archives.sortes import SORTES  # noqa: PLC0415
        from esperluette.dossiers import contributions as cote_equipe  # noqa: PLC0415
        from esperluette.instruction import contributions as cote_agent  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        cote_equipe.ONGLETS.inscrire(contributions.onglets)
        cote_agent.GESTES.inscrire(contributions.gestes)
        entretien.inscrire(preparation.expirer)
