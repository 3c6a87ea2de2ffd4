"""Déclaration de l'app `importations` : la reprise d'une trame remplie hors d'Esperluette."""

from django.apps import AppConfig

LIBELLES = {
    "trame_deposee": "a déposé une trame remplie, à importer",
    "trame_lue": "a fait lire une trame remplie",
    "trame_reprise": "a repris des réponses d’une trame importée",
    "import_annule": "a annulé des réponses importées",
    "relecture_close": "a clos la relecture d’une trame importée",
}


class ImportationsConfig(AppConfig):
    name = "esperluette.importations"
    label = "importations"

    def ready(self) -> None:
        """Inscrit l'onglet du dossier, le geste de la liste, les libellés du journal, l'entretien et l'export."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.dossiers.contributions import BLOCS, GESTES_DE_LA_LISTE, ONGLETS  # noqa: PLC0415
        from esperluette.importations import contributions, taches  # noqa: PLC0415
        from esperluette.importations.exports import mes_importations  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien  # noqa: PLC0415

        ONGLETS.inscrire(contributions.onglets)
        BLOCS.inscrire(contributions.blocs)
        GESTES_DE_LA_LISTE.inscrire(contributions.gestes)
        entretien.inscrire(taches.reprendre_les_lectures)
        exports.inscrire("importations", mes_importations)
        libelles.inscrire(LIBELLES)
