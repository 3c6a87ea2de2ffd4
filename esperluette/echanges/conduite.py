"""Ce que font, des deux côtés du fil, la page des échanges et son formulaire."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger
from esperluette.dossiers.models import Dossier
from esperluette.echanges import actions, lectures
from esperluette.echanges.droits import peut_ecrire
from esperluette.echanges.enums import Cote, Ecrit
from esperluette.echanges.forms import EcritForm, MessageForm
from esperluette.echanges.models import Message, ReponseType
from esperluette.fichiers.actions import FichierRefuse
from esperluette.fichiers.vigilance import suspicions

Rendre = Callable[..., HttpResponse]
ENVOYES = {
    Cote.EQUIPE: "Votre message est parti. L’ARS en est prévenue.",
    Cote.ARS: "Votre message est parti. L’équipe en est prévenue.",
}


def conduire(request: HttpRequest, dossier: Dossier, *, cote: Cote, retour: str, rendre: Rendre) -> HttpResponse:
    """Montre le fil, ou reçoit un message. `rendre(statut=…, **contexte)` habille la page d'un côté ou de l'autre."""
    ecriture = peut_ecrire(request.user, dossier, cote)
    types = list(lectures.reponses_types_pour(dossier)) if cote == Cote.ARS and ecriture else []
    rubriques = lectures.rubriques_de(dossier)
    if request.method == "POST":
        exiger(ecriture)
        form = MessageForm(request.POST, request.FILES, rubriques=rubriques)
        geste = request.POST.get("geste", "envoyer")
        if geste == "inserer":
            form = inserer_la_reponse(request, dossier, form, types, rubriques=rubriques)
            if request.htmx:
                return render(request, "echanges/_zone.html", {"form": form})
            return _montrer(request, dossier, form, ecriture, types, rendre)
        if geste == "garder":
            garder(request, dossier, form, Ecrit.MESSAGE)
            messages.success(request, "Votre brouillon est gardé. Vous seul le voyez.")
            return redirect(retour)
        if form.is_valid() and _envoyer(request, dossier, form, cote):
            return redirect(f"{retour}#dernier")
        garder(request, dossier, form, Ecrit.MESSAGE)
        return _montrer(request, dossier, form, ecriture, types, rendre, statut=422)
    form = MessageForm(initial=reprendre(request, dossier, Ecrit.MESSAGE), rubriques=rubriques)
    return _montrer(request, dossier, form, ecriture, types, rendre)


def _envoyer(request: HttpRequest, dossier: Dossier, form: MessageForm, cote: Cote) -> Message | None:
    donnees = form.cleaned_data
    try:
        message = actions.ecrire(
            dossier, acteur=request.user, texte=donnees["texte"], pieces=donnees["pieces"], cote=cote,
            rubrique=donnees["rubrique"], jeton=donnees["jeton"],
        )  # fmt: skip
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except FichierRefuse as refus:
        form.add_error("pieces", str(refus))
        return None
    except ErreurMetier as refus:
        form.add_error("texte", str(refus))
        return None
    messages.success(request, ENVOYES[cote])
    for avertissement in suspicions(message.texte):
        messages.warning(request, avertissement)
    return message


def _montrer(
    request: HttpRequest, dossier: Dossier, form: MessageForm, ecriture: Any, types: list[ReponseType], rendre: Rendre,
    *, statut: int = 200,
) -> HttpResponse:  # fmt: skip
    fil = lectures.fil_de(dossier, request.user)
    if request.method == "GET" and any(ligne.nouveau for ligne in fil):
        actions.marquer_lu(dossier, acteur=request.user, messages=[ligne.message for ligne in fil])
        lectures.oublier_les_non_lus(dossier)
    return rendre(statut=statut, fil=fil, form=form, ecriture=ecriture, reponses_types=types)


def reprendre(request: HttpRequest, dossier: Dossier, ecrit: Ecrit) -> dict[str, Any]:
    """Ce que la personne était en train d'écrire, sinon la rubrique d'où elle vient."""
    brouillon = lectures.brouillon_de(dossier, request.user, ecrit)
    if brouillon is not None:
        return {"texte": brouillon.texte, "rubrique": brouillon.rubrique}
    return {"rubrique": request.GET.get("rubrique", "").replace("\x00", "")}


def garder(request: HttpRequest, dossier: Dossier, form: EcritForm, ecrit: Ecrit, *, texte: str | None = None) -> bool:
    """Garde ce qui est écrit dans ce formulaire (ou `texte`), valide ou non ; vrai si un brouillon reste."""
    connues = dict(form.fields["rubrique"].choices)  # type: ignore[attr-defined]
    rubrique = request.POST.get("rubrique", "")
    brouillon = actions.garder_le_brouillon(
        dossier, acteur=request.user, texte=request.POST.get("texte", "") if texte is None else texte, ecrit=ecrit,
        jeton=form.jeton_lu,
        rubrique=rubrique if rubrique in connues else "",
    )  # fmt: skip
    return brouillon is not None


def inserer_la_reponse(
    request: HttpRequest, dossier: Dossier, form: EcritForm, types: list[ReponseType], **options: Any
) -> EcritForm:
    """Le même formulaire, la réponse type choisie ajoutée à ce qui était écrit ; rien n'est envoyé."""
    choisie = next((t for t in types if str(t.pk) == request.POST.get("reponse_type")), None)
    texte = request.POST.get("texte", "").replace("\x00", "")
    if choisie is not None:
        texte = lectures.inserer(texte, choisie, dossier, request.user)
    initial = {"texte": texte, "rubrique": request.POST.get("rubrique", ""), "jeton": form.jeton_lu}
    garder(request, dossier, form, Ecrit.MESSAGE, texte=texte)
    return type(form)(initial=initial, **options)


def repondre_au_brouillon(request: HttpRequest, dossier: Dossier, form: EcritForm, ecrit: Ecrit) -> HttpResponse:
    """Ce que lit le script après avoir envoyé ce qui est en cours d'écriture."""
    garde = garder(request, dossier, form, ecrit)
    heure = timezone.localtime()
    mot = f"Brouillon gardé à {heure:%H} h {heure:%M}." if garde else ""
    return HttpResponse(mot, content_type="text/plain; charset=utf-8")
