"""Ce que l'équipe voit de l'instruction dans son dossier : le brouillon ouvert, la réunion sur site."""

from django.urls import path

from esperluette.instruction.views import brouillon, reunion

app_name = "preparation"
urlpatterns = [
    path("<slug:reference>/brouillon-ouvert/", brouillon.ouvrir, name="brouillon"),
    path("<slug:reference>/reunion/", reunion.de_l_equipe, name="reunion"),
    path("<slug:reference>/reunion/<int:pk>/agenda.ics", reunion.agenda_equipe, name="agenda"),
    path("<slug:reference>/reunion/pieces/<int:pk>/", reunion.piece_equipe, name="piece"),
]
