"""Adresses de l'app `administration`."""

from django.urls import path

from esperluette.administration.views import fiches, reconnaissances, region

app_name = "administration"
urlpatterns = [
    path("", region.accueil, name="accueil"),
    path("<slug:cle>/", region.region, name="region"),
    path("<slug:cle>/recharger/", region.recharger, name="recharger"),
    path("<slug:cle>/reconnaissances/", reconnaissances.liste, name="reconnaissances"),
    path("<slug:cle>/reconnaissances/ajouter/", reconnaissances.ajouter, name="reconnaitre"),
    path("<slug:cle>/reconnaissances/<int:pk>/", reconnaissances.corriger, name="reconnaissance"),
    path("<slug:cle>/<slug:nom>/", fiches.table, name="table"),
    path("<slug:cle>/<slug:nom>/ajouter/", fiches.ajouter, name="ajouter"),
    path("<slug:cle>/<slug:nom>/<int:pk>/", fiches.fiche, name="fiche"),
    path("<slug:cle>/<slug:nom>/<int:pk>/activer/", fiches.activer, name="activer"),
    path("<slug:cle>/<slug:nom>/<int:pk>/revenir/", fiches.revenir, name="revenir"),
]
