"""Adresses de l'app `decisions` : la boîte de départ, la fiche de l'agent, la page de l'équipe."""

from django.urls import path

from esperluette.decisions.views import agent, boite, equipe, signature

app_name = "decisions"
urlpatterns = [
    path("decisions/", boite.boite, name="boite"),
    path("decisions/signer/", signature.signer, name="signer"),
    path("decisions/notifier/", boite.notifier, name="notifier"),
    path("decisions/courriers.zip", boite.courriers_signes, name="courriers"),
    path("instruction/<slug:reference>/decision/", agent.fiche, name="fiche"),
    path("instruction/<slug:reference>/decision/rediger/", agent.rediger, name="rediger"),
    path("instruction/<slug:reference>/decision/courrier/", agent.courrier, name="courrier"),
    path("instruction/<slug:reference>/decision/viser/", agent.viser, name="viser"),
    path("instruction/<slug:reference>/decision/abandonner/", agent.abandonner, name="abandonner"),
    path("instruction/<slug:reference>/decision/rouvrir/", agent.rouvrir, name="rouvrir"),
    path("instruction/<slug:reference>/decision/reexaminer/", agent.reexaminer, name="reexaminer"),
    path("instruction/<slug:reference>/decision/retirer/", signature.retirer, name="retirer"),
    path(
        "instruction/<slug:reference>/decision/<int:pk>/<slug:nature>.<slug:format>", agent.document, name="document"
    ),
    path("instruction/<slug:reference>/decision/avis.<slug:format>", agent.information_avis, name="avis"),
    path("dossiers/<slug:reference>/decision/", equipe.decision, name="equipe"),
    path("dossiers/<slug:reference>/decision/<int:pk>/<slug:nature>.pdf", equipe.document, name="equipe_document"),
]
