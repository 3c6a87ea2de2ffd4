"""Le territoire suggéré à l'écran : d'où viennent les patients, ce que change une commune de plus, retenir."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.formulaires import Formulaire
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.diagnostics.actions.territoire import enregistrer_territoire
from esperluette.diagnostics.lectures.choix import COMMUNES_MAXIMUM, choix_enregistre, choix_lu
from esperluette.diagnostics.patienteles import droits
from esperluette.diagnostics.patienteles.forms import CommuneDePlusForm
from esperluette.diagnostics.patienteles.lectures import ensemble
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.diagnostics.suggestions import CommuneSuggeree, ce_que_changerait, suggerer, zonages_par_commune
from esperluette.equipes.droits import peut_modifier
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, moi, page
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.models import Commune

Classement = tuple[tuple[str, str], ...]  # le titre d'un zonage, ce qu'il dit de la commune


@avec_equipe("territoire suggéré")
@lecture_seule
def suggestion(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Les communes suggérées, les suivantes, et ce que changerait celle qu'on essaie (`?commune=…`)."""
    exiger(droits.peut_voir_la_patientele(request.user, equipe))
    form = CommuneDePlusForm(request.GET if "commune" in request.GET or "commune_code" in request.GET else None)
    return _montrer(request, equipe, form, vu=choix_enregistre(equipe).vu)


def _montrer(
    request: HttpRequest, equipe: Equipe, form: CommuneDePlusForm, *, vu: str,
    cochees: Sequence[Commune] | None = None, refus: Formulaire | None = None,
) -> HttpResponse:  # fmt: skip
    """La page. Après un refus : les cases telles qu'on les avait cochées, et le territoire qu'on avait vu."""
    lu = ensemble(equipe)
    suggeree = suggerer(equipe, lu)
    retenues = [c.commune.pk for c in (*suggeree.communes, *suggeree.autres) if c.retenue]
    codes = [*suggeree.codes, *(code for code in retenues if code not in suggeree.codes)]
    essai = form.cleaned_data["commune"] if form.is_valid() else None
    # Cochée hors de la liste : on venait de l'essayer, ou la suggestion a changé depuis.
    listees = {c.commune.pk for c in (*suggeree.communes, *suggeree.autres)}
    autres = [*suggeree.autres, *(CommuneSuggeree(c) for c in cochees or () if c.pk not in listees)]
    voulues = {*suggeree.codes, *retenues} if cochees is None else {c.pk for c in cochees}
    zonages = zonages_par_commune(c.commune.pk for c in (*suggeree.communes, *autres))

    def lignes(communes: Sequence[CommuneSuggeree]) -> list[tuple[CommuneSuggeree, Classement, bool]]:
        return [(c, zonages.get(c.commune.pk, ()), c.commune.pk in voulues) for c in communes]

    return page(
        request, equipe, "diagnostics/suggestion", "patientele",
        suggestion=suggeree,
        lignes=lignes(suggeree.communes),
        autres=lignes(autres),
        form=form,
        changement=ce_que_changerait(equipe, essai, codes, lu) if essai else None,
        essai_hors_liste=essai is not None and essai.pk not in listees,
        reglages=reglages(),
        vu=vu,
        refus=refus,
    )  # fmt: skip


@avec_equipe("territoire suggéré")
@require_POST
def retenir(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Fait des communes cochées le territoire de l'équipe ; sa commune d'implantation en est toujours.

    Refusé, rien n'est écrit et les cases restent cochées ici.
    Si le territoire a changé ailleurs entre-temps, rien n'est écrit : les cases se retrouvent sur sa page, à comparer.
    """
    exiger(peut_modifier(request.user, equipe))
    cochees = list(dict.fromkeys(request.POST.getlist("communes")))
    choisies = communes_de(cochees)  # un envoi ne porte jamais plus de mille champs : Django le refuse
    if not choisies:
        return _remontrer(request, equipe, choisies, "Cochez au moins une commune.")
    nombre = len({equipe.implantation_id, *(c.pk for c in choisies)})
    if nombre > COMMUNES_MAXIMUM:
        motif = f"Au plus {COMMUNES_MAXIMUM} communes, celle d’implantation comprise : vous en demandez {nombre}."
        return _remontrer(request, equipe, choisies, f"{motif} Rien n’est enregistré : décochez-en.")
    try:
        enregistrer_territoire(equipe, acteur=moi(request), communes=choisies, vu=request.POST.get("vu", ""))
    except Conflit as conflit:
        messages.error(request, f"{conflit} Vos communes restent cochées ici : rien n’est enregistré.")
        territoire = reverse("equipes:territoire", args=[equipe.pk])
        return redirect(f"{territoire}?{choix_lu(equipe, choisies).requete()}")
    except ErreurMetier as refus:
        return _remontrer(request, equipe, choisies, str(refus))
    messages.success(request, f"Le territoire de l’équipe est enregistré : {len(choisies)} communes cochées.")
    return redirect("equipes:territoire", pk=equipe.pk)


def _remontrer(request: HttpRequest, equipe: Equipe, cochees: Sequence[Commune], motif: str) -> HttpResponse:
    """422 : la raison en tête de page, et les mêmes cases cochées."""
    refus = Formulaire({})
    refus.add_error(None, motif)
    vu = request.POST.get("vu", "")
    return _montrer(request, equipe, CommuneDePlusForm(), vu=vu, cochees=cochees, refus=refus)
