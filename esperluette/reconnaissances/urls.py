"""L'adresse de la reconnaissance d'une équipe, dans son espace."""

from django.urls import path

from esperluette.reconnaissances.views.equipe import reconnaissance

app_name = "reconnaissances"
urlpatterns = [path("<int:pk>/reconnaissance/", reconnaissance, name="equipe")]
