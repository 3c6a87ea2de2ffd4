"""Les adresses des demandes de chiffres, côté agent ; incluses avant celles d'un dossier reçu."""

from django.urls import path

from esperluette.sollicitations import views_agent

app_name = "chiffres"
urlpatterns = [
    path("", views_agent.liste, name="liste"),
    path("<int:pk>/", views_agent.demande, name="demande"),
]
