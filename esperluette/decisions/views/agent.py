"""La décision sur la fiche de l'agent : la lire, la préparer, écrire son courrier, la faire relire."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.decisions import droits
from esperluette.decisions.actions import apres, preparation
from esperluette.decisions.avis import avis_lu
from esperluette.decisions.documents import (
    FORMATS,
    apercu_du_courrier,
    exporter,
    information_sur_l_avis,
    nom_du_fichier,
)
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.decisions.forms import CourrierForm, DecisionForm, MotifForm
from esperluette.decisions.lectures import (
    active_de,
    courrier_de,
    decisions_de,
    retrait_possible_jusqu_au,
    suites_de,
    voies_de,
)
from esperluette.decisions.models import Decision
from esperluette.documents.enums import Format
from esperluette.documents.moteur import ProductionImpossible
from esperluette.documents.reponses import telecharger
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.models import Dossier
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche


def page(request: HttpRequest, dossier: Dossier, gabarit: str, *, statut: int = 200, **contexte: Any) -> HttpResponse:
    """Une page de l'onglet « Décision »."""
    return page_de_fiche(
        request, dossier, "decision", f"decisions/{gabarit}.html", statut=statut, sans="decision", **contexte
    )


@login_required
@lecture_seule
def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Où en est la décision, son courrier, ce qu'on peut en faire ; et celles d'avant."""
    dossier = dossier_instruit(request, reference)
    toutes = decisions_de(dossier)
    vives = (*EtatDecision.AVANT_NOTIFICATION, EtatDecision.NOTIFIEE)
    decision = next((d for d in toutes if d.etat in vives and not _ajournee(d)), None)
    compte: Any = request.user
    contexte: dict[str, Any] = {
        "decision": decision, "passees": [d for d in toutes if d is not decision],
        "preparer": droits.peut_preparer(compte, dossier), "avis": avis_lu(dossier),
    }  # fmt: skip
    if decision is not None:
        courrier = courrier_de(decision)
        contexte |= {
            "courrier": courrier, "apercu": apercu_du_courrier(decision, courrier) if courrier else "",
            "rediger": droits.peut_rediger(compte, decision), "viser": droits.peut_viser(compte, decision),
            "signer": droits.peut_signer(compte, decision), "notifier": droits.peut_notifier(compte, decision),
            "rouvrir": droits.peut_rouvrir(compte, decision), "abandonner": droits.peut_abandonner(compte, decision),
            "retirer": droits.peut_retirer(compte, decision), "reexaminer": droits.peut_reexaminer(compte, decision),
            "retrait_avant_le": retrait_possible_jusqu_au(decision),
            "voies": voies_de(dossier, decision.notifiee_le), "suites": suites_de(dossier),
        }  # fmt: skip
    return page(request, dossier, "fiche", **contexte)


def _ajournee(decision: Decision) -> bool:
    return decision.etat == EtatDecision.NOTIFIEE and decision.sens == Sens.AJOURNEMENT


@login_required
def rediger(request: HttpRequest, reference: str) -> HttpResponse:
    """Préparer la décision, ou la corriger : le sens, les motifs, les réserves."""
    dossier = dossier_instruit(request, reference)
    compte: Any = request.user
    decision = active_de(dossier)
    if decision is not None and not decision.est_en_preparation:
        return _perdue(request, reference, "La décision de ce dossier est déjà signée ou notifiée.")
    exiger(droits.peut_rediger(compte, decision) if decision else _peut_preparer(compte, dossier))
    avis = avis_lu(dossier)
    if request.method != "POST":
        if decision is None and not (possible := droits.peut_preparer(compte, dossier)):
            return _perdue(request, reference, possible.motif)
        initial = _depart(decision, avis)
        form = DecisionForm(initial=initial, avec_ajournement=avis is not None)
        return page(request, dossier, "rediger", form=form, decision=decision, avis=avis)
    form = DecisionForm(request.POST, avec_ajournement=avis is not None)
    if form.is_valid():
        dit = {cle: form.cleaned_data[cle] for cle in ("sens", "motif", "reserves")}
        try:
            if decision is None and form.cleaned_data["version"]:
                raise Conflit(preparation.ECART)
            if decision is None:
                preparation.preparer(dossier, acteur=compte, **dit)
                messages.success(request, "La décision est préparée, son courrier aussi. Relisez-le.")
            else:
                preparation.corriger(decision, acteur=compte, version=form.cleaned_data["version"] or 0, **dit)
                messages.success(request, "La décision est enregistrée ; son courrier suit.")
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as erreur:
            form.refuser(erreur)
        else:
            return redirect("decisions:fiche", reference)
    return page(request, dossier, "rediger", statut=422, form=form, decision=decision, avis=avis)


def _peut_preparer(compte: Any, dossier: Dossier) -> Any:
    """Le droit d'agent seulement : un dossier qui a changé d'état se dit sans refuser la page."""
    return peut_instruire(compte, dossier)


def _depart(decision: Decision | None, avis: Any) -> dict[str, Any]:
    if decision is not None:
        return {
            "sens": decision.sens, "motif": decision.motif, "reserves": decision.reserves, "version": decision.version
        }  # fmt: skip
    return {"sens": avis.sens if avis else "", "reserves": "\n".join(avis.reserves) if avis else "", "version": 0}


def _perdue(request: HttpRequest, reference: str, raison: str) -> HttpResponse:
    messages.error(request, raison)
    return redirect("decisions:fiche", reference)


def decision_en_cours(dossier: Dossier) -> Decision:
    """La décision active du dossier, avec lui ; 404 s'il n'y en a pas."""
    decision = active_de(dossier)
    if decision is None:
        raise Http404("Ce dossier n’a pas de décision en cours.")
    return decision


@login_required
def courrier(request: HttpRequest, reference: str) -> HttpResponse:
    """Reprendre le courrier à la main, ou le refaire depuis le modèle ; l'aperçu montre ce qui s'imprimera."""
    dossier = dossier_instruit(request, reference)
    compte: Any = request.user
    decision = decision_en_cours(dossier)
    exiger(peut_instruire(compte, dossier))
    if not (possible := droits.peut_rediger(compte, decision)):
        return _perdue(request, reference, possible.motif)
    en_cours = courrier_de(decision)
    if en_cours is None:
        raise Http404("Cette décision n’a pas de courrier.")
    if request.method != "POST":
        form = CourrierForm(initial={"objet": en_cours.objet, "corps": en_cours.corps, "version": decision.version})
        return page(request, dossier, "courrier", form=form, decision=decision, courrier=en_cours)
    if request.POST.get("geste") == "modele":
        version = request.POST.get("version", "")
        numero = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
        return _geste(
            request, reference, lambda: preparation.repartir_du_modele(decision, acteur=compte, version=numero),
            "Le courrier est refait depuis le modèle. Le précédent reste dans l’historique.",
        )  # fmt: skip
    form = CourrierForm(request.POST)
    if form.is_valid():
        valides = form.cleaned_data
        try:
            preparation.ecrire_le_courrier(
                decision,
                acteur=compte,
                version=valides["version"] or 0,
                objet=valides["objet"],
                corps=valides["corps"],
            )
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as erreur:
            form.refuser(erreur)
        else:
            messages.success(request, "Le courrier est enregistré.")
            return redirect("decisions:fiche", reference)
    return page(request, dossier, "courrier", statut=422, form=form, decision=decision, courrier=en_cours)


def _geste(request: HttpRequest, reference: str, faire: Callable[[], Any], succes: str) -> HttpResponse:
    """Fait un geste ; un refus de droit est un 403, un refus d'état revient en message."""
    try:
        faire()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, succes)
    return redirect("decisions:fiche", reference)


