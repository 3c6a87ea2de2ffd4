"""Ma région : ce qui est à rafraîchir, et recharger l'édition."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from esperluette.administration import droits, lectures
from esperluette.administration.views.outils import dans_la_region, moi, page, tenir
from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.interlocuteurs.actions import fiches as actions
from esperluette.interlocuteurs.actions.fiches import Geste
from esperluette.interlocuteurs.droits import peut_tenir
from esperluette.interlocuteurs.fiches import sorte
from esperluette.territoires.models import Region


@lecture_seule
@login_required
def accueil(request: HttpRequest) -> HttpResponse:
    """La région à administrer ; un choix s'il y en a plusieurs."""
    exiger(droits.peut_administrer(request.user))
    regions = list(droits.regions_de(request.user))
    if len(regions) == 1:
        return redirect("administration:region", cle=regions[0].cle)
    return render(request, "administration/accueil.html", {"regions": regions})


@lecture_seule
@dans_la_region(droits.peut_ouvrir)
def region(request: HttpRequest, region: Region) -> HttpResponse:
    """Ce qui vieillit dans la région."""
    tient = bool(peut_tenir(request.user, region.pk))
    return page(
        request,
        region,
        "region",
        "region",
        tient=tient,
        alertes=lectures.a_rafraichir(region) if tient else [],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(tenir)
def recharger(request: HttpRequest, region: Region) -> HttpResponse:
    """L'aperçu de ce que l'édition changerait ; confirmé, elle se charge."""
    if request.method == "POST":
        reprises = [tuple(choix.split(":", 1)) for choix in request.POST.getlist("reprendre") if ":" in choix]
        try:
            rendu = actions.recharger(region, acteur=moi(request), reprises=reprises)  # type: ignore[arg-type]
        except ErreurMetier as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, f"L’édition est rechargée : {rendu.resume}.")
        return redirect("administration:recharger", cle=region.cle)
    try:
        lignes = lectures.changements_prevus(region)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        lignes = []
    noms = lectures.noms_des_endroits(v for x in lignes for v in (x.en_base, x.en_edition))
    apercu = [
        (ligne, lectures.comparer(sorte(ligne.sorte).modele, ligne.en_base, ligne.en_edition, noms))
        for ligne in lignes
        if ligne.geste is not Geste.CREEE
    ]
    creees = [ligne for ligne in lignes if ligne.geste is Geste.CREEE]
    return page(
        request, region, "recharger", "recharger",
        apercu=apercu, creees=creees, reprenables=(Geste.EN_DESACCORD, Geste.GARDEE),
    )  # fmt: skip
