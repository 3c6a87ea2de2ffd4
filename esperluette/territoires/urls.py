"""Adresses de l'app `territoires`."""

from django.urls import path

from esperluette.territoires import views

app_name = "territoires"
urlpatterns = [path("chercher/", views.chercher, name="chercher")]
