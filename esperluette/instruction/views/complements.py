"""Les compléments côté agent : composer, relire l'aperçu, envoyer, suivre, relire le retour."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.complements.actions import demandes as actions
from esperluette.complements.actions.commun import LONGUEUR
from esperluette.complements.droits import peut_preparer, peut_suivre
from esperluette.complements.enums import EtatDemande
from esperluette.complements.forms import AnnulerForm, BrouillonForm, ProlongerForm, RemarqueForm
from esperluette.complements.lectures import active_de, brouillon_de, cible, demandes_de, retours_de, rouvrables
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.dossiers.cycle import permission
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier
from esperluette.echanges.lectures import inserer, reponses_types_pour
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche

ONGLET = "complements"


def _page(request: HttpRequest, dossier: Dossier, nom: str, *, statut: int = 200, **contexte: Any) -> HttpResponse:
    return page_de_fiche(request, dossier, ONGLET, f"instruction/{nom}.html", statut=statut, **contexte)


def _vers(dossier: Dossier, nom: str = "complements") -> HttpResponse:
    return redirect(f"instruction:{nom}", reference=dossier.reference)


def _faire(request: HttpRequest, faire: Callable[[], Any], succes: str) -> bool:
    """Fait un geste ; un refus de droit devient un 403, un autre un message. Vrai s'il a abouti."""
    try:
        faire()
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
        return False
    messages.success(request, succes)
    return True


@login_required
@lecture_seule
def complements(request: HttpRequest, reference: str) -> HttpResponse:
    """La demande en cours, le retour de l'équipe remarque par remarque, et les tours passés."""
    dossier = dossier_instruit(request, reference)
    demandes = demandes_de(dossier)
    for demande in demandes:
        demande.dossier = dossier
    active = next((d for d in demandes if d.etat == EtatDemande.ENVOYEE), None)
    repondue = next((d for d in demandes if d.etat in (EtatDemande.REPONDUE, EtatDemande.CLOSE)), None)
    anciennes = [d for d in demandes if d not in (active, repondue)]
    return _page(
        request, dossier, "complements", active=active, repondue=repondue,
        retours=retours_de(repondue) if repondue else [], anciennes=anciennes, brouillon=brouillon_de(dossier),
        preparer=peut_preparer(request.user, dossier), suivre=peut_suivre(request.user, dossier),
        prolonger=ProlongerForm(initial={"avant_le": active.avant_le}) if active else None,
    )  # fmt: skip


@login_required
def preparer(request: HttpRequest, reference: str) -> HttpResponse:
    """Composer : les remarques, le message, la date limite. Rien ne part d'ici."""
    dossier = dossier_instruit(request, reference)
    exiger(peut_suivre(request.user, dossier))
    possible = peut_preparer(request.user, dossier)
    if not possible:
        messages.error(request, possible.motif)
        return _vers(dossier)
    if request.method == "POST":
        return _enregistrer(request, dossier)
    return _composer(request, dossier, brouillon_de(dossier))


@lecture_seule
def _composer(request: HttpRequest, dossier: Dossier, brouillon: DemandeDeComplements | None) -> HttpResponse:
    return _montrer(request, dossier, brouillon, BrouillonForm(initial=_initial(brouillon)), _neuve(dossier))


def _initial(brouillon: DemandeDeComplements | None) -> dict[str, Any]:
    propose = timezone.localdate() + timedelta(days=settings.DELAI_DE_COMPLEMENT_PROPOSE)
    if brouillon is None:
        return {"avant_le": propose}
    return {"message": brouillon.message, "avant_le": brouillon.avant_le or propose}


def _neuve(dossier: Dossier, donnees: Any = None) -> RemarqueForm:
    return RemarqueForm(donnees, trame=trame_de(dossier), facultative=True, prefix="neuve")


def _montrer(
    request: HttpRequest, dossier: Dossier, brouillon: DemandeDeComplements | None, form: BrouillonForm,
    neuve: RemarqueForm, *, erreur: str = "", envoyees: dict[int, str] | None = None, statut: int = 200,
) -> HttpResponse:  # fmt: skip
    """`envoyees` : les textes d'un envoi refusé, à remontrer tels quels, même ceux d'une remarque retirée depuis."""
    envoyees, remarques = envoyees or {}, _remarques(brouillon)
    lignes = [{"remarque": r, "texte": envoyees.get(r.pk, r.texte)} for r in remarques]
    perdus = [texte for pk, texte in envoyees.items() if pk not in {r.pk for r in remarques} and texte.strip()]
    return _page(
        request, dossier, "complements_preparer", statut=statut, brouillon=brouillon, form=form, neuve=neuve,
        reponses_types=list(reponses_types_pour(dossier)), lignes=lignes, erreur=erreur,
        rouvrables=rouvrables(trame_de(dossier)), conflit=statut == 409, perdus=perdus,
    )  # fmt: skip


