"""Le territoire suggéré à l'écran : d'où viennent les patients, ce que change une commune de plus, retenir."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.diagnostics.patienteles import droits
from esperluette.diagnostics.patienteles.forms import CommuneDePlusForm
from esperluette.diagnostics.patienteles.lectures import ensemble
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.diagnostics.suggestions import ce_que_changerait, suggerer, zonages_par_commune
from esperluette.equipes.actions import modifier_equipe
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.territoires.lectures import communes as communes_de

COMMUNES_MAXIMALES = 2_000


@avec_equipe("territoire suggéré")
@lecture_seule
def suggestion(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Les communes suggérées, les suivantes, et ce que changerait celle qu'on essaie (`?commune=…`)."""
    exiger(droits.peut_voir_la_patientele(request.user, equipe))
    lu = ensemble(equipe)
    suggeree = suggerer(equipe, lu)
    form = CommuneDePlusForm(request.GET if "commune" in request.GET or "commune_code" in request.GET else None)
    retenues = [c.commune.pk for c in (*suggeree.communes, *suggeree.autres) if c.retenue]
    codes = [*suggeree.codes, *(code for code in retenues if code not in suggeree.codes)]
    essai = form.cleaned_data["commune"] if form.is_valid() else None
    montrees = [*suggeree.communes, *suggeree.autres]
    zonages = zonages_par_commune(c.commune.pk for c in montrees)
    return page(
        request, equipe, "diagnostics/suggestion", "patientele",
        suggestion=suggeree,
        lignes=[(c, zonages.get(c.commune.pk, ()), True) for c in suggeree.communes],
        autres=[(c, zonages.get(c.commune.pk, ()), c.retenue) for c in suggeree.autres],
        form=form,
        changement=ce_que_changerait(equipe, essai, codes, lu) if essai else None,
        essai_hors_liste=essai is not None and essai.pk not in {c.commune.pk for c in montrees},
        reglages=reglages(),
    )  # fmt: skip


@avec_equipe("territoire suggéré")
@require_POST
def retenir(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Fait des communes cochées le territoire de l'équipe ; sa commune d'implantation en est toujours."""
    exiger(peut_modifier(request.user, equipe))
    choisies = communes_de(request.POST.getlist("communes")[:COMMUNES_MAXIMALES])
    if not choisies:
        messages.error(request, "Cochez au moins une commune.")
        return redirect("diagnostics:suggestion", pk=equipe.pk)
    try:
        modifier_equipe(equipe, acteur=moi(request), communes=choisies)
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect("diagnostics:suggestion", pk=equipe.pk)
    messages.success(request, f"Le territoire de l’équipe est enregistré : {len(choisies)} communes cochées.")
    return redirect("equipes:territoire", pk=equipe.pk)
