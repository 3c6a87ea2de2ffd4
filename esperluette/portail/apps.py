"""Déclaration de l'app `portail`."""

from django.apps import AppConfig

from esperluette.commun.navigation import Entree, inscrire


class PortailConfig(AppConfig):
    name = "esperluette.portail"
    label = "portail"

    def ready(self) -> None:
        """Le menu de tout le monde : l'accueil, puis le simulateur."""
        inscrire(Entree("Accueil", "portail:accueil", ordre=0))
        inscrire(Entree("Simuler une équipe", "portail:simulateur", ordre=10))
