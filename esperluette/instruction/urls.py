"""Adresses de l'app `instruction`."""

from django.urls import path

from esperluette.instruction.views import complements, fiche, liste

app_name = "instruction"
urlpatterns = [
    path("", liste.liste, name="liste"),
    path("<slug:reference>/", fiche.fiche, name="fiche"),
    path("<slug:reference>/prendre/", fiche.prendre, name="prendre"),
    path("<slug:reference>/rendre/", fiche.rendre, name="rendre"),
    path("<slug:reference>/versions/<int:numero>/", fiche.version, name="version"),
    path("<slug:reference>/versions/<int:numero>/document.<str:sorte>", fiche.document, name="document"),
    path("<slug:reference>/pieces/<int:pk>/", fiche.piece, name="piece"),
    path("<slug:reference>/remarquer/", complements.remarquer, name="remarquer"),
    path("<slug:reference>/complements/", complements.complements, name="complements"),
    path("<slug:reference>/complements/preparer/", complements.preparer, name="complements_preparer"),
    path("<slug:reference>/complements/apercu/", complements.apercu, name="complements_apercu"),
    path("<slug:reference>/complements/abandonner/", complements.abandonner, name="complements_abandonner"),
    path("<slug:reference>/complements/prolonger/", complements.prolonger, name="complements_prolonger"),
    path("<slug:reference>/complements/annuler/", complements.annuler, name="complements_annuler"),
    path("<slug:reference>/complements/remarques/<int:pk>/", complements.relire, name="complements_relire"),
]
