"""Adresses de l'app `reprises`."""

from django.urls import URLPattern

app_name = "reprises"
urlpatterns: list[URLPattern] = []
