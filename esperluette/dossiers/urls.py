"""Adresses de l'app `dossiers`."""

from django.urls import path, register_converter

from esperluette.dossiers.adresses import CheminDeChamp
from esperluette.dossiers.views import champs, documents, fiche, pieces, preuves, redaction, signature

register_converter(CheminDeChamp, "chemin")

app_name = "dossiers"
urlpatterns = [
    path("", fiche.liste, name="liste"),
    path("nouveau/<int:equipe>/", fiche.nouveau, name="nouveau"),
    path("<slug:reference>/", fiche.fiche, name="fiche"),
    path("<slug:reference>/retirer/", fiche.retirer, name="retirer"),
    path("<slug:reference>/redaction/", redaction.redaction, name="redaction"),
    path("<slug:reference>/redaction/<slug:rubrique_id>/", redaction.rubrique, name="rubrique"),
    path("<slug:reference>/redaction/<slug:rubrique_id>/presence/", redaction.presence, name="presence"),
    path("<slug:reference>/manques/", redaction.manques, name="manques"),
    path("<slug:reference>/reprendre/", redaction.reprendre, name="reprendre"),
    # Avant « champ » : « …/versions/3/ » se lirait comme une cellule.
    path("<slug:reference>/champs/<chemin:chemin>/versions/<int:numero>/", champs.restaurer, name="restaurer"),
    path("<slug:reference>/champs/<chemin:chemin>/historique/", champs.historique, name="historique"),
    path("<slug:reference>/champs/<chemin:chemin>/", champs.champ, name="champ"),
    path("<slug:reference>/pieces/", pieces.pieces, name="pieces"),
    path("<slug:reference>/pieces/<int:pk>/", pieces.piece, name="piece"),
    path("<slug:reference>/pieces/<int:pk>/retirer/", pieces.retirer, name="piece_retirer"),
    path("<slug:reference>/pieces/<int:pk>/vignette.png", pieces.vignette, name="piece_vignette"),
    path("<slug:reference>/pieces/<int:pk>/remplacer/", pieces.remplacer, name="piece_remplacer"),
    path("<slug:reference>/pieces/<int:pk>/validite/", pieces.dater, name="piece_validite"),
    path("<slug:reference>/pieces/<int:pk>/garder/", pieces.garder, name="piece_garder"),
    path("<slug:reference>/signature/", signature.signature, name="signature"),
    path("<slug:reference>/figer/", signature.figer, name="figer"),
    path("<slug:reference>/signer/", signature.signer, name="signer"),
    path("<slug:reference>/relancer/", signature.relancer, name="relancer"),
    path("<slug:reference>/rouvrir/", signature.rouvrir, name="rouvrir"),
    path("<slug:reference>/deposer/", signature.deposer, name="deposer"),
    path("<slug:reference>/document.<slug:format>", documents.document, name="document"),
    path("<slug:reference>/versions/<int:numero>/", documents.version, name="version"),
    path(
        "<slug:reference>/versions/<int:numero>/document.<slug:format>",
        documents.version_document,
        name="version_document",
    ),
    path("<slug:reference>/versions/<int:numero>/preuves/", preuves.preuves, name="preuves"),
    path("<slug:reference>/versions/<int:numero>/preuves/toutes.<slug:format>", preuves.toutes, name="preuves_toutes"),
    path("<slug:reference>/versions/<int:numero>/preuves/<int:pk>/<str:sorte>", preuves.preuve, name="preuve"),
    path("<slug:reference>/versions/<int:numero>/accuse.pdf", documents.accuse, name="accuse"),
]