@login_required
@require_POST
def viser(request: HttpRequest, reference: str) -> HttpResponse:
    """Le visa d'un second agent."""
    dossier = dossier_instruit(request, reference)
    compte: Any = request.user
    decision = decision_en_cours(dossier)
    brut = request.POST.get("version", "")
    version = int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 9 else 0
    return _geste(
        request, reference, lambda: preparation.viser(decision, acteur=compte, version=version),
        "Vous avez visé la décision. L’autorité peut la signer.",
    )  # fmt: skip


def _avec_motif(
    request: HttpRequest, dossier: Dossier, decision: Decision, faire: Callable[[str], Any], *, permission: Any,
    titre: str, effets: list[str], bouton: str, succes: str, aide: str, obligatoire: bool = True,
) -> HttpResponse:  # fmt: skip
    """Explique un geste (GET), demande pourquoi, puis le fait (POST)."""
    exiger(peut_instruire(request.user, dossier))  # type: ignore[arg-type]
    form = MotifForm(request.POST or None, aide=aide, obligatoire=obligatoire)
    if request.method == "POST" and form.is_valid():
        return _geste(request, dossier.reference, lambda: faire(form.cleaned_data["motif"]), succes)
    if request.method != "POST" and not permission:
        return _perdue(request, dossier.reference, permission.motif)
    return page(
        request, dossier, "confirmer", statut=422 if form.errors else 200, form=form, decision=decision, titre=titre,
        effets=effets, bouton=bouton,
    )  # fmt: skip


