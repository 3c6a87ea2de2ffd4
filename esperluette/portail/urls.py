"""Adresses de l'app `portail`."""

from django.urls import URLPattern

app_name = "portail"
urlpatterns: list[URLPattern] = []
