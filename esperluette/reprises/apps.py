"""Déclaration de l'app `reprises` : les équipes d'avant Esperluette."""

from django.apps import AppConfig
from django.http import HttpRequest

LIBELLES = {
    "equipe_reprise": "a repris l’équipe d’avant Esperluette",
    "dossier_repris": "a repris le dossier dans l’état « {etat} », avec ses vraies dates",
    "page_signee_jointe": "a joint une page signée à la main, numérisée",
    "page_signee_retiree": "a retiré une page signée à la main, numérisée",
    "acte_joint": "a joint un acte numérisé ({nature})",
}


def _reprend(request: HttpRequest) -> bool:
    from esperluette.reprises.droits import reprend_quelque_part  # noqa: PLC0415 — les modèles ne sont pas prêts

    return reprend_quelque_part(request.user)


class ReprisesConfig(AppConfig):
    name = "esperluette.reprises"
    label = "reprises"

    def ready(self) -> None:
        """Le menu « Reprises », les libellés du journal, l'oubli des tableurs."""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import entretien, sortes  # noqa: PLC0415
        from esperluette.reprises import taches  # noqa: PLC0415
        from esperluette.reprises.sortes import SORTES  # noqa: PLC0415

        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
        navigation.inscrire(navigation.Entree("Reprises", "reprises:liste", 34, _reprend, "Équipes"))
        entretien.inscrire(taches.oublier_les_tableurs)