@login_required
def abandonner(request: HttpRequest, reference: str) -> HttpResponse:
    """Abandonner une décision que l'équipe n'a pas reçue."""
    dossier = dossier_instruit(request, reference)
    decision = decision_en_cours(dossier)
    compte: Any = request.user
    signee = decision.etat == EtatDecision.SIGNEE
    return _avec_motif(
        request, dossier, decision, lambda motif: preparation.abandonner(decision, acteur=compte, motif=motif),
        permission=droits.peut_abandonner(compte, decision), titre="Abandonner cette décision ?",
        effets=[
            "L’équipe n’a rien reçu, et n’en saura rien.",
            "La signature de la décision tombe." if signee else "Le courrier préparé reste dans l’historique.",
            "Le dossier redevient à décider.",
        ],
        bouton="Abandonner la décision", succes="La décision est abandonnée.", obligatoire=signee,
        aide="Son signataire le lira." if signee else "Facultatif.",
    )  # fmt: skip


@login_required
def rouvrir(request: HttpRequest, reference: str) -> HttpResponse:
    """Remplacer un courrier signé qui n'est pas parti."""
    dossier = dossier_instruit(request, reference)
    decision = decision_en_cours(dossier)
    compte: Any = request.user
    return _avec_motif(
        request, dossier, decision, lambda motif: preparation.rouvrir(decision, acteur=compte, motif=motif),
        permission=droits.peut_rouvrir(compte, decision), titre="Remplacer ce courrier ?",
        effets=[
            "La signature tombe : l’autorité devra signer de nouveau.",
            "Le courrier signé reste dans l’historique, tel quel ; vous travaillez sur une copie.",
            "L’équipe n’a rien reçu.",
        ],
        bouton="Remplacer le courrier", succes="La décision se reprend ; elle est à signer de nouveau.",
        aide="Son signataire le lira.",
    )  # fmt: skip


@login_required
def reexaminer(request: HttpRequest, reference: str) -> HttpResponse:
    """Rouvrir un dossier refusé, sur recours gracieux."""
    dossier = dossier_instruit(request, reference)
    decision = decision_en_cours(dossier)
    compte: Any = request.user
    return _avec_motif(
        request, dossier, decision, lambda motif: apres.reexaminer(decision, acteur=compte, motif=motif),
        permission=droits.peut_reexaminer(compte, decision), titre="Réexaminer ce dossier, sur recours gracieux ?",
        effets=[
            "Le dossier revient en instruction ; l’équipe en est prévenue.",
            "Le refus reste lisible, marqué comme remplacé ; une nouvelle décision sera à notifier.",
            "L’avis de la commission, s’il y en a un, vaut encore : on peut redécider sans nouvelle séance.",
        ],
        bouton="Réexaminer le dossier", succes="Le dossier est rouvert. L’équipe en est prévenue.",
        aide="Ce qui, dans le recours, conduit à réexaminer. L’équipe le lira.",
    )  # fmt: skip


@login_required
@lecture_seule
def document(request: HttpRequest, reference: str, pk: int, nature: str, format: str) -> HttpResponse:
    """Le courrier d'une décision : le PDF signé et gardé, ou un brouillon dans un format à reprendre."""
    dossier = dossier_instruit(request, reference)
    decision = next((d for d in decisions_de(dossier) if d.pk == pk), None)
    trouve = courrier_de(decision, nature) if decision and nature in NatureDeCourrier.values else None
    if decision is None or trouve is None or format not in FORMATS:
        raise Http404("Ce courrier n’existe pas.")
    if format == Format.PDF and trouve.document is not None:
        return telecharger(trouve.document)
    try:
        contenu = exporter(decision, trouve, format)
    except ProductionImpossible as erreur:
        return _perdue(request, reference, f"Le courrier n’a pas pu être produit : {erreur}")
    return fichier(contenu, nom_du_fichier(decision, format), format)


@login_required
@lecture_seule
def information_avis(request: HttpRequest, reference: str, format: str) -> HttpResponse:
    """Le courrier qui informe l'équipe de l'avis rendu, à reprendre."""
    dossier = dossier_instruit(request, reference)
    avis = avis_lu(dossier)
    if avis is None or not avis.libelle or format not in FORMATS:
        raise Http404("Aucun avis n’est rendu sur ce dossier.")
    try:
        contenu = information_sur_l_avis(dossier, avis, format)
    except ProductionImpossible as erreur:
        return _perdue(request, reference, f"Le courrier n’a pas pu être produit : {erreur}")
    return fichier(contenu, f"{reference}-avis.{format}", format)


def fichier(contenu: bytes, nom: str, format: str) -> HttpResponse:
    """Un fichier produit à l'instant, en pièce jointe, jamais gardé en chemin."""
    reponse = HttpResponse(contenu, content_type=Format(format).type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
