"""Mes dossiers, en ouvrir un, la fiche d'un dossier, le retirer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.dossiers import phrases
from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.actions.depot import retirer as retirer_dossier
from esperluette.dossiers.contributions import GESTES_DE_LA_LISTE, blocs_de
from esperluette.dossiers.cycle import TRANSITIONS, permission
from esperluette.dossiers.delais import effet_du_silence, explication, horloge_de
from esperluette.dossiers.demarches import demarches_de
from esperluette.dossiers.droits import peut_creer
from esperluette.dossiers.forms import MotifForm
from esperluette.dossiers.lectures import (
    avancement_de,
    demarche_de,
    destinataire_de,
    echeance_de,
    reponse_attendue,
    trame_de,
)
from esperluette.dossiers.lectures_fiche import action_principale, dernier_depose, etapes_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.views.commun import confirmer, connexion_requise, dossier_visible, page
from esperluette.equipes.lectures import composition
from esperluette.equipes.models import Equipe
from esperluette.journal.lectures import evenements_de
from esperluette.journal.libelles import internes

EVENEMENTS = 100


@connexion_requise
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Les dossiers des équipes de la personne."""
    dossiers = Dossier.objects.visibles_par(request.user).select_related("equipe__implantation")
    gestes = [g for inscrits in GESTES_DE_LA_LISTE for g in inscrits(request.user)]
    return render(request, "dossiers/liste.html", {"dossiers": dossiers, "gestes": gestes})


@connexion_requise
def nouveau(request: HttpRequest, equipe: int) -> HttpResponse:
    """Choisir la démarche et ouvrir le dossier."""
    la_sienne = get_object_or_404(Equipe.objects.visibles_par(request.user).avec_regles(), pk=equipe)
    exiger(peut_creer(request.user, la_sienne))
    erreur = ""
    if request.method == "POST":
        demarche = request.POST.get("demarche", "").replace("\x00", "")  # PostgreSQL refuse les octets nuls
        try:
            dossier = creer_dossier(la_sienne, demarche, acteur=request.user)
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as refus:
            erreur = str(refus)
        else:
            return redirect("dossiers:redaction", dossier.reference)
    regles = composition(la_sienne)
    dossiers = list(la_sienne.dossiers.all())
    edition = regles.evaluation.edition if regles.evaluation else None
    forme = la_sienne.forme_visee
    contexte = {
        "equipe": la_sienne, "regles": regles, "edition": edition, "erreur": erreur,
        "demarches": demarches_de(edition, forme, regles.evaluation, dossiers) if edition else [],
        "deja_ecrit": list(dict.fromkeys(d.demarche_libelle for d in dossiers)),
    }  # fmt: skip
    return render(request, "dossiers/nouveau.html", contexte, status=422 if erreur else 200)


@connexion_requise
@lecture_seule
def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Où en est le dossier, qui a la main, et la seule chose à faire maintenant."""
    dossier = dossier_visible(request, reference)
    depots = list(dossier.depots.select_related("document", "accuse", "fige_par"))
    depose = dernier_depose(depots)
    if request.htmx and "accuse" in request.GET:
        return render(request, "dossiers/_accuse.html", {"dossier": dossier, "depot": depose})
    avancement = avancement_de(dossier, request.user)
    demarche, horloge = demarche_de(dossier), horloge_de(dossier)
    phrase = phrases.pour_l_equipe(dossier, avancement, echeance=echeance_de(dossier), effet=effet_du_silence(dossier))
    return page(
        request, "fiche", dossier, onglet="fiche", phrase=phrase, demarche=demarche, depots=depots, depot=depose,
        horloge=horloge, explication=explication(dossier, horloge), attendue=reponse_attendue(dossier),
        destinataire=destinataire_de(dossier) if depose else None,
        trame=trame_de(dossier), exige=avancement.exige_signatures,
        etapes=etapes_de(dossier, avancement, instance=bool(demarche.instance)),
        action=action_principale(dossier, avancement, depots, request.user),
        pieces=dossier.pieces.filter(retiree_le=None).count(),
        evenements=evenements_de(dossier).exclude(sorte__in=internes())[:EVENEMENTS],
        peut_retirer=permission(dossier, "retirer", request.user), blocs=blocs_de(dossier, request.user),
    )  # fmt: skip


@connexion_requise
def retirer(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirme, puis retire le dossier."""
    dossier = dossier_visible(request, reference)
    exiger(TRANSITIONS["retirer"].droit(request.user, dossier))
    possible = permission(dossier, "retirer", request.user)
    if not possible:
        messages.error(request, possible.motif)
        return redirect("dossiers:fiche", reference)
    form = MotifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retirer_dossier(dossier, acteur=request.user, motif=form.cleaned_data["motif"])
        except Refus as refus:
            raise PermissionDenied(str(refus)) from None
        except ErreurMetier as erreur:
            messages.error(request, str(erreur))
        else:
            messages.success(request, "Le dossier est retiré. Ses versions et son journal restent lisibles.")
        return redirect("dossiers:fiche", reference)
    recu = dossier.depose_le is not None
    return confirmer(
        request, dossier, onglet="fiche", titre="Retirer ce dossier ?", form=form,
        statut=422 if form.errors else 200,
        effets=[
            "Le dossier se ferme : plus personne n’y écrit, plus personne ne l’instruit.",
            "Les signatures en cours sont annulées." if not recu else "L’ARS en est prévenue.",
            "Ses versions, ses pièces et son journal restent lisibles.",
            "Vous pourrez ouvrir un nouveau dossier ; il repartira des informations de l’équipe.",
        ],
        bouton="Retirer le dossier", retour=reverse("dossiers:fiche", args=[reference]),
    )  # fmt: skip
