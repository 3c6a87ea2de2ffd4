"""Demander une rencontre, la suivre ; pour l'agent, sa corbeille et ses gestes."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role
from esperluette.interlocuteurs import cycle, droits, forms, jetons
from esperluette.interlocuteurs.actions import rencontres as actions
from esperluette.interlocuteurs.destinataires import destinataires_de
from esperluette.interlocuteurs.enums import EtatDeDemande, SorteDeDemande
from esperluette.interlocuteurs.lectures import contacts_de, structures_actives
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.interlocuteurs.registres import equipes_de
from esperluette.journal.lectures import evenements_de
from esperluette.territoires.lectures import resoudre
from esperluette.territoires.models import Commune

TROP = "Trop de demandes ont été envoyées d’ici. Réessayez dans une heure."
PAR_PAGE = 25
# Un geste, son formulaire, et ce qu'on dit quand il est fait.
GESTES: dict[str, tuple[Any, str]] = {
    "fixer": (forms.FixerForm, "La rencontre est fixée. Le demandeur en est prévenu."),
    "rendre-compte": (forms.CompteRenduForm, "Le compte rendu est enregistré. Le demandeur peut le lire."),
    "repondre": (forms.ReponseForm, "La réponse est envoyée."),
    "annuler": (forms.AnnulerForm, "La demande est close. L’autre personne en est prévenue."),
    "relancer": (forms.SansSaisie, "Votre demande est relancée."),
}


def _compte(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


# --- Demander -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def demander(request: HttpRequest) -> HttpResponse:
    """D'abord la commune, qui dit à qui l'on écrit ; puis le message."""
    equipes = [equipe for siennes in equipes_de(_compte(request)) for equipe in siennes]
    donnees = request.POST if request.method == "POST" else request.GET
    equipe = next((e for e in equipes if str(e.pk) == donnees.get("equipe")), None)
    commune = _commune(donnees, equipe)
    if commune is None:
        ou = forms.CommuneForm(donnees if "commune" in donnees or "commune_code" in donnees else None)
        statut = 422 if ou.errors and request.method == "POST" else 200
        return render(request, "interlocuteurs/commune.html", {"form": ou}, status=statut)
    form = _formulaire(request, commune, equipes, equipe)
    if request.method == "POST" and form.is_valid():
        reponse = _envoyer(request, form, commune)
        if reponse is not None:
            return reponse
    reponses = contacts_de(commune)
    return render(
        request,
        "interlocuteurs/demander.html",
        {
            "form": form,
            "commune": commune,
            "contact": reponses.contacts[0],
            "avertissements": reponses.avertissements,
            "destinataires": destinataires_de(commune, reponses),
        },
        status=422 if form.errors else 200,
    )


def _commune(donnees: Any, equipe: Any) -> Commune | None:
    texte, code = donnees.get("commune", "").strip(), donnees.get("commune_code", "").strip()
    if not texte and not code:
        return equipe.implantation if equipe is not None else None
    return resoudre(texte, code, limite=15).commune


def _formulaire(request: HttpRequest, commune: Commune, equipes: list[Any], equipe: Any) -> forms.DemandeForm:
    compte = _compte(request)
    sorte = request.GET.get("sorte", "")
    initial = {
        "sorte": sorte if sorte in SorteDeDemande.values else SorteDeDemande.RENCONTRE,
        "equipe": str(equipe.pk) if equipe is not None else "",
        "nom": str(compte) if compte is not None else "",
        "telephone": getattr(compte, "telephone", ""),
    }
    return forms.DemandeForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        compte=compte,
        equipes=equipes,
        structures=structures_actives().filter(region=commune.region_id),
    )


def _envoyer(request: HttpRequest, form: forms.DemandeForm, commune: Commune) -> HttpResponse | None:
    demandeur = form.demandeur()
    if not ratelimit.consume(request, action="demander_rencontre", key=demandeur.courriel.lower()):
        form.add_error(None, TROP)
        return None
    try:
        faite = actions.demander(
            demandeur,
            acteur=_compte(request),
            commune=commune,
            message=form.cleaned_data["message"],
            sorte=form.cleaned_data["sorte"],
            copies=list(form.cleaned_data.get("copies") or []),
            equipe=form.equipe_choisie(),
        )
    except ErreurMetier as refus:
        form.refuser(refus)
        return None
    if _compte(request) is None:
        return redirect("interlocuteurs:envoyee")
    messages.success(request, "Votre demande est partie. Vous pouvez la suivre ici.")
    return redirect("interlocuteurs:demande", pk=faite.pk)


@lecture_seule
def envoyee(request: HttpRequest) -> HttpResponse:
    """Il reste à confirmer son adresse."""
    return render(request, "interlocuteurs/envoyee.html")


# --- Suivre -------------------------------------------------------------------------------------------------


def _du_jeton(jeton: str, *, sel: str = jetons.SUIVI) -> DemandeDeRencontre:
    numero = jetons.demande_du(jeton, sel=sel)
    demande: DemandeDeRencontre = get_object_or_404(_avec_tout(), pk=numero or 0)
    return demande


def _avec_tout() -> Any:
    return DemandeDeRencontre.objects.select_related(
        "commune__departement", "commune__region", "commune__epci", "demandeur", "traitee_par"
    ).prefetch_related("copies")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirmer(request: HttpRequest, jeton: str) -> HttpResponse:
    """Le lien reçu : un bouton, et la demande part. Un robot qui suit le lien n'envoie rien."""
    demande = _du_jeton(jeton, sel=jetons.CONFIRMATION)
    if request.method == "POST":
        try:
            actions.confirmer(demande)
        except ErreurMetier as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, "Votre demande est partie. Gardez le lien de suivi reçu par courriel.")
        return redirect(jetons.chemin("suivi", demande.pk))
    return render(request, "interlocuteurs/confirmer.html", {"demande": demande})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def suivi(request: HttpRequest, jeton: str) -> HttpResponse:
    """Le suivi sans compte, par le lien reçu : lire, relancer, renoncer."""
    demande = _du_jeton(jeton)
    liees: dict[str, Any] = {}
    if request.method == "POST":
        nom = request.POST.get("geste", "")
        if nom not in {"annuler", "relancer"}:
            raise Http404("Ce geste n’existe pas.")
        form = GESTES[nom][0](request.POST)
        if _faire(request, demande, nom, form, acteur=None, par_lien=True):
            return redirect(request.path)
        liees[nom] = form
    return _page(request, demande, liees, par_lien=True)


