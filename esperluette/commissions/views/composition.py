"""Qui siège et comment l'instance délibère : sièges, mandats datés, règles propres ; ouvrir une instance."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commissions import actions, droits
from esperluette.commissions.forms import InstanceForm, MandatForm, ReglesForm, SiegeForm
from esperluette.commissions.models import Instance, MandatDeSiege, Siege
from esperluette.commissions.preparation import composition as composer
from esperluette.commissions.preparation import histoire_des_mandats
from esperluette.commissions.regles import regles_de_depart
from esperluette.commissions.valeurs import instances_de_depart
from esperluette.commissions.views.outils import dans_l_instance, envoi, essayer, faire, moi, page, statut
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.territoires.models import Departement, Region

FORMULAIRE = ["GET", "HEAD", "POST"]


@lecture_seule
@dans_l_instance()
def composition(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Les sièges et ceux qui les tiennent, à une date choisie ; l'histoire des mandats."""
    le = _jour(request.GET.get("le", "")) or timezone.localdate()
    return page(
        request,
        "composition",
        instance=instance,
        le=le,
        aujourd_hui=timezone.localdate(),
        sieges=composer(instance, le),
        histoire=list(histoire_des_mandats(instance)[:200]),
    )


def _jour(texte: str) -> date | None:
    try:
        return parse_date(texte)
    except ValueError:
        return None


