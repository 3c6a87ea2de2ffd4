"""Les tables modifiables : lister, ajouter, modifier, désactiver, revenir en arrière."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.administration import lectures
from esperluette.administration.forms import FORMULAIRES, FicheForm
from esperluette.administration.tables import TABLES, Table
from esperluette.administration.views.outils import dans_la_region, moi, page, tenir
from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import lecture_seule
from esperluette.interlocuteurs.actions import fiches as actions
from esperluette.interlocuteurs.models import FicheSourcee, ModificationDeFiche
from esperluette.territoires.models import Region

CHIFFRES_MAXIMUM = 19  # un numéro plus long n'est celui d'aucune ligne, et Python refuse de lire les très longs


def _table(nom: str) -> Table:
    if nom not in TABLES:
        raise Http404("Cette table n’existe pas.")
    return TABLES[nom]


def _fiche(table: Table, region: Region, pk: int) -> Any:
    return get_object_or_404(table.fiches(region), pk=pk)


@lecture_seule
@dans_la_region(tenir)
def table(request: HttpRequest, region: Region, nom: str) -> HttpResponse:
    """Une table : toutes les fiches de la région, les désactivées à la fin."""
    choisie = _table(nom)
    lignes = [(fiche, [(c.libelle, c.lire(fiche)) for c in choisie.colonnes]) for fiche in choisie.fiches(region)]
    return page(request, region, "table", nom, table=choisie, lignes=lignes)


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(tenir)
def ajouter(request: HttpRequest, region: Region, nom: str) -> HttpResponse:
    """Une fiche saisie à l'écran, avec sa source."""
    choisie = _table(nom)
    form = FORMULAIRES[nom](request.POST or None, region=region)
    if request.method == "POST" and form.is_valid():
        fiche = _enregistrer(request, choisie.modele(region=region), form)
        if fiche is not None:
            messages.success(request, f"« {fiche} » est enregistré.")
            return redirect("administration:table", cle=region.cle, nom=nom)
    return page(
        request, region, "fiche", nom, table=choisie, form=form, titre=choisie.ajouter, statut=_statut(form)
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(tenir)
def fiche(request: HttpRequest, region: Region, nom: str, pk: int) -> HttpResponse:
    """Modifier une fiche ; dessous, son histoire."""
    choisie = _table(nom)
    objet = _fiche(choisie, region, pk)
    valeurs = lectures.valeurs_de(choisie.sorte, objet)
    form = FORMULAIRES[nom](request.POST or None, region=region, fiche=valeurs)
    if request.method == "POST" and form.is_valid():
        change = _enregistrer(request, objet, form, lue_le=_instant(request.POST.get("lue_le", "")))
        if change is not None:
            messages.success(request, f"« {change} » est enregistré.")
            return redirect("administration:fiche", cle=region.cle, nom=nom, pk=pk)
    return page(
        request,
        region,
        "fiche",
        nom,
        table=choisie,
        form=form,
        titre=str(objet),
        fiche=objet,
        histoire=lectures.histoire_de(objet),
        lue_le=objet.modifie_le.isoformat(),
        corrigee=bool(objet.valeurs_de_depart)
        and any(valeurs.get(c) != v for c, v in objet.valeurs_de_depart.items()),
        statut=_statut(form),
    )


@require_POST
@dans_la_region(tenir)
def activer(request: HttpRequest, region: Region, nom: str, pk: int) -> HttpResponse:
    """Désactiver une fiche, ou la réactiver."""
    objet = _fiche(_table(nom), region, pk)
    actif = request.POST.get("actif") == "oui"
    suite = "est de nouveau montré" if actif else "n’est plus montré à personne ; son histoire reste"
    _faire(request, lambda: actions.activer_fiche(objet, actif, acteur=moi(request)), f"« {objet} » {suite}.")
    return redirect("administration:fiche", cle=region.cle, nom=nom, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@dans_la_region(tenir)
def revenir(request: HttpRequest, region: Region, nom: str, pk: int) -> HttpResponse:
    """Annuler une modification, ou revenir à l'édition : l'écart d'abord, puis la confirmation."""
    choisie = _table(nom)
    objet = _fiche(choisie, region, pk)
    modification = _modification(request, objet)
    if request.method == "POST":
        _faire(
            request,
            lambda: actions.revenir(objet, acteur=moi(request), modification=modification),
            f"« {objet} » a retrouvé ses valeurs précédentes.",
        )
        return redirect("administration:fiche", cle=region.cle, nom=nom, pk=pk)
    actuelles = lectures.valeurs_de(choisie.sorte, objet)
    visees = {**actuelles, **(modification.avant if modification else objet.valeurs_de_depart)}
    noms = lectures.noms_des_endroits([actuelles, visees])
    return page(
        request,
        region,
        "revenir",
        nom,
        table=choisie,
        fiche=objet,
        modification=modification,
        changements=lectures.comparer(choisie.modele, actuelles, visees, noms),
    )


def _modification(request: HttpRequest, objet: FicheSourcee) -> ModificationDeFiche | None:
    """La modification à annuler ; None : revenir à l'édition, si la fiche en vient."""
    numero = (request.POST or request.GET).get("modification", "")
    if numero:
        siennes = ModificationDeFiche.objects.filter(
            fiche_type=ContentType.objects.get_for_model(objet), fiche_id=objet.pk
        ).exclude(avant={})
        return get_object_or_404(siennes, pk=numero if numero.isdecimal() and len(numero) < CHIFFRES_MAXIMUM else 0)
    if not objet.valeurs_de_depart:
        raise Http404("Cette fiche ne vient pas d’une édition.")
    return None


def _enregistrer(
    request: HttpRequest, objet: FicheSourcee, form: FicheForm, lue_le: datetime | None = None
) -> FicheSourcee | None:
    try:
        return actions.enregistrer_fiche(objet, form.valeurs(), acteur=moi(request), lue_le=lue_le)
    except ErreurMetier as refus:
        form.refuser(refus)
        return None


def _faire(request: HttpRequest, geste: Any, succes: str) -> None:
    try:
        geste()
    except ErreurMetier as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, succes)


def _instant(brut: str) -> datetime | None:
    """L'instant que porte le formulaire ; sans fuseau, on ne saurait pas le comparer."""
    try:
        instant = datetime.fromisoformat(brut)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _statut(form: FicheForm) -> int:
    return 422 if form.errors else 200
