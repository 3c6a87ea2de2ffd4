"""Déclaration de l'app `portail`."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree, inscrire


def _anonyme(request: HttpRequest) -> bool:
    """Connecté, on a ses propres entrées : celles-ci restent dans le pied de page."""
    return not (getattr(request, "user", None) and request.user.is_authenticated)


class PortailConfig(AppConfig):
    name = "esperluette.portail"
    label = "portail"

    def ready(self) -> None:
        """Le menu de tout le monde, puis celui de qui n'est pas connecté."""
        inscrire(Entree("Accueil", "portail:accueil", ordre=0))
        inscrire(Entree("Simuler une équipe", "portail:simulateur", ordre=10))
        inscrire(Entree("Comprendre", "portail:comprendre", 12, _anonyme))
        inscrire(Entree("Ma région", "portail:regions", 14, _anonyme))
        inscrire(Entree("Contacts", "portail:contacts", 16, _anonyme))
        inscrire(Entree("Calendrier", "portail:calendrier", 18, _anonyme))
        inscrire(Entree("Équipes reconnues", "portail:annuaire", 19, _anonyme))
        inscrire(Entree("Aide", "portail:aide", ordre=90))
