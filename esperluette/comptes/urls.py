"""Adresses de l'app `comptes`."""

from django.urls import URLPattern

app_name = "comptes"
urlpatterns: list[URLPattern] = []
