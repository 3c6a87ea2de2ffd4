"""Adresses de l'app `instruction`."""

from django.urls import path

from esperluette.instruction.views import fiche, liste, reserves

app_name = "instruction"
urlpatterns = [
    path("", liste.liste, name="liste"),
    path("<slug:reference>/", fiche.fiche, name="fiche"),
    path("<slug:reference>/prendre/", fiche.prendre, name="prendre"),
    path("<slug:reference>/rendre/", fiche.rendre, name="rendre"),
    path("<slug:reference>/versions/<int:numero>/", fiche.version, name="version"),
    path("<slug:reference>/versions/<int:numero>/document.<str:sorte>", fiche.document, name="document"),
    path("<slug:reference>/pieces/<int:pk>/", fiche.piece, name="piece"),
    path("<slug:reference>/reserves/", reserves.reserves, name="reserves"),
    path("<slug:reference>/reserves/<int:pk>/", reserves.suivre, name="reserve_suivre"),
    path("<slug:reference>/reserves/preuves/<int:etape>/", reserves.fichier, name="reserve_fichier"),
    path("<slug:reference>/extraits/<int:pk>/document.<slug:format>", reserves.extrait, name="extrait"),
]
