"""Adresses de l'app `notifications`."""

from django.urls import URLPattern

app_name = "notifications"
urlpatterns: list[URLPattern] = []
