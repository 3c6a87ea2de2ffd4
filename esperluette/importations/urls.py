"""Adresses de l'import, côté équipe ; incluses sous « dossiers/ », avant celles des dossiers."""

from django.urls import path

from esperluette.importations import views

app_name = "importations"
urlpatterns = [
    path("importer/", views.choisir, name="choisir"),
    path("<slug:reference>/importer/", views.importer, name="importer"),
    path("<slug:reference>/importer/<int:pk>/", views.relire, name="relire"),
    path("<slug:reference>/importer/<int:pk>/abandonner/", views.abandonner, name="abandonner"),
]
