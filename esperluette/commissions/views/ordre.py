"""L'ordre du jour à l'écran : inscrire depuis la séance, ordonner, régler un point, retirer, déporter."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commissions import actions, droits
from esperluette.commissions.actions.ordre import rapporteurs_possibles
from esperluette.commissions.conflits import ecarte
from esperluette.commissions.forms import DeportForm, DossierForm, MotifForm, PointForm
from esperluette.commissions.inscriptions import dossiers_prets, hors_delai, places_restantes
from esperluette.commissions.models import Deport, Point, Seance
from esperluette.commissions.preparation import convocations_de, ouvert_si
from esperluette.commissions.views.outils import dans_la_seance, envoi, essayer, faire, moi, page, statut
from esperluette.dossiers.models import Dossier

FORMULAIRE = ["GET", "HEAD", "POST"]
ORDRE = "#ordre-du-jour"


def _retour(seance: Seance) -> HttpResponse:
    reponse = redirect("commissions:seance", pk=seance.pk)
    reponse["Location"] += ORDRE
    return reponse


def _point(request: HttpRequest, seance: Seance, point: int) -> Point:
    """Le point ; 403 pour qui en est écarté : un autre que lui le prépare."""
    points = seance.points.select_related("dossier__equipe__implantation__departement", "rapporteur")
    objet = get_object_or_404(points.annotate(ecarte=ouvert_si(ecarte(request.user))), pk=point)
    if objet.ecarte:
        raise PermissionDenied(droits.ECARTE)
    objet.seance = seance
    return objet


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def inscrire(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Les dossiers prêts de cette instance ; en choisir un."""
    prets = list(dossiers_prets(seance.instance)[:200])
    form = DossierForm(envoi(request), choix=[(d.reference, _libelle(d, seance)) for d in prets])
    if request.method == "POST" and form.is_valid():
        d = form.cleaned_data
        dossier = next(p for p in prets if p.reference == d["dossier"])
        point = essayer(
            form,
            lambda: actions.inscrire(dossier, seance, acteur=moi(request), motif_hors_delai=d["motif_hors_delai"]),
        )
        if point is not None:
            messages.success(request, f"« {dossier.equipe.nom} » est à l’ordre du jour ; l’équipe est prévenue.")
            return _retour(seance)
    return page(
        request, "inscrire", instance=seance.instance, seance=seance, form=form, prets=prets,
        places=places_restantes(seance), statut=statut(form),
    )  # fmt: skip


def _libelle(dossier: Dossier, seance: Seance) -> str:
    suite = " — déposé après la date limite" if hors_delai(dossier, seance) else ""
    return f"{dossier.equipe.nom} ({dossier.reference}), {dossier.demarche_libelle}{suite}"


@require_POST
@dans_la_seance(droits.peut_preparer)
def deplacer(request: HttpRequest, seance: Seance, point: int) -> HttpResponse:
    """Monter ou descendre d'un rang."""
    objet = _point(request, seance, point)
    vers_le_haut = request.POST.get("sens") == "haut"
    faire(request, lambda: actions.deplacer(objet, acteur=moi(request), vers_le_haut=vers_le_haut), "")
    return _retour(seance)


@require_POST
@dans_la_seance(droits.peut_preparer)
def ordonner(request: HttpRequest, seance: Seance) -> HttpResponse:
    """L'ordre entier, tel qu'il a été glissé."""
    cles = [int(pk) for pk in request.POST.getlist("points") if pk.isdecimal() and len(pk) < 19]
    fait = faire(request, lambda: actions.ordonner(seance, cles, acteur=moi(request)) or True, "")
    if request.headers.get("X-Esperluette") == "fragment":
        return HttpResponse(status=204 if fait else 409)
    return _retour(seance)


