"""Trier un constat : le garder, le récrire, l'écarter, revenir sur sa décision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.vues import exiger
from esperluette.diagnostics.actions import constats as actions
from esperluette.diagnostics.forms import ConstatForm
from esperluette.diagnostics.lectures.choix import choix_enregistre
from esperluette.diagnostics.lectures.constats import ConstatVu, constats_vus, retenus_de
from esperluette.equipes.droits import peut_rediger
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.indicateurs.diagnostic import instantane

CHANGE = "Les chiffres ont changé depuis que vous avez ouvert la page : relisez ce constat."


@require_http_methods(["GET", "HEAD", "POST"])
@avec_equipe("constat")
def constat(request: HttpRequest, equipe: Equipe, identifiant: str) -> HttpResponse:
    """Récrire un constat ; ses autres gestes s'envoient ici depuis la page du territoire."""
    exiger(peut_rediger(request.user, equipe))
    vu = _constat_vu(equipe, identifiant)
    geste = request.POST.get("geste", "recrire")
    if request.method == "POST" and geste != "recrire":
        return _trier(request, equipe, vu, geste)
    form = ConstatForm(request.POST or None, initial={"phrase": vu.phrase})
    if form.is_valid():
        try:
            actions.recrire_constat(
                equipe, vu.lu, phrase=form.cleaned_data["phrase"], acteur=moi(request), version=_version(request)
            )
        except Conflit as refus:
            vu = _constat_vu(equipe, identifiant)  # la version de l'autre se lit au-dessus de la vôtre
            form.refuser(refus)
        except ErreurMetier as refus:
            form.add_error("phrase", str(refus))
        else:
            messages.success(request, "La phrase est gardée, avec vos mots.")
            return _retour(equipe, vu)
    return page(request, equipe, "diagnostics/constat", "territoire", form=form, vu=vu)


def _trier(request: HttpRequest, equipe: Equipe, vu: ConstatVu, geste: str) -> HttpResponse:
    acteur, version = moi(request), _version(request)
    try:
        if geste == "retrier":
            actions.retrier_constat(equipe, vu.lu.id, acteur=acteur)
            messages.success(request, "Le constat est de nouveau à trier.")
        elif request.POST.get("vue") not in (None, vu.vue):
            messages.error(request, CHANGE)
        elif geste == "garder":
            actions.garder_constat(equipe, vu.lu, acteur=acteur, version=version)
            messages.success(request, "La phrase est gardée : vous pouvez la reprendre dans le projet.")
        elif geste == "ecarter":
            actions.ecarter_constat(equipe, vu.lu, acteur=acteur, version=version)
            messages.success(request, "Le constat est écarté. Vous pouvez revenir sur ce choix.")
        else:
            raise Http404("Ce geste n’existe pas.")
    except ErreurMetier as refus:
        messages.error(request, str(refus))
    return _retour(equipe, vu)


def _constat_vu(equipe: Equipe, identifiant: str) -> ConstatVu:
    """Le constat du territoire enregistré, calculé ou déjà décidé ; 404 s'il n'est ni l'un ni l'autre."""
    vus = constats_vus(instantane(choix_enregistre(equipe).codes).constats, retenus_de(equipe))
    trouve = next((v for v in vus if v.lu.id == identifiant), None)
    if trouve is None:
        raise Http404("Ce constat ne sort pas des chiffres de votre territoire.")
    return trouve


def _version(request: HttpRequest) -> int | None:
    """La version qu'on avait sous les yeux : 0 si personne n'avait décidé."""
    brute = request.POST.get("version", "")
    return int(brute) if brute.isdecimal() and len(brute) < 10 else None


def _retour(equipe: Equipe, vu: ConstatVu) -> HttpResponse:
    return redirect(f"{reverse('equipes:territoire', args=[equipe.pk])}#constat-{vu.lu.id}")
