"""Adresses de l'app `portail`."""

from django.urls import path

from esperluette.portail.views import accueil, simulateur

app_name = "portail"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("simulateur/", simulateur.simulateur, name="simulateur"),
    path("elus-et-partenaires/", accueil.partenaires, name="partenaires"),
    path("agents/", accueil.agents, name="agents"),
    path("apres-connexion/", accueil.apres_connexion, name="apres_connexion"),
    path("demonstration/", accueil.demonstration, name="demonstration"),
]
