"""Le territoire suggéré à l'écran : d'où viennent les patients, ce que change une commune de plus, retenir."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.diagnostics.actions.territoire import enregistrer_territoire
from esperluette.diagnostics.lectures.choix import COMMUNES_MAXIMUM, choix_enregistre, choix_lu
from esperluette.diagnostics.patienteles import droits
from esperluette.diagnostics.patienteles.forms import CommuneDePlusForm
from esperluette.diagnostics.patienteles.lectures import ensemble
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.diagnostics.suggestions import ce_que_changerait, suggerer, zonages_par_commune
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.territoires.lectures import communes as communes_de


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
        vu=choix_enregistre(equipe).vu,
    )  # fmt: skip


@avec_equipe("territoire suggéré")
@require_POST
def retenir(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Fait des communes cochées le territoire de l'équipe ; sa commune d'implantation en est toujours.

    Si le territoire a changé ailleurs entre-temps, rien n'est écrit : les cases se retrouvent sur sa page, à comparer.
    """
    exiger(peut_modifier(request.user, equipe))
    cochees = list(dict.fromkeys(request.POST.getlist("communes")))
    choisies = communes_de(cochees[: COMMUNES_MAXIMUM * 2])
    if not choisies:
        messages.error(request, "Cochez au moins une commune.")
        return redirect("diagnostics:suggestion", pk=equipe.pk)
    if len({equipe.implantation_id, *(c.pk for c in choisies)}) > COMMUNES_MAXIMUM:
        messages.error(request, f"Au plus {COMMUNES_MAXIMUM} communes. Rien n’est enregistré : décochez-en.")
        return redirect("diagnostics:suggestion", pk=equipe.pk)
    try:
        enregistrer_territoire(equipe, acteur=moi(request), communes=choisies, vu=request.POST.get("vu", ""))
    except Conflit as conflit:
        messages.error(request, f"{conflit} Vos communes restent cochées ici : rien n’est enregistré.")
        territoire = reverse("equipes:territoire", args=[equipe.pk])
        return redirect(f"{territoire}?{choix_lu(equipe, choisies).requete()}")
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect("diagnostics:suggestion", pk=equipe.pk)
    messages.success(request, f"Le territoire de l’équipe est enregistré : {len(choisies)} communes cochées.")
    return redirect("equipes:territoire", pk=equipe.pk)
