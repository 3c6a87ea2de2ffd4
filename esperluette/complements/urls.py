"""Adresses des compléments, côté équipe ; incluses sous « dossiers/ »."""

from django.urls import path

from esperluette.complements import views

app_name = "complements"
urlpatterns = [
    path("<slug:reference>/remarques/", views.remarques, name="remarques"),
    path("<slug:reference>/remarques/<int:pk>/", views.remarque, name="remarque"),
]