@lecture_seule
@login_required
def mes_demandes(request: HttpRequest) -> HttpResponse:
    """Mes demandes, et celles de mes équipes."""
    siennes = DemandeDeRencontre.objects.de(request.user).select_related("commune__departement")
    return render(request, "interlocuteurs/mes_demandes.html", {"page": _paginer(request, siennes)})


@lecture_seule
@login_required
def demande(request: HttpRequest, pk: int) -> HttpResponse:
    """Une demande : ce qui a été écrit, où elle en est, ce qu'on peut y faire."""
    return _page(request, _visible(request, pk), {})


@require_POST
@login_required
def geste(request: HttpRequest, pk: int, nom: str) -> HttpResponse:
    """Fixer, rendre compte, répondre, annuler, relancer."""
    if nom not in GESTES:
        raise Http404("Ce geste n’existe pas.")
    objet = _visible(request, pk)
    exiger(getattr(droits, f"peut_{nom.replace('-', '_')}")(request.user, objet))
    form = GESTES[nom][0](request.POST)
    if _faire(request, objet, nom, form, acteur=request.user):
        return redirect("interlocuteurs:demande", pk=pk)
    return _page(request, objet, {nom: form})


def _visible(request: HttpRequest, pk: int) -> DemandeDeRencontre:
    objet: DemandeDeRencontre = get_object_or_404(
        _avec_tout().filter(pk__in=DemandeDeRencontre.objects.visibles_par(request.user).values("pk")), pk=pk
    )
    return objet


