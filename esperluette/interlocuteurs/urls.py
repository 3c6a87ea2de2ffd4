"""Adresses de l'app `interlocuteurs` : écrire à l'interlocuteur de son territoire, et suivre."""

from django.urls import path

from esperluette.interlocuteurs import views

app_name = "interlocuteurs"
urlpatterns = [
    path("", views.demander, name="demander"),
    path("envoyee/", views.envoyee, name="envoyee"),
    path("confirmer/<str:jeton>/", views.confirmer, name="confirmer"),
    path("suivi/<str:jeton>/", views.suivi, name="suivi"),
    path("mes-demandes/", views.mes_demandes, name="mes_demandes"),
    path("recues/", views.recues, name="recues"),
    path("<int:pk>/", views.demande, name="demande"),
    path("<int:pk>/<slug:nom>/", views.geste, name="geste"),
]
