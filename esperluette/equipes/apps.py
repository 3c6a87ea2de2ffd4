"""Déclaration de l'app `equipes`."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree, inscrire


def _connecte(request: HttpRequest) -> bool:
    return bool(getattr(request, "user", None) and request.user.is_authenticated)


class EquipesConfig(AppConfig):
    name = "esperluette.equipes"
    label = "equipes"

    def ready(self) -> None:
        """Inscrit l'entrée du menu."""
        inscrire(Entree("Mes équipes", "equipes:liste", 20, _connecte))
