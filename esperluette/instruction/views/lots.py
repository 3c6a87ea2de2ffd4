"""Les gestes par lot : la sélection, l'aperçu, la confirmation, le compte rendu."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.instruction import lots
from esperluette.instruction.filtres import requete_propre
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.models import Lot
from esperluette.instruction.table import trier
from esperluette.instruction.views.liste import Demande, adresse_de_la_liste, exiger_agent


@login_required
@require_POST
def preparer(request: HttpRequest) -> HttpResponse:
    """Fige ce qui est choisi dans la liste, et mène à l'aperçu."""
    requete = requete_propre(QueryDict(request.POST.get("requete", "")[:1000]))
    demande = Demande(request, QueryDict(requete))
    choisis = demande.dossiers
    if request.POST.get("tous") != "oui":
        cles = [cle for cle in request.POST.getlist("dossier") if cle.isdecimal() and len(cle) < 16]
        choisis = dossiers_de(request.user).filter(pk__in=cles)
    try:
        geste = request.POST.get("geste", "")
        lot = lots.preparer(request.user, geste, trier(choisis, demande.tri), requete=requete)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect(adresse_de_la_liste(requete))
    return redirect("instruction:lot", cle=lot.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lot(request: HttpRequest, cle: UUID) -> HttpResponse:
    """Avant : ce qui changera, ligne par ligne, et la confirmation. Après : le compte rendu."""
    exiger_agent(request)
    le_lot = get_object_or_404(Lot, pk=cle, compte=request.user)
    le_lot.compte = request.user  # le même, avec ses fonctions déjà lues
    retour = adresse_de_la_liste(le_lot.requete)
    if le_lot.lance_le is not None:
        return redirect("instruction:lot", cle=cle) if request.method == "POST" else _compte_rendu(request, le_lot)
    try:
        geste = lots.geste_de(le_lot)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect(retour)
    dossiers = lots.dossiers_du(le_lot)
    donnees = request.POST if request.method == "POST" else request.GET or None
    form = geste.formulaire(request.user, dossiers, donnees) if geste.formulaire else None
    choisi = form is None or form.is_valid()
    parametres: dict[str, Any] = form.parametres() if form is not None and choisi else {}
    if request.method == "POST" and choisi:
        lots.lancer(le_lot, parametres)
        return redirect("instruction:lot", cle=cle)
    apercu = lots.apercu(le_lot, dossiers, parametres) if choisi else None
    possibles = sum(not ligne.refus for ligne in apercu or ())
    contexte = {
        "lot": le_lot, "geste": geste, "form": form, "apercu": apercu, "dossiers": dossiers, "retour": retour,
        "parametres": [(champ.html_name, champ.value()) for champ in form] if form is not None and choisi else (),
        "possibles": possibles, "refuses": len(apercu or ()) - possibles,
    }  # fmt: skip
    return render(request, "instruction/lot.html", contexte, status=422 if form is not None and form.errors else 200)


def _compte_rendu(request: HttpRequest, le_lot: Lot) -> HttpResponse:
    # Un dossier sorti du périmètre depuis ne dit plus de quelle équipe il est.
    encore = dossiers_de(request.user).filter(pk=OuterRef("dossier")).order_by()
    lignes = le_lot.lignes.select_related("dossier__equipe").annotate(visible=Exists(encore))
    gabarit = "instruction/lot_fait.html" + ("#avancement" if request.htmx and not request.htmx.boosted else "")
    contexte = {
        "lot": le_lot,
        "geste": lots.gestes_de_lot(request.user).get(le_lot.geste),
        "bilan": lots.bilan(le_lot),
        "lignes": lignes.order_by("-resultat", "pk"),
        "hors_de_vue": lots.HORS_DE_VUE,
        "retour": adresse_de_la_liste(le_lot.requete),
    }
    return render(request, gabarit, contexte)
