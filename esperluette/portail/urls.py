"""Adresses de l'app `portail`."""

from django.urls import path

from esperluette.portail import views

app_name = "portail"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("apres-connexion/", views.apres_connexion, name="apres_connexion"),
]
