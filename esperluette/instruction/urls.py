"""Adresses de l'app `instruction`."""

from django.urls import path

from esperluette.instruction import views

app_name = "instruction"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("<slug:reference>/", views.fiche, name="fiche"),
    path("<slug:reference>/prendre/", views.prendre, name="prendre"),
    path("<slug:reference>/rendre/", views.rendre, name="rendre"),
    path("<slug:reference>/versions/<int:numero>/", views.version, name="version"),
    path("<slug:reference>/versions/<int:numero>/document.<str:sorte>", views.document, name="document"),
    path("<slug:reference>/pieces/<int:pk>/", views.piece, name="piece"),
]
