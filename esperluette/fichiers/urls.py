"""Adresses de l'app `fichiers`."""

from django.urls import URLPattern

app_name = "fichiers"
urlpatterns: list[URLPattern] = []
