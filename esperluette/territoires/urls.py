"""Adresses de l'app `territoires`."""

from django.urls import URLPattern

app_name = "territoires"
urlpatterns: list[URLPattern] = []
