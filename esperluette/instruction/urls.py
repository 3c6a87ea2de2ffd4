"""Adresses de l'app `instruction`."""

from django.urls import path

from esperluette.instruction.views import absence, affectation, echanges, fiche, liste, lots, notes, reponses_types

app_name = "instruction"
urlpatterns = [
    path("", liste.liste, name="liste"),
    path("export.<str:sorte>", liste.exporter, name="exporter"),
    path("colonnes/", liste.colonnes, name="colonnes"),
    path("filtres/", liste.vues, name="vues"),
    path("filtres/<int:pk>/", liste.vue, name="vue"),
    path("lots/", lots.preparer, name="lots"),
    path("lots/<uuid:cle>/", lots.lot, name="lot"),
    path("absences/", absence.liste, name="absences"),
    path("absences/<int:pk>/lever/", absence.lever, name="absence_lever"),
    path("messages/", echanges.a_suivre, name="messages"),
    path("reponses-types/", reponses_types.liste, name="reponses_types"),
    path("reponses-types/nouvelle/", reponses_types.nouvelle, name="reponse_type_nouvelle"),
    path("reponses-types/<int:pk>/", reponses_types.modifier, name="reponse_type"),
    path("reponses-types/<int:pk>/activer/", reponses_types.activer, name="reponse_type_activer"),
    path("<slug:reference>/", fiche.fiche, name="fiche"),
    path("<slug:reference>/prendre/", fiche.prendre, name="prendre"),
    path("<slug:reference>/rendre/", fiche.rendre, name="rendre"),
    path("<slug:reference>/affecter/", affectation.affecter, name="affecter"),
    path("<slug:reference>/versions/<int:numero>/", fiche.version, name="version"),
    path("<slug:reference>/versions/<int:numero>/document.<str:sorte>", fiche.document, name="document"),
    path("<slug:reference>/pieces/<int:pk>/", fiche.piece, name="piece"),
    path("<slug:reference>/echanges/", echanges.fil, name="echanges"),
    path("<slug:reference>/echanges/brouillon/", echanges.brouillon, name="echanges_brouillon"),
    path("<slug:reference>/echanges/pieces/<int:pk>/", echanges.piece, name="echanges_piece"),
    path("<slug:reference>/notes/", notes.notes, name="notes"),
    path("<slug:reference>/notes/brouillon/", notes.brouillon, name="notes_brouillon"),
]
