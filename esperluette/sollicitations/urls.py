"""Les adresses de `sollicitations`, côté équipe ; celles de l'agent sont dans `urls_agent`."""

from django.urls import path

from esperluette.sollicitations import views

app_name = "sollicitations"
urlpatterns = [
    path("<slug:reference>/chiffres/", views.chiffres, name="chiffres"),
    path("<slug:reference>/chiffres/<int:pk>/relancer/", views.relancer, name="relancer"),
    path("<slug:reference>/chiffres/<int:pk>/retirer/", views.retirer, name="retirer"),
    path("<slug:reference>/chiffres/<int:pk>/inserer/", views.inserer, name="inserer"),
]
