"""Déclaration de l'app `administration` : ce que l'administrateur d'une région tient à l'écran."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree, inscrire


def _administre(request: HttpRequest) -> bool:
    from esperluette.administration.droits import administre  # noqa: PLC0415 — les modèles ne sont prêts qu'ici

    return administre(getattr(request, "user", None))


class AdministrationConfig(AppConfig):
    name = "esperluette.administration"
    label = "administration"

    def ready(self) -> None:
        """Inscrit l'entrée du menu, pour qui administre."""
        inscrire(Entree("Ma région", "administration:accueil", 30, _administre, groupe="Région"))
