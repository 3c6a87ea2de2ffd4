"""Ce que partagent les vues : l'instance ou la séance qu'on a le droit d'ouvrir, un geste et son refus."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from esperluette.commissions import droits
from esperluette.commissions.contributions import onglets_de
from esperluette.commissions.models import Instance, Seance
from esperluette.commissions.preparation import instances_consultees_par
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.permissions import Permission
from esperluette.commun.vues import exiger
from esperluette.comptes.models import Compte

Vue = Callable[..., HttpResponse]


def moi(request: HttpRequest) -> Compte:
    """Le compte connecté ; à n'appeler que derrière `login_required`."""
    return cast(Compte, request.user)


def dans_l_instance(droit: Callable[[Any, Instance], Permission] | None = None) -> Callable[[Vue], Vue]:
    """Donne à la vue l'instance : 404 si elle n'est pas à la personne, 403 avec sa raison si le geste ne l'est pas."""

    def decorer(vue: Vue) -> Vue:
        @login_required
        @wraps(vue)
        def emballee(request: HttpRequest, pk: int, **suite: Any) -> HttpResponse:
            instance = get_object_or_404(instances_consultees_par(request.user), pk=pk)
            if droit is not None:
                exiger(droit(request.user, instance))
            return vue(request, instance, **suite)

        return emballee

    return decorer


def dans_la_seance(droit: Callable[[Any, Instance], Permission] | None = None) -> Callable[[Vue], Vue]:
    """Le même, pour une séance de l'instance."""

    def decorer(vue: Vue) -> Vue:
        @login_required
        @wraps(vue)
        def emballee(request: HttpRequest, pk: int, **suite: Any) -> HttpResponse:
            seance = get_object_or_404(seances_consultees(request), pk=pk)
            if droit is not None:
                exiger(droit(request.user, seance.instance))
            return vue(request, seance, **suite)

        return emballee

    return decorer


def seances_consultees(request: HttpRequest) -> Any:
    """Les séances des instances dont la personne voit l'espace."""
    seances = Seance.objects.filter(instance__in=instances_consultees_par(request.user), actif=True)
    return seances.select_related("instance__region", "instance__departement", "seconde_de")


def page(
    request: HttpRequest, gabarit: str, *, instance: Instance, seance: Seance | None = None, statut: int = 200,
    **contexte: Any,
) -> HttpResponse:  # fmt: skip
    """Une page de l'espace, avec ce que la personne peut y faire."""
    commun = {
        "instance": instance,
        "seance": seance,
        "onglets": onglets_de(seance, request.user) if seance is not None else [],
        "prepare": bool(droits.peut_preparer(request.user, instance)),
        "compose": bool(droits.peut_composer(request.user, instance)),
    }
    return render(request, f"commissions/{gabarit}.html", commun | contexte, status=statut)


def essayer(form: Formulaire, geste: Callable[[], Any]) -> Any:
    """Le résultat du geste ; None si une règle l'a refusé, dite à côté du champ. Un droit manquant donne 403."""
    try:
        return geste()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from refus
    except ErreurMetier as refus:
        form.refuser(refus)
        return None


def faire(request: HttpRequest, geste: Callable[[], Any], reussi: str) -> Any:
    """Fait un geste d'un clic, dit le résultat ou le refus en tête de la page suivante."""
    try:
        resultat = geste()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from refus
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return None
    if reussi:
        messages.success(request, reussi)
    return resultat


def envoi(request: HttpRequest) -> Any:
    """Ce que la personne envoie, même vide ; None quand elle ouvre la page."""
    return request.POST if request.method == "POST" else None


def instant(texte: str) -> datetime | None:
    """L'instant où le formulaire a été ouvert ; None s'il est illisible, ou s'il ne dit pas son fuseau."""
    try:
        lu = datetime.fromisoformat(texte)
    except ValueError:
        return None
    return lu if timezone.is_aware(lu) else None


def statut(form: Formulaire) -> int:
    """422 si la personne doit corriger quelque chose."""
    return 422 if form.is_bound and form.errors else 200
