"""Adresses de l'app `equipes`."""

from django.urls import path

from esperluette.equipes import views

app_name = "equipes"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("invitation/<str:jeton>/", views.invitation, name="invitation"),
    path("<int:pk>/", views.fiche, name="fiche"),
    path("<int:pk>/membres/", views.membres, name="membres"),
]
