"""Importer une trame remplie : choisir le dossier, déposer le fichier, relire rubrique par rubrique."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, est_un_script, page
from esperluette.equipes.droits import peut_inviter
from esperluette.equipes.models import Equipe
from esperluette.importations import actions
from esperluette.importations.droits import peut_importer, peut_relire
from esperluette.importations.enums import Choix, EtatImportation
from esperluette.importations.forms import TrameForm
from esperluette.importations.lectures import a_relire, importables
from esperluette.importations.models import Importation

ONGLET = "importer"


@connexion_requise
@lecture_seule
def choisir(request: HttpRequest) -> HttpResponse:
    """« J'ai déjà rempli la trame Word » : pour quel dossier ?"""
    equipes = Equipe.objects.visibles_par(request.user).order_by("nom")
    return render(request, "importations/choisir.html", {"dossiers": importables(request.user), "equipes": equipes})


@connexion_requise
def importer(request: HttpRequest, reference: str) -> HttpResponse:
    """Déposer un fichier ; ceux d'avant, et la relecture en cours."""
    dossier = dossier_visible(request, reference)
    exiger(peut_importer(request.user, dossier))
    if request.method == "POST":
        return _deposer(request, dossier)
    return _page_de_depot(request, dossier, TrameForm())


def _page_de_depot(request: HttpRequest, dossier: Dossier, form: TrameForm, *, statut: int = 200) -> HttpResponse:
    importations = list(dossier.importations.select_related("piece__fichier", "deposee_par"))
    ouverte = next((i for i in importations if i.est_ouverte), None)
    return page(
        request, "importations/importer.html", dossier, onglet=ONGLET, statut=statut, form=form, ouverte=ouverte,
        importations=[i for i in importations if i is not ouverte],
    )  # fmt: skip


def _deposer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    form = TrameForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page_de_depot(request, dossier, form, statut=422)
    try:
        importation = actions.deposer(dossier, form.cleaned_data["fichier"], acteur=request.user)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as refus:
        form.add_error("fichier", str(refus))
        return _page_de_depot(request, dossier, form, statut=422)
    if importation.etat == EtatImportation.REFUSEE:
        form.add_error("fichier", importation.message)
        return _page_de_depot(request, dossier, form, statut=422)
    return redirect("importations:relire", dossier.reference, importation.pk)


def _importation(dossier: Dossier, pk: int) -> Importation:
    importation = get_object_or_404(dossier.importations.select_related("piece__fichier", "deposee_par"), pk=pk)
    importation.dossier = dossier
    return importation


