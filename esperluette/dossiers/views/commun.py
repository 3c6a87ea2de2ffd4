"""Ce que partagent les vues : qui entre, quel dossier, comment confirmer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render

from esperluette.dossiers.contributions import onglets_de
from esperluette.dossiers.lectures import qui_signe
from esperluette.dossiers.models import Dossier
from esperluette.equipes.actions import consigner_consultation
from esperluette.equipes.models import AccesAccompagnateur, Membre

Vue = Callable[..., HttpResponse]
METHODES = ("GET", "HEAD", "POST")


def connexion_requise(vue: Vue) -> Vue:
    """Renvoie vers la connexion ; un appel de script reçoit un 401, qu'il sait expliquer sans changer de page."""

    @wraps(vue)
    def emballee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in METHODES:
            return HttpResponseNotAllowed(METHODES)
        if request.user.is_authenticated:
            if request.method == "GET" and "reference" in kwargs and not est_un_script(request):
                _noter_la_visite(request, kwargs["reference"])
            return vue(request, *args, **kwargs)
        if est_un_script(request):
            return HttpResponse("Votre session a expiré.", status=401, content_type="text/plain; charset=utf-8")
        return redirect_to_login(request.get_full_path())

    return emballee


def _noter_la_visite(request: HttpRequest, reference: str) -> None:
    """Consigne la lecture d'un accompagnateur, avant la vue : celle-ci peut rester en lecture seule."""
    acces = (
        AccesAccompagnateur.objects.en_cours()
        .de(request.user)
        .filter(equipe__dossiers__reference=reference)
        .select_related("equipe")
        .first()
    )
    if acces is not None:
        adresse = request.resolver_match
        page = adresse.url_name if adresse and adresse.url_name else "dossier"
        consigner_consultation(acces.equipe, acteur=request.user, page=f"dossier/{page}")


def est_un_script(request: HttpRequest) -> bool:
    """Vrai pour un envoi fait par nos scripts, qui attend un fragment."""
    return bool(request.htmx) or request.headers.get("X-Esperluette") == "fragment"


def dossier_visible(request: HttpRequest, reference: str, *, avec_equipe: bool = True) -> Dossier:
    """Le dossier, avec l'équipe et ses membres si la page les montre ; 404 s'il n'est pas à la personne."""
    dossiers = Dossier.objects.visibles_par(request.user).select_related(
        "equipe__implantation__departement", "equipe__implantation__region", "instruit_par"
    )
    if avec_equipe:
        membres = Membre.objects.select_related("commune__departement", "compte")
        dossiers = dossiers.prefetch_related(
            Prefetch("equipe__membres", membres), "equipe__communes", "equipe__declarations"
        )
    return get_object_or_404(dossiers, reference=reference)


def page(request: HttpRequest, gabarit: str, dossier: Dossier, *, onglet: str, statut: int = 200, **contexte: Any):
    """Une page du dossier, avec son bandeau et ses onglets. Une app du dessus donne le chemin de son gabarit."""
    commun = {
        "dossier": dossier, "onglet": onglet, "avec_signature": qui_signe(dossier) != "aucune",
        "onglets_ajoutes": onglets_de(dossier, request.user),
    }  # fmt: skip
    chemin = gabarit if "/" in gabarit else f"dossiers/{gabarit}.html"
    return render(request, chemin, commun | contexte, status=statut)


def confirmer(
    request: HttpRequest, dossier: Dossier, *, onglet: str, titre: str, effets: list[str], bouton: str, retour: str,
    statut: int = 200, **contexte: Any,
) -> HttpResponse:  # fmt: skip
    """La page qui explique un geste irréversible avant de le faire ; son bouton poste à la même adresse."""
    return page(
        request, "confirmer", dossier, onglet=onglet, statut=statut, titre=titre, effets=effets, bouton=bouton,
        retour=retour, **contexte,
    )  # fmt: skip
