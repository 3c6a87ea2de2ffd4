"""Adresses de l'app `archives` : emporter un dossier, de l'un ou l'autre côté."""

from django.urls import path

from esperluette.archives import views

app_name = "archives"
urlpatterns = [
    path("compte/profil/effacer/", views.effacer, name="effacer"),
    path("dossiers/<slug:reference>/emporter/", views.equipe, name="equipe"),
    path("dossiers/<slug:reference>/emporter/<int:pk>/archive.zip", views.equipe_zip, name="equipe_zip"),
    path("instruction/<slug:reference>/emporter/", views.agent, name="ars"),
    path("instruction/<slug:reference>/emporter/<int:pk>/archive.zip", views.agent_zip, name="ars_zip"),
]
