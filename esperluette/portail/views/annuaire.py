"""L'annuaire public des équipes reconnues : la page, et les mêmes données à reprendre."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.commun.vues import lecture_seule
from esperluette.portail import annuaire
from esperluette.portail.cache import DUREE_PARTAGEE, empreinte, fichier_public, publique
from esperluette.portail.views.commun import adresse_lue
from esperluette.reconnaissances.lectures import FichePublique


@publique
def liste(request: HttpRequest) -> HttpResponse:
    """Les équipes reconnues, filtrées ; leur carte ; ce que l'annuaire ne dit pas."""
    choix = annuaire.choix_de(adresse_lue(request))
    lu = annuaire.lire(choix)
    suite = (
        ""
        if choix.vide
        else "?" + urlencode({"region": choix.region, "departement": choix.departement, "forme": choix.forme})
    )
    contexte = {"annuaire": lu, "carte": annuaire.carte(lu), "suite": suite}
    return render(request, "portail/annuaire.html", contexte)


@lecture_seule
def en_csv(request: HttpRequest) -> HttpResponse:
    """Le tableau des équipes du choix."""
    return _fichier(request, annuaire.en_csv(_fiches(request)), "text/csv", "equipes-reconnues.csv")


@lecture_seule
def en_geojson(request: HttpRequest) -> HttpResponse:
    """Les mêmes, à poser sur une carte."""
    return _fichier(
        request, annuaire.en_geojson(_fiches(request)), "application/geo+json", "equipes-reconnues.geojson"
    )


def _fiches(request: HttpRequest) -> tuple[FichePublique, ...]:
    return annuaire.lire(annuaire.choix_de(adresse_lue(request))).fiches


def _fichier(request: HttpRequest, contenu: str, nature: str, nom: str) -> HttpResponse:
    octets = contenu.encode()

    def reponse() -> HttpResponse:
        fichier = HttpResponse(octets, content_type=f"{nature}; charset=utf-8")
        fichier["Content-Disposition"] = f'attachment; filename="{nom}"'
        return fichier

    # Une équipe qui retire ses coordonnées ne doit pas les retrouver une heure plus tard.
    return fichier_public(request, empreinte(octets), reponse, duree=DUREE_PARTAGEE)
