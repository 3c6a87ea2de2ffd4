"""Les adresses de `sollicitations`."""

from django.urls import URLPattern

app_name = "sollicitations"
urlpatterns: list[URLPattern] = []
