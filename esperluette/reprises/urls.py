"""Adresses de l'app `reprises`."""

from django.urls import path

from esperluette.reprises import views

app_name = "reprises"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("ajouter/", views.ajouter, name="ajouter"),
    path("modele.<str:sorte>", views.modele, name="modele"),
    path("importer/", views.importer, name="importer"),
    path("importer/<int:pk>/", views.confirmer, name="confirmer"),
    path("<int:pk>/", views.fiche, name="fiche"),
    path("<int:pk>/pages-signees/joindre/", views.page_signee, name="page_signee"),
    path("<int:pk>/pages-signees/<int:signature>/retirer/", views.page_signee_retirer, name="page_signee_retirer"),
    path("<int:pk>/actes/<int:piece>/", views.acte, name="acte"),
]
