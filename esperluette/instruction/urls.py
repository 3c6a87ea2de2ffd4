"""Adresses de l'app `instruction`."""

from django.urls import path

from esperluette.instruction import views

app_name = "instruction"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("<str:reference>/", views.fiche, name="fiche"),
    path("<str:reference>/prendre/", views.prendre, name="prendre"),
    path("<str:reference>/rendre/", views.rendre, name="rendre"),
    path("<str:reference>/versions/<int:numero>/", views.version, name="version"),
    path("<str:reference>/versions/<int:numero>/document.<str:sorte>", views.document, name="document"),
    path("<str:reference>/pieces/<int:pk>/", views.piece, name="piece"),
]
