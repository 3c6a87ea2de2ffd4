"""La liste de l'agent : corbeilles, filtres, table, exports ; ses filtres enregistrés et ses colonnes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import Conflit
from esperluette.commun.vues import lecture_seule
from esperluette.comptes.lectures import fonctions_actives, perimetre
from esperluette.instruction import filtres as actions
from esperluette.instruction.contributions import Corbeille, corbeilles_de, gestes_de_lot
from esperluette.instruction.corbeilles import TOUS, compter
from esperluette.instruction.filtres import Choix, FiltresForm, choix_de, requete_propre
from esperluette.instruction.forms import VueForm
from esperluette.instruction.lectures import dossiers_de, est_agent, regions_de
from esperluette.instruction.models import VueDeListe
from esperluette.instruction.table import COLONNES, TOUJOURS, colonnes_choisies, entetes, lignes, lire, page, trier
from esperluette.instruction.tableurs import en_csv, en_xlsx

PAR_PAGE = 25
RESERVEE = "Cette page est celle des agents de l’ARS. Votre compte n’a pas de fonction d’agent."


def exiger_agent(request: HttpRequest) -> None:
    """403, avec la raison, à qui n'est pas agent."""
    if not est_agent(request.user):
        raise PermissionDenied(RESERVEE)


class Demande:
    """Ce que l'adresse demande à la liste : une corbeille, des filtres, un tri."""

    def __init__(self, request: HttpRequest, donnees: Any = None) -> None:
        exiger_agent(request)
        donnees = request.GET if donnees is None else donnees
        self.compte = request.user
        self.choix: Choix = choix_de(request.user)
        self.corbeilles: list[Corbeille] = [*corbeilles_de(request.user), TOUS]
        voulue = donnees.get("corbeille", "")
        self.corbeille = next((c for c in self.corbeilles if c.cle == voulue), TOUS)
        self.filtres = FiltresForm(donnees, choix=self.choix, regions=regions_de(request.user))
        self.condition: Q = self.filtres.condition(request.user) & self.corbeille.condition
        self.tri = self.filtres.tri_demande
        self.requete = requete_propre(donnees)
        self.colonnes = colonnes_choisies(self.choix.colonnes)

    @property
    def dossiers(self) -> Any:
        """Les dossiers du périmètre que la demande garde."""
        return dossiers_de(self.compte).filter(self.condition)


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les dossiers reçus : corbeilles chiffrées, filtres, table."""
    demande = Demande(request)
    comptes = compter(request.user, demande.corbeilles[:-1], demande.condition)
    pages = Paginator(range(comptes.filtres), PAR_PAGE)
    numero = pages.get_page(request.GET.get("page"))
    montres = page(demande.dossiers, demande.tri, max(numero.start_index() - 1, 0), numero.end_index())
    gabarit = "instruction/liste.html" + ("#tableau" if request.htmx and not request.htmx.boosted else "")
    return render(
        request,
        gabarit,
        {
            "filtres": demande.filtres, "page": numero, "corbeille": demande.corbeille.cle,
            "contacts": comptes.contacts,
            "brouillons": comptes.brouillons,
            "chiffres": comptes.chiffres,
            "corbeilles": [
                (c, comptes.par_cle[c.cle]) for c in demande.corbeilles if c.si_vide or comptes.par_cle[c.cle]
            ],
            "entetes": entetes(demande.colonnes, demande.tri), "tri": demande.tri,
            "lignes": [
                (ligne.dossier, [(c, c.cellule(ligne)) for c in demande.colonnes if c.cle != TOUJOURS])
                for ligne in montres
            ],
            "requete": demande.requete, "sans_tri": _sans(demande.requete, "tri"), "choix": demande.choix,
            "colonnes": [(c, c in demande.colonnes) for c in COLONNES.values() if c.cle != TOUJOURS],
            "gestes": gestes_de_lot(request.user).values() if perimetre(request.user).est_agent else (),
            "absent_jusqu_au": parse_date(demande.choix.absent_jusqu_au or ""),
            "fonctions": [] if comptes.tous else fonctions_actives(request.user),
        },
    )  # fmt: skip


def _sans(requete: str, nom: str) -> str:
    return "&".join(morceau for morceau in requete.split("&") if morceau and not morceau.startswith(f"{nom}="))


def adresse_de_la_liste(requete: str) -> str:
    """La liste avec ces filtres."""
    return reverse("instruction:liste") + (f"?{requete}" if requete else "")


@login_required
@lecture_seule
def exporter(request: HttpRequest, sorte: str) -> HttpResponse | StreamingHttpResponse:
    """La liste filtrée, dans l'ordre et les colonnes de l'écran, pour un tableur."""
    if sorte not in ("csv", "xlsx"):
        raise Http404("Ce format n’existe pas.")
    demande = Demande(request)
    lues = lignes(lire(trier(demande.dossiers, demande.tri)).iterator(chunk_size=1000))
    nom = f"dossiers-{timezone.localdate():%Y-%m-%d}.{sorte}"
    if sorte == "xlsx":
        return FileResponse(en_xlsx(lues, demande.colonnes), as_attachment=True, filename=nom)
    reponse = StreamingHttpResponse(en_csv(lues, demande.colonnes), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


# --- Colonnes et filtres enregistrés --------------------------------------------------------------


@login_required
@require_POST
def colonnes(request: HttpRequest) -> HttpResponse:
    """Garde les colonnes choisies, et revient à la liste telle qu'elle était."""
    exiger_agent(request)
    actions.choisir_les_colonnes(request.user, request.POST.getlist("colonnes"))
    return redirect(adresse_de_la_liste(_requete_postee(request)))


