"""Une séance : la fixer, la changer, l'annuler, la préparer, en convoquer une seconde."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from esperluette.commissions import actions, cycle, droits
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.forms import AnnulationForm, SeanceForm
from esperluette.commissions.horaires import duree_totale, en_mots
from esperluette.commissions.inscriptions import dossiers_prets
from esperluette.commissions.models import Instance, Seance
from esperluette.commissions.preparation import (
    a_faire,
    convocations_de,
    ordre_du_jour,
    oublies,
    reponses_comptees,
)
from esperluette.commissions.regles import regles_de
from esperluette.commissions.views.outils import (
    dans_l_instance,
    dans_la_seance,
    envoi,
    essayer,
    instant,
    moi,
    page,
    statut,
)
from esperluette.commun.vues import exiger, lecture_seule

FORMULAIRE = ["GET", "HEAD", "POST"]


@lecture_seule
@dans_la_seance()
def seance(request: HttpRequest, seance: Seance) -> HttpResponse:
    """La préparation sur une page : ce qui reste à faire, l'ordre du jour, les convocations, le livret."""
    lignes, convocations = ordre_du_jour(seance, request.user), convocations_de(seance)
    prepare = bool(droits.peut_preparer(request.user, seance.instance))
    return page(
        request,
        "seance",
        instance=seance.instance,
        seance=seance,
        lignes=lignes,
        convocations=convocations,
        reponses=reponses_comptees(convocations),
        oublies=oublies(seance, convocations) if prepare and seance.etat == EtatDeSeance.CONVOQUEE else [],
        etapes=a_faire(seance, lignes, convocations) if seance.en_preparation and not seance.jamais_tenue else [],
        duree=en_mots(duree_totale(ligne.point for ligne in lignes)),
        prets=dossiers_prets(seance.instance).count() if seance.en_preparation else 0,
        regles=regles_de(seance.instance, seance.date),
        peut_convoquer=bool(cycle.permission(seance, "convoquer", request.user)),
        peut_annuler=bool(cycle.permission(seance, "annuler", request.user)),
        peut_seconder=prepare
        and any(ligne.point.issue == Issue.A_EXAMINER for ligne in lignes)
        and bool(actions.peut_convoquer_de_nouveau(seance)),
    )


@require_http_methods(FORMULAIRE)
@dans_l_instance(droits.peut_composer)
def creer(request: HttpRequest, instance: Instance) -> HttpResponse:
    """Fixer une séance."""
    form = SeanceForm(envoi(request), initial={"modalite": "presentiel", "publique": True})
    if request.method == "POST" and form.is_valid():
        nouvelle = essayer(
            form, lambda: actions.creer_seance(instance, acteur=moi(request), valeurs=form.cleaned_data)
        )
        if nouvelle is not None:
            messages.success(request, f"La séance du {nouvelle.date:%d/%m/%Y} est fixée.")
            return redirect("commissions:seance", pk=nouvelle.pk)
    return page(
        request, "seance_form", instance=instance, form=form, titre="Fixer une séance", bouton="Fixer la séance",
        statut=statut(form),
    )  # fmt: skip


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_composer)
def modifier(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Changer la date, le lieu, la date limite ; convoquée, chacun en est prévenu."""
    form = SeanceForm(envoi(request), initial={champ: getattr(seance, champ) for champ in SeanceForm.base_fields})
    if request.method == "POST" and form.is_valid():
        lue_le = instant(request.POST.get("lue_le", ""))
        change = essayer(
            form,
            lambda: actions.modifier_seance(seance, acteur=moi(request), valeurs=form.cleaned_data, lue_le=lue_le),
        )
        if change is not None:
            suite = " Les convoqués reçoivent la mise à jour." if change.sequence > seance.sequence else ""
            messages.success(request, f"La séance est enregistrée.{suite}")
            return redirect("commissions:seance", pk=seance.pk)
    return page(
        request, "seance_form", instance=seance.instance, seance=seance, form=form, titre="Modifier la séance",
        bouton="Enregistrer la séance", lue_le=seance.modifie_le.isoformat(), statut=statut(form),
    )  # fmt: skip


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_composer)
def annuler(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Annuler une séance : ce que cela fait, pourquoi, et où vont ses dossiers."""
    exiger(droits.peut_annuler(request.user, seance))
    autres = _autres(seance)
    form = AnnulationForm(envoi(request), seances=autres)
    if request.method == "POST" and form.is_valid():
        annulee = essayer(
            form,
            lambda: actions.annuler_seance(
                seance, acteur=moi(request), motif=form.cleaned_data["motif"], reporter_sur=form.vers()
            ),
        )
        if annulee is not None:
            messages.success(request, "La séance est annulée ; chacun en est prévenu.")
            return redirect("commissions:seance", pk=seance.pk)
    return page(
        request, "annuler", instance=seance.instance, seance=seance, form=form, statut=statut(form),
        points=seance.points.a_l_ordre_du_jour().count(), convoques=len(convocations_de(seance)),
    )  # fmt: skip


def _autres(seance: Seance) -> list[Seance]:
    a_venir = Seance.objects.filter(
        instance=seance.instance, etat__in=EtatDeSeance.EN_PREPARATION, date__gte=timezone.localdate(), actif=True
    )
    return list(a_venir.exclude(pk=seance.pk).order_by("date")[:20])


@require_http_methods(FORMULAIRE)
@dans_la_seance(droits.peut_preparer)
def seconde(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Faute de quorum, convoquer de nouveau sur le même ordre du jour."""
    if request.method != "POST" and not (permission := actions.peut_convoquer_de_nouveau(seance)):
        messages.info(request, permission.motif)
        return redirect("commissions:seance", pk=seance.pk)
    initial: dict[str, Any] = {champ: getattr(seance, champ) for champ in ("heure", "modalite", "lieu", "lien_visio")}
    form = SeanceForm(envoi(request), initial={**initial, "a_distance": seance.a_distance, "publique": False})
    if request.method == "POST" and form.is_valid():
        nouvelle = essayer(
            form, lambda: actions.convoquer_de_nouveau(seance, acteur=moi(request), valeurs=form.cleaned_data)
        )
        if nouvelle is not None:
            messages.success(request, "La seconde séance reprend l’ordre du jour : convoquez-la.")
            return redirect("commissions:seance", pk=nouvelle.pk)
    return page(
        request, "seance_form", instance=seance.instance, seance=seance, form=form, titre="Convoquer de nouveau",
        bouton="Prévoir la seconde séance", seconde=True, statut=statut(form),
    )  # fmt: skip
