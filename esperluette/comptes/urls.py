"""Adresses de l'app `comptes`. Les noms `account_…` sont ceux qu'attend allauth ; aucun mot de passe."""

from allauth.account import views as allauth
from django.urls import include, path

from esperluette.comptes import views

connexion = views.ConnexionView.as_view()

personnelles = [
    path("presentation/", views.presentation, name="presentation"),
    path("profil/", views.profil, name="profil"),
    path("profil/mes-donnees.json", views.export, name="export"),
]
urlpatterns = [
    path("connexion/", connexion, name="account_login"),
    path("connexion/", connexion, name="account_request_login_code"),
    path("connexion/code/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("deconnexion/", views.DeconnexionView.as_view(), name="account_logout"),
    path("desactive/", allauth.account_inactive, name="account_inactive"),
    path("", include((personnelles, "comptes"))),
]
