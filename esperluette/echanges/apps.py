"""Déclaration de l'app `echanges` : la messagerie d'un dossier."""

from django.apps import AppConfig

LIBELLES = {
    "message_envoye": "a écrit un message",
    "note_interne": "a écrit une note interne",
    "reponse_type_creee": "a créé la réponse type",
    "reponse_type_modifiee": "a modifié la réponse type",
    "reponse_type_desactivee": "a cessé de proposer la réponse type",
    "reponse_type_reactivee": "a proposé de nouveau la réponse type",
}


class EchangesConfig(AppConfig):
    name = "esperluette.echanges"
    label = "echanges"

    def ready(self) -> None:
        """Inscrit l'onglet et le bloc de l'équipe, les libellés du journal, les sortes de courriels, l'export."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.dossiers.contributions import ARCHIVES, BLOCS, ONGLETS, USAGES  # noqa: PLC0415
        from esperluette.echanges import archive, contributions  # noqa: PLC0415
        from esperluette.echanges.exports import mes_messages  # noqa: PLC0415
        from esperluette.echanges.sortes import SORTES  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import sortes  # noqa: PLC0415

        ONGLETS.inscrire(contributions.onglets)
        BLOCS.inscrire(contributions.blocs)
        ARCHIVES.inscrire(archive.pieces)
        USAGES.inscrire(contributions.dossiers_du_fichier)
        exports.inscrire("echanges", mes_messages)
        libelles.inscrire(LIBELLES, internes=["note_interne"])
        sortes.inscrire(*SORTES)
