"""Adresses de l'app `portail`."""

from django.urls import path, re_path

from esperluette.portail.views import (
    accueil,
    aide,
    annuaire,
    calendrier,
    comprendre,
    interlocuteurs,
    regions,
    simulateur,
    site,
    territoires,
    verifier,
)

app_name = "portail"
urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("simulateur/", simulateur.simulateur, name="simulateur"),
    path("comprendre/", comprendre.comprendre, name="comprendre"),
    path("regions/", regions.liste, name="regions"),
    path("regions/<slug:cle>/", regions.chemin, name="region"),
    path("regions/<slug:cle>/trames/<slug:demarche>.<slug:nature>", regions.trame, name="trame"),
    path("regions/<slug:cle>/<slug:forme>/", regions.chemin, name="chemin"),
    path("contacts/", interlocuteurs.contacts, name="contacts"),
    path("structures/", interlocuteurs.structures, name="structures"),
    path("calendrier/", calendrier.calendrier, name="calendrier"),
    path("calendrier/<slug:cle>.ics", calendrier.ics, name="calendrier_ics"),
    path("annuaire/", annuaire.liste, name="annuaire"),
    path("annuaire/equipes.csv", annuaire.en_csv, name="annuaire_csv"),
    path("annuaire/equipes.geojson", annuaire.en_geojson, name="annuaire_geojson"),
    path("territoires/", territoires.liste, name="territoires"),
    path("territoires/<slug:siren>/", territoires.epci, name="territoire"),
    path("elus-et-partenaires/", accueil.partenaires, name="partenaires"),
    path("agents/", accueil.agents, name="agents"),
    path("aide/", aide.sommaire, name="aide"),
    path("aide/ecrire-a-mon-referent/", aide.referent, name="referent"),
    path("aide/<slug:cle>/", aide.role, name="aide_role"),
    path("verifier/", verifier.document, name="verifier"),
    # Imprimée dans un QR : avec ou sans barre finale.
    re_path(r"^verifier/(?P<code>[^/]{1,200})/?$", verifier.code, name="verifier_code"),
    path("glossaire/", aide.glossaire, name="glossaire"),
    path("sources/", site.sources, name="sources"),
    path("plan-du-site/", site.plan_du_site, name="plan"),
    path("mentions-legales/", site.mentions, name="mentions"),
    path("donnees-personnelles/", site.donnees_personnelles, name="donnees_personnelles"),
    path("accessibilite/", site.accessibilite, name="accessibilite"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    path("apres-connexion/", accueil.apres_connexion, name="apres_connexion"),
    path("demonstration/", accueil.demonstration, name="demonstration"),
]
