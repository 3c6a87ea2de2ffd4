"""Déclaration de l'app `instruction` : l'espace des agents."""

from django.apps import AppConfig
from django.http import HttpRequest


class InstructionConfig(AppConfig):
    name = "esperluette.instruction"
    label = "instruction"

    def ready(self) -> None:
        """Le menu « Dossiers reçus », pour les agents seulement"""
        from esperluette.commun import navigation  # noqa: PLC0415 — les modèles ne sont prêts qu'ici
        from esperluette.instruction import contributions, fiche  # noqa: PLC0415
        from esperluette.instruction.lectures import est_agent  # noqa: PLC0415

        def pour_un_agent(request: HttpRequest) -> bool:
            return request.user.is_authenticated and est_agent(request.user)

        navigation.inscrire(navigation.Entree("Dossiers reçus", "instruction:liste", ordre=20, visible=pour_un_agent))
        contributions.ONGLETS.inscrire(fiche.onglets)
        contributions.GESTES.inscrire(fiche.gestes)