def _faire(
    request: HttpRequest, objet: DemandeDeRencontre, nom: str, form: Any, *, acteur: Any, par_lien: bool = False
) -> bool:
    """Exécute le geste si sa saisie est bonne ; vrai si l'on peut quitter la page (fait, ou refusé et dit)."""
    if not form.is_valid():
        return False
    arguments = form.arguments() | ({"par_lien": True} if par_lien else {})
    try:
        getattr(actions, nom.replace("-", "_"))(objet, acteur=acteur, **arguments)
    except Refus as refus:
        raise PermissionDenied(str(refus)) from refus
    except ErreurMetier as erreur:
        messages.error(request, str(erreur))
    else:
        messages.success(request, GESTES[nom][1])
    return True


def _page(
    request: HttpRequest, objet: DemandeDeRencontre, liees: dict[str, Any], *, par_lien: bool = False
) -> HttpResponse:
    possibles = _possibles(request, objet, par_lien)
    depart = {"lieu": objet.lieu, "participants": objet.participants}
    formulaires = [
        (nom, liees.get(nom) or GESTES[nom][0](initial=depart, auto_id=f"id_{nom}_%s")) for nom in possibles
    ]
    return render(
        request,
        "interlocuteurs/demande.html",
        {
            "demande": objet,
            "formulaires": formulaires,
            "par_lien": par_lien,
            "agent": bool(not par_lien and droits.peut_traiter(request.user, objet)),
            "actes": evenements_de(objet)[:20],
        },
        status=422 if any(f.errors for f in liees.values()) else 200,
    )


def _possibles(request: HttpRequest, objet: DemandeDeRencontre, par_lien: bool) -> list[str]:
    """Les gestes que cette personne peut faire maintenant, le plus utile d'abord."""
    compte = None if par_lien else request.user
    contexte = {"par_lien": True} if par_lien else {}
    noms = [] if par_lien else ["rendre-compte", "fixer", "repondre"]
    possibles = [n for n in noms if cycle.permission(objet, n.replace("-", "_"), compte)]
    if droits.peut_relancer(compte, objet, par_lien=par_lien):
        possibles.append("relancer")
    if cycle.permission(objet, "annuler", compte, **contexte):
        possibles.append("annuler")
    return possibles


# --- L'agent ------------------------------------------------------------------------------------------------


CORBEILLES: dict[str, tuple[str, Q]] = {
    "": ("À traiter", Q(etat=EtatDeDemande.DEMANDEE)),
    "fixees": ("Rencontres fixées", Q(etat=EtatDeDemande.FIXEE)),
    "closes": ("Closes", Q(etat__in=EtatDeDemande.CLOS)),
}


@lecture_seule
@login_required
def recues(request: HttpRequest) -> HttpResponse:
    """La corbeille de l'agent : les demandes de son périmètre, la plus ancienne d'abord."""
    if not a_un_role(request.user, *Role.LECTEURS):
        raise PermissionDenied("Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent.")
    toutes = DemandeDeRencontre.objects.recues_par(request.user)
    nombres = toutes.aggregate(**{cle or "a_traiter": Count("pk", filter=q) for cle, (_, q) in CORBEILLES.items()})
    choisie = request.GET.get("corbeille", "")
    choisie = choisie if choisie in CORBEILLES else ""
    demandes = toutes.filter(CORBEILLES[choisie][1]).select_related("commune__departement", "traitee_par")
    demandes = demandes.order_by("-close_le", "-pk") if choisie == "closes" else demandes.order_by("envoyee_le", "pk")
    return render(
        request,
        "interlocuteurs/recues.html",
        {
            "page": _paginer(request, demandes),
            "corbeille": choisie,
            "corbeilles": [(cle, libelle, nombres[cle or "a_traiter"]) for cle, (libelle, _) in CORBEILLES.items()],
        },
    )


def _paginer(request: HttpRequest, demandes: Any) -> Any:
    return Paginator(demandes, PAR_PAGE).get_page(request.GET.get("page"))