def _enregistrer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Enregistre tout le brouillon ; un refus remontre ce qui était saisi, et n'écrit rien."""
    form, geste = BrouillonForm(request.POST), request.POST.get("geste", "")
    neuve = _neuve(dossier, request.POST)
    lu = brouillon_de(dossier)
    textes = {int(n): request.POST[f"texte:{n}"] for n in _numeros(request)}
    ouvre = {r.pk: request.POST.getlist(f"ouvre:{r.pk}") for r in _remarques(lu)}
    if geste == "inserer":
        return _montrer(request, dossier, lu, form, _avec_reponse_type(request, dossier), envoyees=textes)
    if not (form.is_valid() and neuve.is_valid()):
        erreur = "Corrigez ce qui est signalé : rien n’a encore été enregistré."
        return _montrer(request, dossier, lu, form, neuve, envoyees=textes, erreur=erreur, statut=422)
    neuf = neuve.cleaned_data
    if geste == "ajouter" and not neuf["texte"].strip():
        neuve.add_error("texte", "Écrivez la remarque.")
        return _montrer(request, dossier, lu, form, neuve, envoyees=textes, statut=422)
    try:
        demande = actions.preparer(dossier, acteur=request.user)
        actions.enregistrer_le_brouillon(
            demande, acteur=request.user, version=_version(request, demande), textes=textes, ouvre=ouvre,
            message=form.cleaned_data["message"], avant_le=form.cleaned_data["avant_le"],
            nouvelle=actions.RemarqueSaisie(neuf["champ"], neuf["texte"], neuf["ouvre"], neuf["extrait"])
            if neuf["texte"].strip() else None,
            retirer=_cle(geste),
        )  # fmt: skip
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as erreur:
        statut = 409 if isinstance(erreur, Conflit) else 422
        return _montrer(request, dossier, brouillon_de(dossier), form, neuve, envoyees=textes, erreur=str(erreur),
                        statut=statut)  # fmt: skip
    if geste == "apercu":
        return _vers(dossier, "complements_apercu")
    messages.success(request, "Le brouillon est enregistré. L’équipe ne le voit pas.")
    return _vers(dossier, "complements_preparer")


def _avec_reponse_type(request: HttpRequest, dossier: Dossier) -> RemarqueForm:
    """La remarque en cours, la réponse type choisie ajoutée à son texte ; rien n'est enregistré."""
    choisie = next((r for r in reponses_types_pour(dossier) if str(r.pk) == request.POST.get("reponse_type")), None)
    donnees = request.POST.copy()
    if choisie is not None:
        donnees["neuve-texte"] = inserer(donnees.get("neuve-texte", ""), choisie, dossier, request.user)
    return _neuve(dossier, donnees)


def _numeros(request: HttpRequest) -> list[str]:
    """Les remarques dont le texte est dans l'envoi."""
    cles = (cle.removeprefix("texte:") for cle in request.POST if cle.startswith("texte:"))
    return [n for n in cles if n.isascii() and n.isdigit() and len(n) < 19]


def _remarques(brouillon: DemandeDeComplements | None) -> list[Remarque]:
    return list(brouillon.remarques.all()) if brouillon else []


def _version(request: HttpRequest, demande: DemandeDeComplements) -> int:
    """La version que la page affichait ; un brouillon qui n'existait pas encore vaut « 0 », donc la première."""
    brut = request.POST.get("version", "")
    lue = int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 10 else -1
    return 1 if lue == 0 else lue


def _cle(geste: str) -> int | None:
    verbe, _, cle = geste.partition(":")
    return int(cle) if verbe == "retirer" and cle.isascii() and cle.isdigit() and len(cle) < 19 else None


@login_required
def remarquer(request: HttpRequest, reference: str) -> HttpResponse:
    """Une remarque sur un champ (`?champ=…`) et le passage sélectionné (`&extrait=…`) ; elle rejoint le brouillon."""
    dossier = dossier_instruit(request, reference)
    exiger(peut_suivre(request.user, dossier))
    possible = peut_preparer(request.user, dossier)
    if not possible:
        messages.error(request, possible.motif)
        return redirect("instruction:fiche", reference=reference)
    trame = trame_de(dossier)
    if request.method != "POST":
        vise = cible(trame, request.GET.get("champ", ""))
        if vise is None:
            raise Http404("Ce champ n’existe pas dans ce dossier.")
        extrait = request.GET.get("extrait", "").replace("\x00", "")[:LONGUEUR]
        form = RemarqueForm(initial={"champ": vise.cle, "extrait": extrait}, trame=trame)
        return _page(request, dossier, "complements_remarquer", form=form, extrait=extrait)
    form = RemarqueForm(request.POST, trame=trame)
    if form.is_valid():
        lu = form.cleaned_data
        saisie = actions.RemarqueSaisie(lu["champ"], lu["texte"], lu["ouvre"], lu["extrait"])
        try:
            actions.remarquer(dossier, saisie, acteur=request.user)
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as erreur:
            form.add_error("texte", str(erreur))
        else:
            messages.success(request, "La remarque est dans votre brouillon. L’équipe ne la voit pas encore.")
            return _vers(dossier, "complements_preparer")
    return _page(request, dossier, "complements_remarquer", form=form, extrait=form["extrait"].value(), statut=422)


