"""Adresses de l'app `equipes`."""

from django.urls import URLPattern

app_name = "equipes"
urlpatterns: list[URLPattern] = []
