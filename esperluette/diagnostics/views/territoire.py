"""La page du territoire : on choisit les communes, le diagnostic suit, rien ne s'enregistre sans le dire.

Tout ce qui est coché est dans l'adresse (`?communes=…&autour=…`) : elle se recharge, se garde, se partage.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.vues import exiger
from esperluette.diagnostics.actions.territoire import enregistrer_territoire
from esperluette.diagnostics.contributions import destinations
from esperluette.diagnostics.forms import TerritoireForm
from esperluette.diagnostics.lectures.choix import Choix, alentour, choix_brut, choix_enregistre, choix_lu
from esperluette.diagnostics.lectures.constats import constats_vus, par_genre, retenus_de
from esperluette.equipes.droits import peut_modifier, peut_rediger
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import moi, page
from esperluette.indicateurs.diagnostic import instantane

ENREGISTRER, MONTRER, REUNIR = "enregistrer", "montrer", "reunir"
AJOUTS = ("communes_ajout", "epci", "rayon")  # ne comptent qu'une fois demandés par leur bouton
ETAT = ("communes", "autour", *AJOUTS)


def territoire(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Le territoire de l'équipe et son diagnostic ; inscrite auprès des équipes, qui l'ont déjà trouvée visible."""
    if request.method == "POST":
        return _recevoir(request, equipe)
    donnees = _propre(request.GET)
    if not any(cle in donnees for cle in ETAT):
        choix = choix_enregistre(equipe)
        return _montrer(request, equipe, choix, _neuf(equipe, choix))
    if "geste" not in donnees and "vu" in donnees:  # une case vient de changer
        for cle in AJOUTS:
            donnees.pop(cle, None)
    form = TerritoireForm(donnees, equipe=equipe)
    choix = _lire(form, equipe, donnees)
    return _montrer(request, equipe, choix, form if form.errors else _neuf(equipe, choix))


def _recevoir(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Sans JavaScript, chaque bouton passe ici : on ajoute, on recalcule, ou l'on enregistre."""
    donnees = _propre(request.POST)
    geste = donnees["geste"] = donnees.get("geste") or ENREGISTRER
    if geste == ENREGISTRER:
        exiger(peut_modifier(request.user, equipe))
    form = TerritoireForm(donnees, equipe=equipe)
    if geste == ENREGISTRER:
        form.refuser_ce_qui_attend()
    choix = _lire(form, equipe, donnees)
    if form.errors:
        return _montrer(request, equipe, choix, form)
    if geste != ENREGISTRER:
        return redirect(f"{_adresse(equipe, choix)}#titre-communes")
    try:
        enregistrer_territoire(equipe, acteur=moi(request), communes=choix.communes, vu=donnees.get("vu", ""))
    except ErreurMetier as refus:
        form.refuser(refus)
        return _montrer(request, equipe, choix, form, conflit=isinstance(refus, Conflit))
    messages.success(request, "Le territoire de l’équipe est enregistré.")
    return redirect("equipes:territoire", pk=equipe.pk)


def _lire(form: TerritoireForm, equipe: Equipe, donnees: QueryDict) -> Choix:
    """Le choix après le geste demandé ; tel qu'il était si la saisie ne se comprend pas."""
    if not form.is_valid():
        return choix_brut(equipe, donnees)
    autour, geste = donnees.getlist("autour"), donnees.get("geste")
    if geste == ENREGISTRER:
        return choix_lu(equipe, form.cleaned_data["communes"], autour)
    if geste == MONTRER:
        return choix_lu(equipe, form.cleaned_data["communes"], [form.cleaned_data["epci"], *autour])
    communes = form.etendues()
    if form.errors:
        return choix_brut(equipe, donnees)
    if geste == REUNIR:
        communes += list(equipe.communes.select_related("region", "departement", "epci"))
    return choix_lu(equipe, communes, autour)


def _neuf(equipe: Equipe, choix: Choix) -> TerritoireForm:
    """Le formulaire vide d'un geste accompli : il montre ce qui est coché, et n'a plus rien à ajouter."""
    return TerritoireForm(initial={"communes": choix.communes}, equipe=equipe)


def _montrer(
    request: HttpRequest, equipe: Equipe, choix: Choix, form: TerritoireForm, *, conflit: bool = False
) -> HttpResponse:
    fragment = "" if not request.htmx else "choix" if request.GET.get("geste") else "diagnostic"  # type: ignore[attr-defined]
    contexte = _contexte(request, equipe, choix) | {"form": form, "conflit": conflit}
    if fragment:
        contexte |= {
            "equipe": equipe,
            "peut_modifier": peut_modifier(request.user, equipe),
            "redessiner": request.GET.get("fond") != contexte["alentour"].cle,
        }
        reponse = render(request, f"diagnostics/_suite_{fragment}.html", contexte)
        reponse["HX-Replace-Url"] = _adresse(equipe, choix)
    else:
        reponse = page(request, equipe, "diagnostics/territoire", "territoire", **contexte)
    patch_vary_headers(reponse, ["HX-Request"])
    return reponse


def _contexte(request: HttpRequest, equipe: Equipe, choix: Choix) -> dict[str, Any]:
    calcule = instantane(choix.codes)
    return {
        "choix": choix,
        "alentour": alentour(choix),
        "instantane": calcule,
        "constats": par_genre(constats_vus(calcule.constats, retenus_de(equipe) if choix.est_enregistre else {})),
        "peut_trier": peut_rediger(request.user, equipe),
        "destinations": destinations(equipe, request.user),
        "hors_bande": False,
    }


def _adresse(equipe: Equipe, choix: Choix) -> str:
    page_nue = reverse("equipes:territoire", args=[equipe.pk])
    return page_nue if choix.est_enregistre and not choix.requete_utile else f"{page_nue}?{choix.requete()}"


def _propre(donnees: QueryDict) -> QueryDict:
    """Sans les octets nuls que refuse PostgreSQL."""
    propres = QueryDict(mutable=True)
    for cle, valeurs in donnees.lists():
        propres.setlist(cle, [str(v).replace("\x00", "") for v in valeurs])
    return propres
