"""L'espace des commissions : mes convocations, les séances à venir, mes instances ; et une instance."""

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from esperluette.commissions import droits
from esperluette.commissions.models import Instance, Point
from esperluette.commissions.preparation import (
    composition,
    convocations_recues,
    instances_consultees_par,
    seances_a_preparer,
)
from esperluette.commissions.regles import ReglesInconnues, regles_de
from esperluette.commissions.views.outils import dans_l_instance, moi, page
from esperluette.commun.vues import lecture_seule
from esperluette.comptes.lectures import perimetre
from esperluette.territoires.models import Region


@lecture_seule
@login_required
def accueil(request: HttpRequest) -> HttpResponse:
    """Ce qui attend la personne : ses convocations, puis les séances de ses instances."""
    compte = moi(request)
    instances = list(instances_consultees_par(compte))
    contexte = {
        "convocations": list(convocations_recues(compte)),
        "seances": list(seances_a_preparer(compte)) if instances else [],
        "instances": instances,
        "regions_a_completer": _regions_a_completer(request),
        "aujourd_hui": timezone.localdate(),
    }
    return render(request, "commissions/accueil.html", contexte)


def _regions_a_completer(request: HttpRequest) -> list[Region]:
    """Les régions où la personne peut ouvrir une commission."""
    territoire = perimetre(request.user, droits.COMPOSITION)
    return list(Region.objects.filter(pk__in=territoire.regions).order_by("nom"))


@lecture_seule
@dans_l_instance()
def instance(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Une instance : ses séances, sa composition, ses règles et d'où elles viennent."""
    attendent = Point.objects.a_examiner().filter(seance=OuterRef("pk"))
    seances = instance.seances.filter(actif=True).annotate(attendent=Exists(attendent))
    try:
        regles = regles_de(instance)
    except ReglesInconnues:
        regles = None
    return page(
        request, "instance", instance=instance, seances=list(seances.order_by("-date", "-heure")[:50]),
        sieges=composition(instance), regles=regles,
    )  # fmt: skip
