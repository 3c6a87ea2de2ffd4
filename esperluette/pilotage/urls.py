"""Adresses de l'app `pilotage`."""

from django.urls import path

from esperluette.pilotage import views

app_name = "pilotage"
urlpatterns = [
    path("", views.tableau_de_bord, name="tableau"),
    path("export.xlsx", views.exporter_xlsx, name="xlsx"),
    path("<slug:cle>.csv", views.exporter_csv, name="csv"),
]