@require_http_methods(FORMULAIRE)
@dans_l_instance(droits.peut_composer)
def ajouter_siege(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Une place de plus à la table."""
    form = SiegeForm(envoi(request), initial={"votant": True})
    if request.method == "POST" and form.is_valid():
        siege = essayer(form, lambda: actions.ajouter_siege(instance, acteur=moi(request), **form.cleaned_data))
        if siege is not None:
            messages.success(request, f"« {siege} » a sa place à la table.")
            return redirect("commissions:composition", pk=instance.pk)
    return _formulaire(request, instance, form, "Ajouter un siège", "Ajouter le siège")


@require_http_methods(FORMULAIRE)
@dans_l_instance(droits.peut_composer)
def modifier_siege(request: HttpRequest, instance: Instance, siege: int) -> HttpResponse:
    """Renommer un siège, changer sa voix."""
    objet = get_object_or_404(Siege, pk=siege, instance=instance)
    form = SiegeForm(envoi(request), initial={"libelle": objet.libelle, "votant": objet.votant})
    if request.method == "POST" and form.is_valid():
        change = essayer(form, lambda: actions.modifier_siege(objet, acteur=moi(request), **form.cleaned_data))
        if change is not None:
            messages.success(request, f"« {change} » est enregistré.")
            return redirect("commissions:composition", pk=instance.pk)
    return _formulaire(request, instance, form, f"Le siège « {objet} »", "Enregistrer le siège")


@require_POST
@dans_l_instance(droits.peut_composer)
def retirer_siege(request: HttpRequest, instance: Instance, siege: int) -> HttpResponse:
    """Mettre un siège hors service."""
    objet = get_object_or_404(Siege, pk=siege, instance=instance)
    faire(
        request,
        lambda: actions.mettre_hors_service(objet, acteur=moi(request)),
        f"« {objet} » n’est plus à la table ; son histoire reste.",
    )
    return redirect("commissions:composition", pk=instance.pk)


@require_http_methods(FORMULAIRE)
@dans_l_instance(droits.peut_composer)
def nommer(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Confier un siège à une personne, que le courriel prévient."""
    sieges = list(instance.sieges.filter(actif=True))
    initial = {"siege": request.GET.get("siege", ""), "titulaire": "oui", "debut": timezone.localdate()}
    form = MandatForm(envoi(request), sieges=sieges, initial=initial)
    if request.method == "POST" and form.is_valid():
        mandat = essayer(form, lambda: _nommer(request, form))
        if mandat is not None:
            messages.success(request, f"{mandat.compte} tient le siège « {mandat.siege} », et en est prévenu.")
            return redirect("commissions:composition", pk=instance.pk)
    return _formulaire(request, instance, form, "Confier un siège", "Confier le siège")


def _nommer(request: HttpRequest, form: MandatForm) -> MandatDeSiege:
    d = form.cleaned_data
    champs = {cle: d[cle] for cle in ("courriel", "prenom", "nom", "president", "debut", "fin")}
    return actions.nommer(form.le_siege(), acteur=moi(request), titulaire=d["titulaire"] == "oui", **champs)


@require_POST
@dans_l_instance(droits.peut_composer)
def finir_mandat(request: HttpRequest, instance: Instance, mandat: int) -> HttpResponse:
    """Mettre fin à un mandat, tout de suite."""
    objet = get_object_or_404(MandatDeSiege.objects.select_related("compte"), pk=mandat, siege__instance=instance)
    faire(
        request,
        lambda: actions.finir_mandat(objet, acteur=moi(request)),
        f"Le mandat de {objet.compte} est fini : cette personne ne voit plus les dossiers.",
    )
    return redirect("commissions:composition", pk=instance.pk)


@require_http_methods(FORMULAIRE)
@dans_l_instance(droits.peut_composer)
def regles(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Les règles propres de l'instance, à côté de celles de l'édition."""
    initial = {
        **ReglesForm.initiales(instance.regles, instance.avis),
        "document": instance.regles_document,
        "passage": instance.regles_passage,
        "date": instance.regles_date,
    }
    form = ReglesForm(envoi(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        d = form.cleaned_data
        acte = {cle: d[cle] for cle in ("avis", "document", "passage", "date")}
        fixees = essayer(
            form, lambda: actions.fixer_les_regles(instance, acteur=moi(request), regles=form.regles(), **acte)
        )
        if fixees is not None:
            propres = fixees.regles or fixees.avis
            messages.success(
                request, "Les règles sont enregistrées." if propres else "La commission suit les règles de l’édition."
            )
            return redirect("commissions:instance", pk=instance.pk)
    return page(
        request,
        "regles",
        instance=instance,
        form=form,
        depart=regles_de_depart(instance),
        statut=statut(form),
    )


@require_http_methods(FORMULAIRE)
@login_required
def ouvrir(request: HttpRequest, cle: str) -> HttpResponse:
    """Ouvrir une commission qui manque dans une région."""
    region = get_object_or_404(Region, cle=cle)
    exiger(droits.peut_creer_une_instance(request.user, region.pk))
    edition = edition_en_vigueur(region.cle, timezone.localdate())
    form = InstanceForm(envoi(request), region=region, prevues=_prevues(region, edition))
    if request.method == "POST" and form.is_valid():
        instance = essayer(form, lambda: _creer(request, region, edition, form))
        if instance is not None:
            messages.success(request, f"{instance} est ouverte : complétez sa composition.")
            return redirect("commissions:composition", pk=instance.pk)
    contexte = {"region": region, "form": form, "titre": "Ouvrir une commission", "bouton": "Ouvrir la commission"}
    return page(request, "ouvrir", instance=Instance(region=region), statut=statut(form), **contexte)


def _prevues(region: Region, edition: Any) -> list[tuple[str, str]]:
    if edition is None:
        return []
    noms = dict(Departement.objects.filter(region=region).values_list("pk", "nom"))
    connues = set(Instance.objects.filter(region=region, actif=True).values_list("identifiant", flat=True))
    return [
        (cle, f"{v['sigle']} {noms.get(v['departement_id'], '')}".strip())
        for cle, v in instances_de_depart(edition).items()
        if cle not in connues
    ]


def _creer(request: HttpRequest, region: Region, edition: Any, form: InstanceForm) -> Instance:
    d = form.cleaned_data
    if d["laquelle"] != InstanceForm.AUTRE:
        return actions.creer_instance(region, acteur=moi(request), edition=edition, identifiant=d["laquelle"])
    champs = {cle: d[cle] for cle in ("sigle", "nom", "source_document", "source_date")}
    return actions.creer_instance(region, acteur=moi(request), departement=form.le_departement(), **champs)


def _formulaire(request: HttpRequest, instance: Instance, form: Any, titre: str, bouton: str) -> HttpResponse:
    return page(
        request, "composition_form", instance=instance, form=form, titre=titre, bouton=bouton, statut=statut(form)
    )
