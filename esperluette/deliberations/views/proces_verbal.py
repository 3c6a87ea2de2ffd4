"""Le procès-verbal : le relire, corriger ses motifs, le valider avec un code, télécharger ses documents."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commissions.droits import LECTEURS, couvre
from esperluette.commissions.models import Seance, Siege
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes import reauthentification
from esperluette.deliberations.actions import cloture as actions
from esperluette.deliberations.droits import (
    peut_confier_la_validation,
    peut_corriger,
    peut_mener,
    peut_valider,
    titre_pour_valider,
)
from esperluette.deliberations.forms import CodeForm
from esperluette.deliberations.models import Extrait, ProcesVerbal, Tenue
from esperluette.deliberations.presidence import designables, points_ecartes
from esperluette.deliberations.proces_verbal import GABARIT, a_imprimer, masquer
from esperluette.deliberations.taches import FORMATS, nom_de, octets_de
from esperluette.deliberations.views.commun import seance_connue
from esperluette.documents.enums import Format
from esperluette.documents.moteur import ProductionImpossible, apercu
from esperluette.documents.reponses import telecharger


def peut_lire(compte: Any, seance: Seance, siege: Siege | None, pv: ProcesVerbal) -> Permission:
    """Le secrétariat, la présidence et les agents de tout le ressort ; un membre, une fois validé.

    Chacun sans les points dont il est écarté : déporté, ou intéressé sans que personne l'ait encore constaté.
    """
    preside = Tenue.objects.filter(seance=seance, preside_par=compte.pk).exists()
    if preside or peut_mener(compte, seance) or couvre(compte, seance.instance, LECTEURS):
        return OUI
    if siege is None:
        return non("Le procès-verbal entier se lit au siège de la commission ; un extrait est joint à chaque dossier.")
    if not pv.est_fige and titre_pour_valider(compte, pv) == "":
        return non("Le procès-verbal n’est pas encore validé par le président.")
    return OUI


def _pv(request: HttpRequest, pk: int) -> tuple[ProcesVerbal, set[int]]:
    """Le procès-verbal, et les points que cette personne n'en lit pas."""
    seance, siege = seance_connue(request, pk)
    pv = get_object_or_404(ProcesVerbal.objects.select_related("valide_par", "etabli_par", "confie_a"), seance=seance)
    pv.seance = seance
    exiger(peut_lire(request.user, seance, siege, pv))
    return pv, points_ecartes(request.user, seance)


@login_required
@lecture_seule
def proces_verbal(request: HttpRequest, pk: int) -> HttpResponse:
    """Le procès-verbal tel qu'il s'imprime, ses extraits, ce qu'on peut encore y faire."""
    return _page(request, *_pv(request, pk))


def _page(
    request: HttpRequest,
    pv: ProcesVerbal,
    ecartes: set[int],
    *,
    statut: int = 200,
    saisi: dict[str, str] | None = None,
) -> HttpResponse:
    contenu = masquer(pv.contenu, ecartes)
    confier = peut_confier_la_validation(request.user, pv)
    contexte = {
        "seance": pv.seance, "pv": pv, "contenu": contenu, "formats": FORMATS, "ecartes": ecartes,
        "apercu": apercu(GABARIT, a_imprimer(contenu, empreinte=pv.empreinte)),
        "corriger": peut_corriger(request.user, pv), "valider": peut_valider(request.user, pv),
        "confier": designables(pv) if confier else [],
        "extraits": list(pv.extraits.exclude(point__in=ecartes).select_related("point__dossier")),
        "saisi": saisi or {},
        "corrigibles": [p for p in contenu["points"] if p["issue"] in ("avis", "ajournement")],
    }  # fmt: skip
    return render(request, "deliberations/proces_verbal.html", contexte, status=statut)


@login_required
@require_POST
def corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Corriger la rédaction d'un motif, ou des observations."""
    pv, ecartes = _pv(request, pk)
    point, version = request.POST.get("point", ""), request.POST.get("version", "")
    texte = request.POST.get("texte", "")
    try:
        actions.corriger(
            pv, point=int(point) if point.isdecimal() and len(point) < 19 else None, texte=texte,
            version_lue=int(version) if version.isdecimal() and len(version) < 10 else 0, acteur=request.user,
        )  # fmt: skip
    except Refus as refus:
        exiger(non(str(refus)))
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
        pv.refresh_from_db()
        return _page(request, pv, ecartes, statut=422, saisi={"point": point, "texte": texte})
    messages.success(request, "La rédaction est corrigée. Le sens de la délibération ne change pas.")
    return redirect("deliberations:proces_verbal", pk)


