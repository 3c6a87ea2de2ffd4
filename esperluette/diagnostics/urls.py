"""Les adresses de `diagnostics` ; celle du territoire lui-même est `equipes:territoire`."""

from django.urls import path

from esperluette.diagnostics.views import constats

app_name = "diagnostics"
urlpatterns = [
    path("<int:pk>/territoire/constats/<slug:identifiant>/", constats.constat, name="constat"),
]
