"""Déclaration de l'app `deliberations` : la lecture, l'avis et le procès-verbal."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "avis_ecrit_rendu": "a rendu son avis écrit",
    "avis_ecrit_repris": "a repris son avis écrit",
    "vote_en_ligne": "a voté en ligne",
    "consultation_fermee": "a fermé la consultation écrite",
    "seance_presidee": "a dit qui préside la séance",
    "presence_notee": "a noté une présence ({mode})",
    "mandat_donne": "a noté un mandat de séance",
    "lecture_choisie": "a changé les options de lecture",
    "voix_effacees": "a effacé les voix d’un point",
    "reserve_saisie": "a saisi une réserve",
    "reserve_retiree": "a retiré une réserve",
    "point_delibere": "a noté l’avis de la commission sur un point",
    "point_repris": "a repris un point",
    "pv_etabli": "a établi le procès-verbal",
    "pv_corrige": "a corrigé le procès-verbal",
    "pv_confie": "a désigné qui valide le procès-verbal",
    "pv_valide": "a validé le procès-verbal",
    "reserve_preuve": "a déposé une preuve pour une réserve",
    "reserve_levee": "a levé une réserve",
    "reserve_abandonnee": "a abandonné une réserve",
    "reserve_rouverte": "a rouvert une réserve",
}


class DeliberationsConfig(AppConfig):
    name = "esperluette.deliberations"
    label = "deliberations"

    def ready(self) -> None:
        """Le menu « Séances » des membres, la page des réserves côté équipe, les libellés, l'entretien."""
        from esperluette.commissions import contributions as commission  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.commun import navigation  # noqa: PLC0415
        from esperluette.comptes import drapeaux, exports  # noqa: PLC0415
        from esperluette.deliberations import (  # noqa: PLC0415
            archive,
            origines,
            taches,
        )
        from esperluette.deliberations import contributions as miennes  # noqa: PLC0415
        from esperluette.deliberations.actions.deports import suivre_le_deport  # noqa: PLC0415
        from esperluette.deliberations.exports import mes_seances  # noqa: PLC0415
        from esperluette.deliberations.sortes import SORTES  # noqa: PLC0415
        from esperluette.deliberations.table import quorum_manquant  # noqa: PLC0415
        from esperluette.documents.registres import ORIGINES  # noqa: PLC0415
        from esperluette.dossiers import contributions  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415

        def siege_quelque_part(request: HttpRequest) -> bool:
            return miennes.siege_quelque_part(request)

        drapeaux.inscrire_drapeau("siege", miennes.tient_un_siege)
        navigation.inscrire(
            navigation.Entree("Séances", "deliberations:liste", 24, siege_quelque_part, groupe="Commission")
        )
        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        commission.ONGLETS.inscrire(miennes.onglets_de_seance)
        commission.LECTURES.inscrire(miennes.lecture_du_point)
        commission.QUORUMS.inscrire(quorum_manquant)
        commission.DEPORTS.inscrire(suivre_le_deport)
        contributions.ONGLETS.inscrire(miennes.onglets)
        contributions.BLOCS.inscrire(miennes.blocs)
        contributions.ARCHIVES.inscrire(archive.pieces)
        contributions.USAGES.inscrire(miennes.dossiers_du_fichier)
        entretien.inscrire(taches.entretenir)
        exports.inscrire("seances", mes_seances)
        ORIGINES.inscrire("deliberations.procesverbal", origines.proces_verbal, contenu=True)
        ORIGINES.inscrire("deliberations.extrait", origines.extrait, contenu=True)
