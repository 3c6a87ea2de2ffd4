"""L'accueil, les deux portes des agents et des partenaires, et l'aiguillage après la connexion."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.vues import lecture_seule
from esperluette.portail import lectures
from esperluette.portail.cache import publique
from esperluette.portail.comprendre import roles_des_elus
from esperluette.portail.demonstration.lectures import regions
from esperluette.portail.forms import CommuneForm
from esperluette.portail.views.commun import adresse_lue, selon_htmx
from esperluette.territoires.champs import detail


@publique
def accueil(request: HttpRequest) -> HttpResponse:
    """Votre commune, et ce qui vous y attend : région, interlocuteur, prochaine commission, aides."""
    donnees = adresse_lue(request)
    demandee = "commune" in donnees or "commune_code" in donnees
    form = CommuneForm(donnees if demandee else None)
    commune = form.cleaned_data["commune"] if form.is_valid() else None
    if commune:
        form = CommuneForm(initial={"commune": commune})
    contexte = {
        "form": form,
        "reponse": lectures.fiche_commune(commune, le=timezone.localdate()) if commune else None,
        "candidates": [(c, detail(c)) for c in form.fields["commune"].widget.candidates],
        "url_creer": reverse("equipes:creer") + (f"?commune={commune.pk}" if commune else ""),
    }
    gabarit = "portail/accueil.html" + ("#reponse" if request.htmx else "")
    reponse = render(request, gabarit, contexte)
    if request.htmx and commune:
        reponse["HX-Replace-Url"] = f"{reverse('portail:accueil')}?commune={commune.pk}"
    return selon_htmx(reponse)


@publique
def agents(request: HttpRequest) -> HttpResponse:
    """Ce qu'un agent ou un membre de commission trouve ici, et ce qui n'y est pas encore."""
    return render(request, "portail/agents.html")


@publique
def partenaires(request: HttpRequest) -> HttpResponse:
    """Ce qu'un élu ou un partenaire peut faire, d'après les documents, et ce qui n'existe pas encore."""
    return render(request, "portail/partenaires.html", roles_des_elus())


@login_required
@lecture_seule
def apres_connexion(request: HttpRequest) -> HttpResponse:
    """Mène chacun chez soi : l'agent à ses dossiers, le membre d'une seule équipe à son tableau de bord."""
    return redirect(lectures.chez_soi(request.user))


@lecture_seule
def demonstration(request: HttpRequest) -> HttpResponse:
    """Les comptes fictifs et ce qu'on peut y faire ; n'existe qu'avec le réglage de démonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    return render(request, "portail/demonstration.html", {"regions": regions()})
