"""Les adresses d'une séance : la lecture d'un membre, le cockpit, le procès-verbal."""

from django.urls import path

from esperluette.deliberations.views import cockpit, lecture, proces_verbal

app_name = "deliberations"
urlpatterns = [
    path("", lecture.liste, name="liste"),
    path("<int:pk>/", lecture.seance, name="seance"),
    path("<int:pk>/points/<int:point>/", lecture.lecture, name="lecture"),
    path("<int:pk>/points/<int:point>/deport/", lecture.deport, name="deport"),
    path("<int:pk>/points/<int:point>/depot.pdf", lecture.depot, name="depot"),
    path("<int:pk>/points/<int:point>/pieces/<int:piece>/", lecture.piece, name="piece"),
    path("<int:pk>/points/<int:point>/pieces/<int:piece>/vignette.png", lecture.piece_vignette, name="piece_vignette"),
    path("<int:pk>/cockpit/", cockpit.cockpit, name="cockpit"),
    path("<int:pk>/ouvrir/", cockpit.ouvrir, name="ouvrir"),
    path("<int:pk>/options/", cockpit.options, name="options"),
    path("<int:pk>/saisies/", cockpit.saisies, name="saisies"),
    path("<int:pk>/etat/", cockpit.etat, name="etat"),
    path("<int:pk>/clore/", cockpit.clore, name="clore"),
    path("<int:pk>/proces-verbal/", proces_verbal.proces_verbal, name="proces_verbal"),
    path("<int:pk>/proces-verbal/corriger/", proces_verbal.corriger, name="corriger"),
    path("<int:pk>/proces-verbal/confier/", proces_verbal.confier, name="confier"),
    path("<int:pk>/proces-verbal/valider/", proces_verbal.valider, name="valider"),
    path("<int:pk>/proces-verbal/document.<slug:format>", proces_verbal.document, name="document"),
    path("<int:pk>/extraits/<int:point>/document.<slug:format>", proces_verbal.extrait, name="extrait"),
]