@login_required
@require_POST
def confier(request: HttpRequest, pk: int) -> HttpResponse:
    """Désigner qui valide, quand le président et ses suppléants sont écartés d'un point."""
    pv, _ = _pv(request, pk)
    exiger(peut_confier_la_validation(request.user, pv))
    choisi = request.POST.get("compte", "")
    compte = next((c for c in designables(pv) if str(c.pk) == choisi), None)
    if compte is None:
        messages.error(request, "Choisissez un membre votant venu à la séance, et qui n’est écarté d’aucun point.")
    else:
        actions.confier_la_validation(pv, compte, acteur=request.user)
        messages.success(request, f"{compte} validera le procès-verbal ; un courriel le lui dit.")
    return redirect("deliberations:proces_verbal", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def valider(request: HttpRequest, pk: int) -> HttpResponse:
    """Valider : on rappelle ce qu'on valide, on envoie un code, on le vérifie ; le texte ne changera plus."""
    pv, _ = _pv(request, pk)
    if pv.est_fige and pv.valide_par_id == request.user.pk:
        return redirect("deliberations:proces_verbal", pk)
    exiger(peut_valider(request.user, pv))
    if request.method != "POST":
        return _page_valider(request, pv, CodeForm(initial={"empreinte": pv.empreinte}))
    if request.POST.get("etape") == "code":
        try:
            reauthentification.demander_code(request, motif=_motif(pv))
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
        else:
            messages.success(request, "Un code vient de vous être envoyé par courriel.")
        return redirect("deliberations:valider", pk)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page_valider(request, pv, form, 422)
    if form.cleaned_data["empreinte"] != pv.empreinte:
        messages.error(request, "Le procès-verbal a été corrigé depuis l’affichage : relisez-le avant de le valider.")
        return redirect("deliberations:proces_verbal", pk)
    try:
        reauthentification.verifier_code(request, form.cleaned_data["code"], motif=_motif(pv))
        actions.valider(
            pv, empreinte_lue=form.cleaned_data["empreinte"], acteur=request.user,
            adresse_ip=request.META.get("REMOTE_ADDR") or None,
        )  # fmt: skip
    except ErreurMetier as erreur:
        form.add_error("code", str(erreur))
        return _page_valider(request, pv, form, 422)
    messages.success(request, "Le procès-verbal est validé. Il ne changera plus ; ses documents se préparent.")
    return redirect("deliberations:proces_verbal", pk)


def _motif(pv: ProcesVerbal) -> str:
    """Ce que dira le courriel, et ce à quoi le code est lié : ce texte, pas un autre."""
    return f"valider le procès-verbal {pv.contenu['reference']} ({pv.empreinte_courte})"


def _page_valider(request: HttpRequest, pv: ProcesVerbal, form: CodeForm, statut: int = 200) -> HttpResponse:
    envoye = reauthentification.code_en_attente(request, motif=_motif(pv)) or form.is_bound
    contexte = {
        "seance": pv.seance, "pv": pv, "form": form, "code_envoye": envoye,
        "titre": titre_pour_valider(request.user, pv),
    }  # fmt: skip
    return render(request, "deliberations/valider.html", contexte, status=statut)


@login_required
@lecture_seule
def document(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """Le procès-verbal, dans un format."""
    pv, ecartes = _pv(request, pk)
    if ecartes:
        exiger(non("Vous êtes écarté d’un point : lisez le reste à l’écran, ou par l’extrait de chaque dossier."))
    return servir(pv, pv, format)


@login_required
@lecture_seule
def extrait(request: HttpRequest, pk: int, point: int, format: str) -> HttpResponse:
    """L'extrait d'un dossier, dans un format."""
    pv, ecartes = _pv(request, pk)
    return servir(get_object_or_404(pv.extraits.exclude(point__in=ecartes), point=point), pv, format)


def servir(objet: ProcesVerbal | Extrait, pv: ProcesVerbal, format: str) -> HttpResponse:
    """Le document gardé s'il l'est, sinon produit à l'instant du même contenu. Le droit est vérifié avant."""
    if format not in FORMATS:
        raise Http404("Ce format n’existe pas.")
    garde = objet.documents.filter(format=format).first() if pv.est_fige else None
    if garde is not None:
        return telecharger(garde)
    try:
        octets = octets_de(objet, pv, format)
    except ProductionImpossible as erreur:
        return HttpResponse(str(erreur), status=503, content_type="text/plain; charset=utf-8")
    reponse = HttpResponse(octets, content_type=Format(format).type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom_de(objet, format)}"'
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
