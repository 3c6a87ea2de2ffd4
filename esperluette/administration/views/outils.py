"""Ce que partagent les vues : la région qu'on a le droit d'ouvrir, ses onglets."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from esperluette.administration import droits
from esperluette.administration.tables import TABLES
from esperluette.commun.vues import exiger
from esperluette.comptes.models import Compte
from esperluette.echanges.droits import peut_tenir_les_reponses
from esperluette.interlocuteurs.droits import peut_tenir
from esperluette.reconnaissances.droits import peut_reconnaitre_quelque_part
from esperluette.territoires.models import Region

Vue = Callable[..., HttpResponse]


def moi(request: HttpRequest) -> Compte:
    """Le compte connecté ; à n'appeler que derrière `login_required`."""
    return cast(Compte, request.user)


def dans_la_region(droit: Callable[[Any, Region], Any]) -> Callable[[Vue], Vue]:
    """Donne à la vue la région que nomme l'adresse, si le compte y a ce droit (403 avec la raison sinon)."""

    def decorer(vue: Vue) -> Vue:
        @login_required
        @wraps(vue)
        def emballee(request: HttpRequest, cle: str, **suite: Any) -> HttpResponse:
            exiger(droits.peut_administrer(request.user))
            region = get_object_or_404(Region, cle=cle)
            exiger(droit(request.user, region))
            return vue(request, region, **suite)

        return emballee

    return decorer


def tenir(compte: Any, region: Region) -> Any:
    """Tenir les fiches de cette région."""
    return peut_tenir(compte, region.pk)


def page(
    request: HttpRequest, region: Region, gabarit: str, onglet: str, *, statut: int = 200, **contexte: Any
) -> HttpResponse:
    """Une page de l'administration d'une région, avec ses onglets."""
    onglets = [("region", "À rafraîchir", reverse("administration:region", args=[region.cle]))]
    if peut_tenir(request.user, region.pk):
        onglets += [
            (t.cle, t.libelle, reverse("administration:table", args=[region.cle, t.cle])) for t in TABLES.values()
        ]
    if peut_reconnaitre_quelque_part(request.user, region):
        lien = reverse("administration:reconnaissances", args=[region.cle])
        onglets.append(("reconnaissances", "Reconnaissances", lien))
    if peut_tenir_les_reponses(request.user, region):
        onglets.append(("reponses-types", "Réponses types", reverse("instruction:reponses_types")))
    if peut_tenir(request.user, region.pk):
        onglets.append(("recharger", "Recharger l’édition", reverse("administration:recharger", args=[region.cle])))
    commun = {"region": region, "onglet": onglet, "onglets": onglets}
    return render(request, f"administration/{gabarit}.html", commun | contexte, status=statut)
