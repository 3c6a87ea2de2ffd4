"""Adresses de l'app `dossiers`."""

from django.urls import URLPattern

app_name = "dossiers"
urlpatterns: list[URLPattern] = []