@connexion_requise
def relire(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Ce que dit le fichier, à côté de ce qui est en place ; on prend, on garde, ou l'on met à la suite."""
    dossier = dossier_visible(request, reference)
    importation = _importation(dossier, pk)
    if request.method == "POST":
        return _geste(request, importation)
    if est_un_script(request):  # la page attend la fin de la lecture
        reponse = HttpResponse(status=204)
        if importation.etat != EtatImportation.EN_LECTURE:
            reponse["HX-Refresh"] = "true"
        return reponse
    return _page_de_relecture(request, importation)


def _page_de_relecture(
    request: HttpRequest, importation: Importation, *, statut: int = 200, erreur: str = "", ou: str = ""
) -> HttpResponse:
    dossier = importation.dossier
    return page(
        request, "importations/relire.html", dossier, onglet=ONGLET, statut=statut, importation=importation,
        tout=a_relire(importation), ecriture=peut_relire(request.user, importation), erreur=erreur, ou=ou,
        peut_ajouter=peut_inviter(request.user, dossier.equipe), Choix=Choix,
        retour_possible=bool(peut_importer(request.user, dossier)),
    )  # fmt: skip


def _geste(request: HttpRequest, importation: Importation) -> HttpResponse:
    """« prendre:12 » : le geste, et l'objet. Un refus du domaine se dit à côté de l'objet, rien n'est perdu."""
    nom, _, cle = request.POST.get("geste", "").partition(":")
    geste = _GESTES.get(nom)
    if geste is None or (cle and not (cle.isascii() and cle.isdigit() and len(cle) < 18)):
        raise Http404("Ce geste n’existe pas.")
    ou = request.POST.get("ou", "")[:40]
    try:
        dit = geste(request, importation, int(cle or 0))
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        statut = 409 if isinstance(erreur, Conflit) else 422
        return _page_de_relecture(request, importation, statut=statut, erreur=str(erreur), ou=ou)
    if dit:
        messages.success(request, dit)
    if nom == "terminer":
        return redirect("dossiers:redaction", importation.dossier.reference)
    adresse = reverse("importations:relire", args=[importation.dossier.reference, importation.pk])
    return redirect(f"{adresse}#{ou}" if ou else adresse)


def _decider(choix: Choix) -> Callable[[HttpRequest, Importation, int], str]:
    def geste(request: HttpRequest, importation: Importation, pk: int) -> str:
        proposition = get_object_or_404(importation.propositions, pk=pk)
        brut = request.POST.get("version", "")
        version = int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 10 else -1
        actions.decider(proposition, choix, version_lue=version, acteur=request.user)
        return ""

    return geste


def _revenir(request: HttpRequest, importation: Importation, pk: int) -> str:
    actions.revenir(get_object_or_404(importation.propositions, pk=pk), acteur=request.user)
    return ""


def _tout_prendre(request: HttpRequest, importation: Importation, _pk: int) -> str:
    prises = actions.tout_prendre(importation, acteur=request.user)
    if not prises:
        return "Il ne restait rien à prendre sans remplacer une de vos réponses."
    return f"Réponses reprises du fichier, sans rien remplacer : {prises}."


def _tout_annuler(request: HttpRequest, importation: Importation, _pk: int) -> str:
    rendues, laissees = actions.tout_annuler(importation, acteur=request.user)
    phrase = f"{rendues} réponse{'s' if rendues > 1 else ''} comme avant l’import."
    if laissees:
        phrase += f" {laissees} autre{'s' if laissees > 1 else ''}, modifiée depuis, n’a pas bougé."
    return phrase


def _ranger(request: HttpRequest, importation: Importation, pk: int) -> str:
    morceau = get_object_or_404(importation.morceaux, pk=pk)
    actions.ranger(morceau, request.POST.get("champ", ""), acteur=request.user)
    return ""


def _ecarter(request: HttpRequest, importation: Importation, pk: int) -> str:
    actions.ecarter(get_object_or_404(importation.morceaux, pk=pk), acteur=request.user)
    return ""


def _reprendre(request: HttpRequest, importation: Importation, pk: int) -> str:
    actions.reprendre(get_object_or_404(importation.morceaux, pk=pk), acteur=request.user)
    return ""


def _ajouter(request: HttpRequest, importation: Importation, pk: int) -> str:
    membre = actions.ajouter_a_l_equipe(get_object_or_404(importation.membres, pk=pk), acteur=request.user)
    return f"{membre} fait partie de l’équipe. Invitez cette personne depuis la page « Membres »."


def _ecarter_la_personne(request: HttpRequest, importation: Importation, pk: int) -> str:
    actions.ecarter_la_personne(get_object_or_404(importation.membres, pk=pk), acteur=request.user)
    return ""


def _terminer(request: HttpRequest, importation: Importation, _pk: int) -> str:
    actions.terminer(importation, acteur=request.user)
    return "La relecture est terminée. Le fichier d’origine reste parmi les pièces jointes ; vous pouvez l’en retirer."


_GESTES: dict[str, Callable[[HttpRequest, Importation, int], str]] = {
    **{choix.value: _decider(choix) for choix in Choix},
    "revenir": _revenir,
    "tout_prendre": _tout_prendre,
    "tout_annuler": _tout_annuler,
    "ranger": _ranger,
    "ecarter": _ecarter,
    "reprendre": _reprendre,
    "ajouter": _ajouter,
    "ecarter_la_personne": _ecarter_la_personne,
    "terminer": _terminer,
}


@connexion_requise
def abandonner(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Confirme, puis clôt la relecture et retire le fichier."""
    dossier = dossier_visible(request, reference)
    importation = _importation(dossier, pk)
    exiger(peut_relire(request.user, importation))
    if request.method == "POST":
        try:
            actions.abandonner(importation, acteur=request.user)
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        messages.success(request, "L’import est abandonné. Vos réponses n’ont pas bougé.")
        return redirect("importations:importer", dossier.reference)
    return confirmer(
        request, dossier, onglet=ONGLET, titre="Abandonner cet import ?",
        effets=[
            "Les réponses que vous avez déjà prises restent dans le dossier.",
            "Le fichier est retiré des pièces jointes, et ce qu’il restait à relire n’est plus proposé.",
        ],
        bouton="Abandonner l’import",
        retour=reverse("importations:relire", args=[dossier.reference, importation.pk]),
    )  # fmt: skip