def _requete_postee(request: HttpRequest) -> str:
    return requete_propre(QueryDict(request.POST.get("requete", "")[:1000]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def vues(request: HttpRequest) -> HttpResponse:
    """Ses filtres enregistrés : les tenir ; en enregistrer d'autres, depuis la liste."""
    exiger_agent(request)
    if request.method == "POST":
        form = VueForm(request.POST)
        requete = _requete_postee(request)
        if form.is_valid():
            vue = actions.enregistrer(request.user, requete=requete, **form.cleaned_data)
            messages.success(request, f"Vos filtres sont enregistrés sous « {vue.nom} ».")
            return redirect(adresse_de_la_liste(requete))
        return _page_des_vues(request, form, requete)
    return _page_des_vues(request, VueForm(), requete_propre(request.GET))


def _page_des_vues(
    request: HttpRequest, form: VueForm, requete: str, fautive: tuple[int, VueForm] | None = None
) -> Any:
    siennes = VueDeListe.objects.filter(compte=request.user).exclude(nom="").select_related("region")
    lignes_de_vues = [
        (
            vue,
            fautive[1]
            if fautive and fautive[0] == vue.pk
            else VueForm(initial={"nom": vue.nom, "partager": vue.region_id is not None}, prefix=f"v{vue.pk}"),
        )
        for vue in siennes
    ]
    statut = 422 if form.errors or fautive else 200
    contexte = {"form": form, "requete": requete, "vues": lignes_de_vues}
    return render(request, "instruction/vues.html", contexte, status=statut)


@login_required
@require_POST
def vue(request: HttpRequest, pk: int) -> HttpResponse:
    """Renomme, partage ou supprime des filtres enregistrés."""
    exiger_agent(request)
    la_vue = get_object_or_404(VueDeListe.objects.exclude(nom=""), pk=pk, compte=request.user)
    if "supprimer" in request.POST:
        actions.supprimer(la_vue, acteur=request.user)
        messages.success(request, f"Les filtres « {la_vue.nom} » sont oubliés.")
        return redirect("instruction:vues")
    form = VueForm(request.POST, prefix=f"v{pk}")
    if form.is_valid():
        try:
            actions.renommer(la_vue, acteur=request.user, **form.cleaned_data)
        except Conflit as refus:
            form.add_error("nom", str(refus))
        else:
            messages.success(request, "Vos filtres sont à jour.")
            return redirect("instruction:vues")
    return _page_des_vues(request, VueForm(), "", (pk, form))
