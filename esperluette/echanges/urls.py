"""Adresses de l'app `echanges`, côté équipe ; celles de l'agent sont dans `instruction`."""

from django.urls import path

from esperluette.echanges import views

app_name = "echanges"
urlpatterns = [
    path("<slug:reference>/echanges/", views.fil, name="fil"),
    path("<slug:reference>/echanges/brouillon/", views.brouillon, name="brouillon"),
    path("<slug:reference>/echanges/pieces/<int:pk>/", views.piece, name="piece"),
]
