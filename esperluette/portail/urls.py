"""Adresses de l'app `portail`."""

from django.urls import path

from esperluette.portail import views

app_name = "portail"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("simulateur/", views.simulateur, name="simulateur"),
    path("elus-et-partenaires/", views.partenaires, name="partenaires"),
    path("agents/", views.agents, name="agents"),
    path("apres-connexion/", views.apres_connexion, name="apres_connexion"),
    path("demonstration/", views.demonstration, name="demonstration"),
]
