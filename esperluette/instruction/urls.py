"""Adresses de l'app `instruction`."""

from django.urls import URLPattern

app_name = "instruction"
urlpatterns: list[URLPattern] = []
