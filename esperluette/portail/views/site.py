"""Les pages sur le site lui-même : sources, plan, mentions, données personnelles, accessibilité, robots."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from esperluette.commun.vues import lecture_seule
from esperluette.comptes.durees import durees as durees_de_conservation
from esperluette.portail.cache import DUREE_FICHIER, publique
from esperluette.portail.plan import adresses, plan
from esperluette.portail.sources import jeux_de_donnees, par_region
from esperluette.referentiel.lecture import national

ESPACES_DE_TRAVAIL = (
    "compte", "equipes", "dossiers", "instruction", "administration", "fichiers", "boite", "apres-connexion",
    "rencontre/suivi", "rencontre/confirmer", "rencontre/envoyee", "rencontre/mes-demandes", "rencontre/recues",
)  # fmt: skip
JOUR = 24 * 3600
MINUTE = 60


@publique
def sources(request: HttpRequest) -> HttpResponse:
    """Chaque document lu, sa date, ses erreurs ; chaque jeu de données, sa licence."""
    contexte = {"regions": par_region(), "socle": national(), "jeux": jeux_de_donnees()}
    return render(request, "portail/legal/sources.html", contexte)


@publique
def plan_du_site(request: HttpRequest) -> HttpResponse:
    """Tout le site, sur une page."""
    return render(request, "portail/legal/plan.html", {"parties": plan()})


@publique
def mentions(request: HttpRequest) -> HttpResponse:
    """Qui édite, qui héberge, sous quelle licence."""
    return render(request, "portail/legal/mentions.html", _qui())


@publique
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    """Ce que la plateforme garde des personnes, pourquoi, combien de temps, et leurs droits."""
    durees = {
        "session": settings.SESSION_COOKIE_AGE // JOUR,
        "code": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // MINUTE,
        "invitation": settings.DUREE_INVITATION_JOURS,
    }
    contexte = {"durees": durees, "conservation": durees_de_conservation().values()}
    return render(request, "portail/legal/donnees.html", _qui() | contexte)


@publique
def accessibilite(request: HttpRequest) -> HttpResponse:
    """La déclaration d'accessibilité, honnête : rien n'a été audité."""
    return render(request, "portail/legal/accessibilite.html", _qui())


@lecture_seule
def robots(_request: HttpRequest) -> HttpResponse:
    """Ce que les moteurs de recherche peuvent parcourir : les pages publiques, pas les espaces de travail."""
    lignes = ["User-agent: *", *(f"Disallow: /{espace}/" for espace in ESPACES_DE_TRAVAIL)]
    lignes += ["", f"Sitemap: {settings.ADRESSE_PUBLIQUE}{reverse('portail:sitemap')}", ""]
    return _fichier("\n".join(lignes), "text/plain")


@lecture_seule
def sitemap(request: HttpRequest) -> HttpResponse:
    """Le plan du site, pour les moteurs."""
    completes = [settings.ADRESSE_PUBLIQUE + adresse for adresse in adresses()]
    reponse = render(request, "portail/legal/sitemap.xml", {"adresses": completes}, content_type="application/xml")
    reponse["Cache-Control"] = f"public, max-age={DUREE_FICHIER}"
    return reponse


def _fichier(texte: str, nature: str) -> HttpResponse:
    reponse = HttpResponse(texte, content_type=f"{nature}; charset=utf-8")
    reponse["Cache-Control"] = f"public, max-age={DUREE_FICHIER}"
    return reponse


def _qui() -> dict[str, str]:
    """Qui répond du service ; vide si ce n'est pas renseigné."""
    return {
        "editeur": settings.EDITEUR_NOM,
        "editeur_adresse": settings.EDITEUR_ADRESSE,
        "directeur": settings.DIRECTEUR_DE_LA_PUBLICATION,
        "hebergeur": settings.HEBERGEUR_NOM,
        "hebergeur_adresse": settings.HEBERGEUR_ADRESSE,
        "contact": settings.CONTACT_COURRIEL,
        "contact_donnees": settings.CONTACT_DONNEES or settings.CONTACT_COURRIEL,
    }
