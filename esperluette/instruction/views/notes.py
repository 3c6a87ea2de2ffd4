"""Les notes internes d'un dossier : ce que les agents se disent, jamais vu de l'équipe."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger
from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.echanges.actions import noter
from esperluette.echanges.conduite import garder, repondre_au_brouillon, reprendre
from esperluette.echanges.droits import peut_lire_les_notes, peut_noter
from esperluette.echanges.enums import Ecrit
from esperluette.echanges.forms import NoteForm
from esperluette.echanges.lectures import collegues_de, notes_de, rubriques_de
from esperluette.instruction.views.echanges import dossier_du_fil, page_du_fil


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, reference: str) -> HttpResponse:
    """Les notes internes, et de quoi en écrire une."""
    dossier = dossier_du_fil(request, reference)
    exiger(peut_lire_les_notes(request.user, dossier))
    ecriture = peut_noter(request.user, dossier)
    collegues = collegues_de(dossier, request.user) if ecriture else []
    options: dict[str, Any] = {"rubriques": rubriques_de(dossier), "collegues": collegues}
    if request.method != "POST":
        form = NoteForm(initial=reprendre(request, dossier, Ecrit.NOTE), **options)
        return _page(request, dossier, form, ecriture)
    exiger(ecriture)
    form = NoteForm(request.POST, **options)
    if request.POST.get("geste") == "garder":
        garder(request, dossier, form, Ecrit.NOTE)
        messages.success(request, "Votre brouillon est gardé. Vous seul le voyez.")
        return redirect("instruction:notes", reference)
    if form.is_valid() and _noter(request, dossier, form, collegues):
        return redirect(reverse("instruction:notes", args=[reference]) + "#derniere")
    garder(request, dossier, form, Ecrit.NOTE)
    return _page(request, dossier, form, ecriture, statut=422)


def _noter(request: HttpRequest, dossier: Dossier, form: NoteForm, collegues: list[Compte]) -> bool:
    donnees = form.cleaned_data
    choisis = set(donnees.get("prevenir", ()))
    try:
        note = noter(
            dossier, acteur=request.user, texte=donnees["texte"], rubrique=donnees["rubrique"],
            prevenir=[c for c in collegues if str(c.pk) in choisis], jeton=donnees["jeton"],
        )  # fmt: skip
    except Refus as refus:
        raise PermissionDenied(str(refus)) from None
    except ErreurMetier as refus:
        form.add_error("texte", str(refus))
        return False
    nombre = note.prevenus.count()
    suite = f" {nombre} collègue{'s' if nombre > 1 else ''} prévenu{'s' if nombre > 1 else ''}." if nombre else ""
    messages.success(request, f"Votre note est enregistrée.{suite}")
    return True


def _page(request: HttpRequest, dossier: Dossier, form: NoteForm, ecriture: Any, *, statut: int = 200) -> HttpResponse:
    noms = dict(rubriques_de(dossier))
    lignes = [(note, noms.get(note.rubrique, "")) for note in notes_de(dossier)]
    return page_du_fil(
        request, dossier, "notes", "instruction/notes.html", statut=statut, lignes=lignes, form=form,
        ecriture=ecriture, adresse=reverse("instruction:notes", args=[dossier.reference]),
        adresse_du_brouillon=reverse("instruction:notes_brouillon", args=[dossier.reference]),
    )  # fmt: skip


@login_required
@require_POST
def brouillon(request: HttpRequest, reference: str) -> HttpResponse:
    """Garde la note en cours d'écriture ; appelé par le script de la page."""
    dossier = dossier_du_fil(request, reference)
    exiger(peut_noter(request.user, dossier))
    return repondre_au_brouillon(request, dossier, NoteForm(request.POST, rubriques=rubriques_de(dossier)), Ecrit.NOTE)
