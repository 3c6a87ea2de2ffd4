"""L'avenant : l'ouvrir, et lire ce qu'il change au projet accepté, des deux côtés."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers.lectures import edition_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import dossier_visible, page
from esperluette.equipes.views.outils import moi
from esperluette.instruction.views.commun import dossier_instruit, page_de_fiche
from esperluette.reconnaissances.actions.avenants import ouvrir_un_avenant
from esperluette.reconnaissances.avenants import Difference, differences
from esperluette.reconnaissances.droits import peut_ouvrir_un_avenant
from esperluette.reconnaissances.forms import AvenantForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ouvrir(request: HttpRequest, reference: str) -> HttpResponse:
    """Dire ce que l'avenant change ; il naît prérempli du projet accepté."""
    projet = dossier_visible(request, reference)
    exiger(peut_ouvrir_un_avenant(moi(request), projet))
    regle = edition_de(projet).avenant
    if regle is None:
        raise Http404("Les règles de cette région ne prévoient pas d’avenant.")
    natures = [(n.id, f"{n.libelle[:1].upper()}{n.libelle[1:]}. {n.aide}".strip()) for n in regle.natures]
    form = AvenantForm(request.POST if request.method == "POST" else None, natures=natures)
    if request.method == "POST" and form.is_valid():
        try:
            avenant = ouvrir_un_avenant(projet, acteur=moi(request), porte_sur=form.cleaned_data["porte_sur"])
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, "L’avenant est ouvert. Le projet accepté reste la référence.")
            return redirect("dossiers:redaction", reference=avenant.reference)
    statut = 422 if form.errors else 200
    return page(
        request, "reconnaissances/ouvrir_avenant.html", projet, onglet="avenant", statut=statut, form=form, regle=regle
    )


@login_required
@lecture_seule
def pour_l_equipe(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce que l'avenant change au projet de référence, tel qu'il est écrit maintenant."""
    avenant = _avenant(dossier_visible(request, reference))
    depot = None if avenant.est_modifiable else avenant.depots.filter(annule_le=None).first()
    contexte = _contexte(avenant, differences(avenant, depot))
    return page(request, "reconnaissances/avenant.html", avenant, onglet="avenant", **contexte)


@login_required
@lecture_seule
def pour_l_agent(request: HttpRequest, reference: str) -> HttpResponse:
    """Ce que l'avenant change au projet de référence, d'après son dernier dépôt."""
    avenant = _avenant(dossier_instruit(request, reference))
    depot = get_object_or_404(avenant.depots.filter(depose_le__isnull=False)[:1])
    contexte = _contexte(avenant, differences(avenant, depot))
    return page_de_fiche(request, avenant, "avenant", "reconnaissances/avenant_agent.html", **contexte)


def _avenant(dossier: Dossier) -> Dossier:
    if dossier.avenant_de is None:
        raise Http404("Ce dossier n’est pas un avenant.")
    return dossier


def _contexte(avenant: Dossier, changements: list[Difference]) -> dict[str, object]:
    """Les différences, rubrique par rubrique, dans l'ordre du projet."""
    groupes: dict[str, list[Difference]] = {}
    for difference in changements:
        groupes.setdefault(difference.rubrique, []).append(difference)
    return {"projet": avenant.avenant_de, "groupes": list(groupes.items())}