@require_POST
@dans_la_seance(droits.peut_preparer)
def rapporteurs(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Répartir les rapporteurs entre les titulaires les moins chargés."""
    nombre = faire(request, lambda: actions.proposer_les_rapporteurs(seance, acteur=moi(request)), "")
    if nombre:
        messages.success(request, f"{nombre} dossier{'s' if nombre > 1 else ''} pourvu{'s' if nombre > 1 else ''}.")
    elif nombre == 0:
        messages.info(request, "Rien à répartir : chaque dossier a son rapporteur, ou personne ne peut rapporter.")
    return _retour(seance)


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def point(request: HttpRequest, seance: Seance, point: int) -> HttpResponse:
    """Un point : rapporteur, durée, porteur invité, déports."""
    objet = _point(request, seance, point)
    initial = {
        "rapporteur": objet.rapporteur_id or "", "duree_minutes": objet.duree_minutes,
        "porteur_invite": objet.porteur_invite, "note": objet.note,
    }  # fmt: skip
    form = PointForm(envoi(request), possibles=rapporteurs_possibles(seance, objet), initial=initial)
    if request.method == "POST" and form.is_valid():
        champs = {cle: form.cleaned_data[cle] for cle in ("duree_minutes", "porteur_invite", "note")}
        regle = essayer(
            form,
            lambda: actions.regler_le_point(objet, acteur=moi(request), rapporteur=form.le_rapporteur(), **champs),
        )
        if regle is not None:
            messages.success(request, "Le point est réglé.")
            return _retour(seance)
    return _page_du_point(request, seance, objet, form=form, statut=statut(form))


def _page_du_point(request: HttpRequest, seance: Seance, objet: Point, **contexte: Any) -> HttpResponse:
    deports = list(objet.deports.select_related("compte", "declare_par", "annule_par"))
    return page(
        request, "point", instance=seance.instance, seance=seance, point=objet, deports=deports,
        modifiable=bool(droits.encore_modifiable(objet)), **contexte,
    )  # fmt: skip


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def retirer(request: HttpRequest, seance: Seance, point: int) -> HttpResponse:
    """Retirer un dossier de l'ordre du jour, avec un motif."""
    objet = _point(request, seance, point)
    form = MotifForm(envoi(request), libelle="Pourquoi il ne passe plus", aide="L’équipe le lira.")
    if request.method == "POST" and form.is_valid():
        retire = essayer(
            form, lambda: actions.desinscrire(objet, acteur=moi(request), motif=form.cleaned_data["motif"])
        )
        if retire is not None:
            messages.success(request, f"« {objet.dossier.equipe.nom} » ne passe plus ; l’équipe est prévenue.")
            return _retour(seance)
    return page(
        request, "motif", instance=seance.instance, seance=seance, point=objet, form=form,
        titre=f"Retirer « {objet.dossier.equipe.nom} » de l’ordre du jour", bouton="Retirer le dossier",
        effets=["Le dossier revient à l’instruction.", "L’équipe est prévenue, et lit le motif."], statut=statut(form),
    )  # fmt: skip


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def deporter(request: HttpRequest, seance: Seance, point: int) -> HttpResponse:
    """Constater le déport d'un membre convoqué."""
    objet = _point(request, seance, point)
    deja = set(Deport.objects.en_vigueur().filter(point=objet).values_list("compte_id", flat=True))
    membres = {c.compte_id: f"{c.compte} ({c.siege})" for c in convocations_de(seance) if c.compte_id not in deja}
    form = DeportForm(envoi(request), membres=membres)
    if request.method == "POST" and form.is_valid():
        motif = form.cleaned_data["motif"]
        deport = essayer(form, lambda: actions.deporter(objet, form.membre(), acteur=moi(request), motif=motif))
        if deport is not None:
            messages.success(request, f"{deport.compte} ne voit plus ce dossier et ne compte pas dans le vote.")
            return redirect("commissions:point", pk=seance.pk, point=objet.pk)
    return page(
        request, "motif", instance=seance.instance, seance=seance, point=objet, form=form,
        titre="Constater un déport", bouton="Déporter ce membre", statut=statut(form),
        effets=["Ce membre ne voit plus le dossier ni ses pièces, et ne compte pas dans le vote.",
                "Le procès-verbal le dira."],
    )  # fmt: skip


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def annuler_deport(request: HttpRequest, seance: Seance, point: int, deport: int) -> HttpResponse:
    """Rendre un membre à un point."""
    objet = _point(request, seance, point)
    vise = objet.deports.filter(pk=deport).select_related("compte").first()
    if vise is None:
        raise Http404("Ce déport n’existe pas.")
    form = MotifForm(envoi(request), libelle="Pourquoi ce déport tombe", aide="Gardé au journal de la séance.")
    if request.method == "POST" and form.is_valid():
        motif = form.cleaned_data["motif"]
        if essayer(form, lambda: actions.annuler_deport(vise, acteur=moi(request), motif=motif)) is not None:
            messages.success(request, f"{vise.compte} voit de nouveau ce dossier et compte dans le vote.")
            return redirect("commissions:point", pk=seance.pk, point=objet.pk)
    return page(
        request, "motif", instance=seance.instance, seance=seance, point=objet, form=form,
        titre=f"Annuler le déport de {vise.compte}", bouton="Annuler le déport", statut=statut(form),
        effets=["Ce membre voit de nouveau le dossier, et compte dans le vote."],
    )  # fmt: skip
