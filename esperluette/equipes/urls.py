"""Adresses de l'app `equipes`."""

from django.urls import path

from esperluette.equipes.views import accompagnateurs, delegations, equipe, invitations, membres

app_name = "equipes"
urlpatterns = [
    path("", equipe.liste, name="liste"),
    path("creer/", equipe.creer, name="creer"),
    path("invitation/<str:jeton>/", invitations.invitation, name="invitation"),
    path("invitations/<int:pk>/confirmer/", invitations.confirmer, name="confirmer"),
    path("<int:pk>/", equipe.fiche, name="fiche"),
    path("<int:pk>/informations/", equipe.informations, name="informations"),
    path("<int:pk>/informations/modifier/", equipe.modifier, name="modifier"),
    path("<int:pk>/territoire/", equipe.territoire, name="territoire"),
    path("<int:pk>/questions/", equipe.questions, name="questions"),
    path("<int:pk>/sites/ajouter/", equipe.site_ajouter, name="site_ajouter"),
    path("<int:pk>/sites/<int:site>/retirer/", equipe.site_retirer, name="site_retirer"),
    path("<int:pk>/quitter/", equipe.quitter, name="quitter"),
    path("<int:pk>/membres/", membres.membres, name="membres"),
    path("<int:pk>/membres/ajouter/", membres.ajouter, name="membre_ajouter"),
    path("<int:pk>/membres/<int:membre>/modifier/", membres.modifier, name="membre_modifier"),
    path("<int:pk>/membres/<int:membre>/inviter/", membres.inviter, name="membre_inviter"),
    path("<int:pk>/membres/<int:membre>/transmettre/", membres.transmettre, name="membre_transmettre"),
    path("<int:pk>/membres/<int:membre>/retirer/", membres.retirer, name="membre_retirer"),
    path("<int:pk>/invitations/<int:invitation>/renvoyer/", membres.renvoyer, name="invitation_renvoyer"),
    path("<int:pk>/invitations/<int:invitation>/revoquer/", membres.revoquer, name="invitation_revoquer"),
    path("<int:pk>/delegations/", delegations.delegations, name="delegations"),
    path("<int:pk>/delegations/confier/", delegations.confier, name="delegation_confier"),
    path("<int:pk>/delegations/<int:delegation>/retirer/", delegations.retirer, name="delegation_retirer"),
    path("<int:pk>/accompagnateurs/", accompagnateurs.accompagnateurs, name="accompagnateurs"),
    path("<int:pk>/accompagnateurs/inviter/", accompagnateurs.inviter, name="accompagnateur_inviter"),
    path("<int:pk>/accompagnateurs/<int:acces>/revoquer/", accompagnateurs.revoquer, name="accompagnateur_revoquer"),
]