@login_required
def apercu(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce que l'équipe lira ; puis l'envoi."""
    dossier = dossier_instruit(request, reference)
    exiger(peut_suivre(request.user, dossier))
    if request.method == "POST":
        return _envoyer(request, dossier)
    brouillon = brouillon_de(dossier)
    if brouillon is None:
        messages.info(request, "Il n’y a pas de demande en préparation.")
        return _vers(dossier)
    brouillon.dossier = dossier
    empeche = ""
    try:
        actions.ce_qui_empeche(brouillon)
    except ErreurMetier as erreur:
        empeche = str(erreur)
    possible = permission(dossier, "demander_complements", request.user)
    return _page(
        request, dossier, "complements_apercu", brouillon=brouillon, remarques=list(brouillon.remarques.all()),
        empeche=empeche or possible.motif, rouvrables=dict(rouvrables(trame_de(dossier))), oubliees=_oubliees(dossier),
    )  # fmt: skip


def _oubliees(dossier: Dossier) -> list[Remarque]:
    """Celles du tour précédent que personne n'a levées ni redemandées : cette demande les laissera là."""
    repondues = Remarque.objects.filter(
        demande__dossier=dossier, demande__repondue_le__isnull=False, demande__close_le=None, levee_le=None
    )
    reprises = Remarque.objects.filter(demande__dossier=dossier, demande__demandee_le=None, suite_de__isnull=False)
    return list(repondues.exclude(pk__in=reprises.values("suite_de")))


def _envoyer(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    brut = request.POST.get("version", "")
    version = int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 10 else -1
    brouillon = brouillon_de(dossier)
    if brouillon is None:
        if active_de(dossier) is not None:  # un second clic : elle est partie
            messages.info(request, "La demande est déjà partie.")
        else:
            messages.error(request, "Il n’y a plus de demande à envoyer : un collègue l’a peut-être abandonnée.")
        return _vers(dossier)
    succes = "La demande est partie. L’équipe en est prévenue ; le délai est suspendu."
    if _faire(request, lambda: actions.envoyer(brouillon, acteur=request.user, version=version), succes):
        return _vers(dossier)
    return _vers(dossier, "complements_apercu")


@login_required
@require_POST
def abandonner(request: HttpRequest, reference: str) -> HttpResponse:
    """Efface le brouillon."""
    dossier = dossier_instruit(request, reference)
    exiger(peut_suivre(request.user, dossier))
    brouillon = brouillon_de(dossier)
    if brouillon is not None:
        _faire(request, lambda: actions.abandonner(brouillon, acteur=request.user), "Le brouillon est effacé.")
    return _vers(dossier)


def _active_ou_rien(request: HttpRequest, dossier: Dossier) -> DemandeDeComplements | None:
    exiger(peut_suivre(request.user, dossier))
    demande = active_de(dossier)
    if demande is None:
        messages.error(request, "Aucune demande n’attend l’équipe : elle a peut-être répondu entre-temps.")
    return demande


@login_required
@require_POST
def prolonger(request: HttpRequest, reference: str) -> HttpResponse:
    """Repousser la date limite."""
    dossier = dossier_instruit(request, reference)
    demande = _active_ou_rien(request, dossier)
    form = ProlongerForm(request.POST)
    if demande is not None and not form.is_valid():
        messages.error(request, " ".join(form.errors["avant_le"]))
    elif demande is not None:
        jour = form.cleaned_data["avant_le"]
        _faire(
            request, lambda: actions.prolonger(demande, acteur=request.user, avant_le=jour),
            "La date limite est repoussée. L’équipe en est prévenue.",
        )  # fmt: skip
    return _vers(dossier)


@login_required
def annuler(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirme, puis annule une demande faite par erreur."""
    dossier = dossier_instruit(request, reference)
    demande = _active_ou_rien(request, dossier)
    if demande is None:
        return _vers(dossier)
    form = AnnulerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        motif = form.cleaned_data["motif"]
        _faire(
            request, lambda: actions.annuler(demande, acteur=request.user, motif=motif),
            "La demande est annulée : le dossier est de nouveau en instruction. L’équipe en est prévenue.",
        )  # fmt: skip
        return _vers(dossier)
    return _page(
        request, dossier, "complements_annuler", form=form, demande=demande, statut=422 if form.is_bound else 200
    )


@login_required
@require_POST
def relire(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Lever une remarque, ou la redemander au tour suivant."""
    dossier = dossier_instruit(request, reference)
    exiger(peut_suivre(request.user, dossier))
    remarques = Remarque.objects.select_related("demande").filter(
        demande__dossier=dossier, demande__demandee_le__isnull=False
    )
    remarque = get_object_or_404(remarques, pk=pk)
    match request.POST.get("geste", ""):
        case "lever":
            _faire(request, lambda: actions.lever(remarque, acteur=request.user), "La remarque est levée.")
        case "redemander":
            succes = "La remarque rejoint la prochaine demande : précisez-la, puis envoyez."
            if _faire(request, lambda: actions.redemander(remarque, acteur=request.user), succes):
                return _vers(dossier, "complements_preparer")
        case _:
            raise Http404("Ce geste n’existe pas.")
    return redirect(reverse("instruction:complements", args=[reference]) + f"#remarque-{pk}")
