"""Emporter un dossier, d'un côté ou de l'autre ; effacer son compte."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from esperluette.archives import actions
from esperluette.archives.conservation.comptes import EFFACES, effacer_le_compte, gardes, obstacles
from esperluette.archives.lectures import archives_de, peut_emporter
from esperluette.archives.models import Archive
from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes import reauthentification
from esperluette.comptes.forms import CodeForm
from esperluette.documents.emport import Public
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import connexion_requise, dossier_visible, page
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche

_COTES = {Public.EQUIPE: "equipe", Public.ARS: "ars"}


@connexion_requise
@require_http_methods(["GET", "HEAD", "POST"])
def equipe(request: HttpRequest, reference: str) -> Any:
    """La part de l'équipe : la demander, la voir avancer, la prendre."""
    return _emporter(request, dossier_visible(request, reference), Public.EQUIPE)


@connexion_requise
@lecture_seule
def equipe_zip(request: HttpRequest, reference: str, pk: int) -> Any:
    """L'archive, tant que son lien vaut."""
    return _telecharger(request, dossier_visible(request, reference), Public.EQUIPE, pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: HttpRequest, reference: str) -> Any:
    """La part de l'ARS : la demander, la voir avancer, la prendre."""
    return _emporter(request, dossier_instruit(request, reference), Public.ARS)


@login_required
@lecture_seule
def agent_zip(request: HttpRequest, reference: str, pk: int) -> Any:
    """L'archive, tant que son lien vaut."""
    return _telecharger(request, dossier_instruit(request, reference), Public.ARS, pk)


def _emporter(request: HttpRequest, dossier: Dossier, pour: Public) -> Any:
    exiger(peut_emporter(request.user, dossier, pour))
    if request.method == "POST":
        actions.demander(dossier, pour=pour, acteur=request.user)
        messages.success(request, "C’est demandé. L’archive se prépare ; vous pouvez quitter cette page.")
        return redirect(_adresse(pour, dossier.reference))
    return _page(request, dossier, pour)


def _page(request: HttpRequest, dossier: Dossier, pour: Public, statut: int = 200, perime: bool = False) -> Any:
    archives = archives_de(dossier, request.user, pour)
    contexte: dict[str, Any] = {
        "archives": archives, "pour": pour, "perime": perime,
        "en_preparation": next((a for a in archives if a.en_preparation), None),
        "adresse": _adresse(pour, dossier.reference), "lien": f"archives:{_COTES[pour]}_zip",
    }  # fmt: skip
    if pour == Public.ARS:
        return page_de_fiche(
            request, dossier, "emporter", "archives/emporter_ars.html", statut=statut, sans="emporter", **contexte
        )
    return page(request, "archives/emporter_equipe.html", dossier, onglet="emporter", statut=statut, **contexte)


def _adresse(pour: Public, reference: str) -> str:
    return reverse(f"archives:{_COTES[pour]}", args=[reference])


def _telecharger(request: HttpRequest, dossier: Dossier, pour: Public, pk: int) -> Any:
    exiger(peut_emporter(request.user, dossier, pour))
    archive = get_object_or_404(Archive.objects.de(request.user), pk=pk, dossier=dossier, pour=pour)
    if not archive.est_prete:
        return _page(request, dossier, pour, statut=410, perime=not archive.en_preparation)
    reponse = FileResponse(
        archive.fichier.storage.open(str(archive.fichier.name), "rb"), as_attachment=True,
        filename=f"{dossier.reference}-{pour}.zip", content_type="application/zip",
    )  # fmt: skip
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


# --- Effacer son compte --------------------------------------------------------------------------------

MOTIF = "effacer votre compte, sans retour"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def effacer(request: HttpRequest) -> Any:
    """Ce qui s'efface, ce qui se garde et pourquoi ; puis un code, et c'est fait."""
    if request.method != "POST":
        return _page_effacer(request, CodeForm())
    if obstacles(_moi(request)):
        return _page_effacer(request, CodeForm(), statut=409)
    if request.POST.get("etape") == "code":
        try:
            reauthentification.demander_code(request, motif=MOTIF)
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
        else:
            messages.success(request, "Un code vient de vous être envoyé par courriel.")
        return redirect("archives:effacer")
    return _effacer(request)


def _effacer(request: HttpRequest) -> Any:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page_effacer(request, form, statut=422)
    try:
        reauthentification.verifier_code(request, form.cleaned_data["code"], motif=MOTIF)
        effacer_le_compte(_moi(request), acteur=_moi(request))
    except ErreurMetier as erreur:
        form.add_error("code", str(erreur))
        return _page_effacer(request, form, statut=422)
    logout(request)
    messages.success(request, "Votre compte est effacé. Merci de ce que vous avez fait ici.")
    return redirect("portail:accueil")


def _moi(request: HttpRequest) -> Any:
    return request.user


def _page_effacer(request: HttpRequest, form: CodeForm, statut: int = 200) -> Any:
    contexte = {
        "form": form, "effaces": EFFACES, "gardes": gardes(_moi(request)), "obstacles": obstacles(_moi(request)),
        "code_envoye": reauthentification.code_en_attente(request, motif=MOTIF) or form.is_bound,
    }  # fmt: skip
    return render(request, "archives/effacer.html", contexte, status=statut)
