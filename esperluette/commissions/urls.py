"""Adresses de l'app `commissions`."""

from django.urls import path

from esperluette.commissions.views import accueil, composition, convocations, livrets, ordre, seances

app_name = "commissions"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("regions/<slug:cle>/ouvrir/", composition.ouvrir, name="ouvrir"),
    path("<int:pk>/", accueil.instance, name="instance"),
    path("<int:pk>/composition/", composition.composition, name="composition"),
    path("<int:pk>/composition/sieges/ajouter/", composition.ajouter_siege, name="ajouter_siege"),
    path("<int:pk>/composition/sieges/<int:siege>/", composition.modifier_siege, name="modifier_siege"),
    path("<int:pk>/composition/sieges/<int:siege>/retirer/", composition.retirer_siege, name="retirer_siege"),
    path("<int:pk>/composition/confier/", composition.nommer, name="nommer"),
    path("<int:pk>/composition/mandats/<int:mandat>/finir/", composition.finir_mandat, name="finir_mandat"),
    path("<int:pk>/regles/", composition.regles, name="regles"),
    path("<int:pk>/seances/fixer/", seances.creer, name="creer_seance"),
    path("seances/<int:pk>/", seances.seance, name="seance"),
    path("seances/<int:pk>/modifier/", seances.modifier, name="modifier_seance"),
    path("seances/<int:pk>/annuler/", seances.annuler, name="annuler_seance"),
    path("seances/<int:pk>/seconde/", seances.seconde, name="seconde"),
    path("seances/<int:pk>/convoquer/", convocations.convoquer, name="convoquer"),
    path("seances/<int:pk>/relancer/", convocations.relancer, name="relancer"),
    path("seances/<int:pk>/completer/", convocations.completer, name="completer"),
    path("seances/<int:pk>/inscrire/", ordre.inscrire, name="inscrire"),
    path("seances/<int:pk>/ordre/", ordre.ordonner, name="ordonner"),
    path("seances/<int:pk>/rapporteurs/", ordre.rapporteurs, name="rapporteurs"),
    path("seances/<int:pk>/points/<int:point>/", ordre.point, name="point"),
    path("seances/<int:pk>/points/<int:point>/deplacer/", ordre.deplacer, name="deplacer"),
    path("seances/<int:pk>/points/<int:point>/retirer/", ordre.retirer, name="retirer"),
    path("seances/<int:pk>/points/<int:point>/deporter/", ordre.deporter, name="deporter"),
    path(
        "seances/<int:pk>/points/<int:point>/deports/<int:deport>/annuler/",
        ordre.annuler_deport,
        name="annuler_deport",
    ),
    path("seances/<int:pk>/livret/", livrets.demander, name="demander_livret"),
    path("livrets/<int:pk>/", livrets.livret, name="livret"),
    path("livrets/<int:pk>/document", livrets.document, name="document"),
    path("convocations/<uuid:jeton>/", convocations.convocation, name="convocation"),
    path("convocations/<uuid:jeton>/agenda.ics", convocations.agenda, name="agenda"),
    path("convocations/<uuid:jeton>/livret/", livrets.demander_le_mien, name="demander_mon_livret"),
    path("convocations/<uuid:jeton>/points/<int:point>/deport/", convocations.se_deporter, name="se_deporter"),
    path("presentations/<uuid:jeton>/", convocations.presentation, name="presentation"),
]
