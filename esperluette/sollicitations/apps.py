"""Déclaration de l'app `sollicitations` : un chiffre demandé à l'ARS par une équipe, et la réponse."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun import navigation
from esperluette.commun.navigation import Entree

LIBELLES = {
    "chiffre_demande": "a demandé un chiffre à l’ARS",
    "chiffre_relance": "a relancé l’ARS pour un chiffre demandé",
    "chiffre_retire": "a retiré une demande de chiffre",
    "chiffre_donne": "a donné le chiffre demandé",
    "chiffre_indisponible": "a répondu ne pas avoir le chiffre demandé",
}


def pour_un_agent(request: HttpRequest) -> bool:
    """Le menu des agents, et d'eux seuls."""
    from esperluette.comptes.enums import Role  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
    from esperluette.comptes.lectures import a_un_role  # noqa: PLC0415

    return request.user.is_authenticated and a_un_role(request.user, *Role.LECTEURS)


class SollicitationsConfig(AppConfig):
    name = "esperluette.sollicitations"
    label = "sollicitations"

    def ready(self) -> None:
        """Inscrit le menu de l'agent, l'onglet, le bloc et le geste de l'équipe, les courriels, les emports."""
        from esperluette.comptes import exports  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.dossiers.contributions import ARCHIVES, BLOCS, GESTES_DU_CHAMP, ONGLETS  # noqa: PLC0415
        from esperluette.journal import libelles  # noqa: PLC0415
        from esperluette.notifications import sortes  # noqa: PLC0415
        from esperluette.sollicitations import archive, contributions  # noqa: PLC0415
        from esperluette.sollicitations.exports import mes_sollicitations  # noqa: PLC0415
        from esperluette.sollicitations.sortes import SORTES  # noqa: PLC0415

        navigation.inscrire(Entree("Chiffres demandés", "chiffres:liste", 22, pour_un_agent, groupe="Échanges"))
        ONGLETS.inscrire(contributions.onglets)
        BLOCS.inscrire(contributions.blocs)
        GESTES_DU_CHAMP.inscrire(contributions.gestes_du_champ)
        ARCHIVES.inscrire(archive.pieces)
        exports.inscrire("sollicitations", mes_sollicitations)
        libelles.inscrire(LIBELLES)
        sortes.inscrire(*SORTES)
