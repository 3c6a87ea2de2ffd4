"""Les réserves et l'extrait d'un dossier, dans l'espace de l'équipe."""

from django.urls import path

from esperluette.deliberations.views import equipe

app_name = "deliberations_equipe"
urlpatterns = [
    path("<slug:reference>/reserves/", equipe.reserves, name="reserves"),
    path("<slug:reference>/reserves/<int:pk>/preuve/", equipe.preuve, name="preuve"),
    path("<slug:reference>/reserves/preuves/<int:etape>/", equipe.fichier, name="fichier"),
    path("<slug:reference>/extraits/<int:pk>/document.<slug:format>", equipe.extrait, name="extrait"),
]
