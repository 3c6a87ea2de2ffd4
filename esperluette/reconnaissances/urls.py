"""Adresses de l'app `reconnaissances` : l'équipe, l'agent, et la vérification ouverte à tous."""

from django.urls import path

from esperluette.reconnaissances.views import agent, avenants, equipe, publique

app_name = "reconnaissances"
urlpatterns = [
    path("equipes/<int:pk>/reconnaissance/", equipe.reconnaissance, name="equipe"),
    path("equipes/<int:pk>/reconnaissance/<int:numero>/attestation.pdf", equipe.attestation, name="attestation"),
    path("equipes/<int:pk>/reconnaissance/retraits/<int:numero>/", equipe.repondre, name="repondre"),
    path("dossiers/<slug:reference>/avenant/ouvrir/", avenants.ouvrir, name="ouvrir_avenant"),
    path("dossiers/<slug:reference>/avenant/", avenants.pour_l_equipe, name="avenant"),
    path("instruction/equipes-reconnues/", agent.liste, name="liste"),
    path("instruction/equipes-reconnues/<int:pk>/", agent.fiche, name="fiche"),
    path("instruction/equipes-reconnues/<int:pk>/attestation.pdf", agent.attestation, name="attestation_agent"),
    path("instruction/equipes-reconnues/<int:pk>/suspendre/", agent.suspendre, name="suspendre"),
    path("instruction/equipes-reconnues/<int:pk>/lever/<int:numero>/", agent.lever, name="lever"),
    path("instruction/equipes-reconnues/<int:pk>/retirer/", agent.envisager, name="envisager"),
    path("instruction/equipes-reconnues/<int:pk>/decider/<int:numero>/", agent.decider, name="decider"),
    path("instruction/equipes-reconnues/<int:pk>/delai/<int:numero>/", agent.delai, name="delai"),
    path("instruction/<slug:reference>/avenant/", avenants.pour_l_agent, name="avenant_agent"),
    path("verifier-une-reconnaissance/", publique.verifier, name="verifier"),
]
