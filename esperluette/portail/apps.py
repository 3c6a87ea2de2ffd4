"""Déclaration de l'app `portail`."""

from django.apps import AppConfig
from django.http import HttpRequest

from esperluette.commun.navigation import Entree, inscrire


def _anonyme(request: HttpRequest) -> bool:
    """Connecté, on a ses propres entrées : celles-ci restent dans le pied de page."""
    return not (getattr(request, "user", None) and request.user.is_authenticated)


def _sans_fonction(request: HttpRequest) -> bool:
    """Agent ou membre d'une commission, on vient pour autre chose ; le logo mène à l'accueil, le pied au reste."""
    from esperluette.comptes.lectures import fonctions_actives  # noqa: PLC0415 — les modèles ne sont pas prêts avant

    return not fonctions_actives(getattr(request, "user", None))


class PortailConfig(AppConfig):
    name = "esperluette.portail"
    label = "portail"

    def ready(self) -> None:
        """Le menu de tout le monde, puis celui de qui n'est pas connecté."""
        inscrire(Entree("Accueil", "portail:accueil", 0, _sans_fonction))
        inscrire(Entree("Simuler une équipe", "portail:simulateur", 10, _sans_fonction))
        inscrire(Entree("Comprendre", "portail:comprendre", 12, _anonyme))
        inscrire(Entree("Régions", "portail:regions", 14, _anonyme))
        inscrire(Entree("Contacts", "portail:contacts", 16, _anonyme))
        inscrire(Entree("Calendrier", "portail:calendrier", 18, _anonyme))
        inscrire(Entree("Équipes reconnues", "portail:annuaire", 19, _anonyme))
        inscrire(Entree("Aide", "portail:aide", ordre=90))
