"""Les pages publiques, et l'aiguillage après la connexion. Aucune n'écrit."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from esperluette.commun.vues import lecture_seule
from esperluette.equipes.enums import Exercice, StatutAvancement, StatutJuridique
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.portail import lectures
from esperluette.portail.demonstration.lectures import groupes
from esperluette.portail.forms import CommuneForm, TerritoireForm
from esperluette.portail.simulateur import Saisie, choix_professions, editions_ouvertes, lire_saisie, simuler
from esperluette.portail.simulation import MEMBRES_MAXIMUM, NON, OUI
from esperluette.territoires.champs import detail
from esperluette.territoires.models import Commune


@lecture_seule
def accueil(request: HttpRequest) -> HttpResponse:
    """Votre commune, et ce qui vous y attend : région, interlocuteur, prochaine commission, aides."""
    donnees = _adresse(request)
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
    return _selon_htmx(reponse)


@lecture_seule
def simulateur(request: HttpRequest) -> HttpResponse:
    """Une équipe imaginée face aux règles de sa région ; tout l'état est dans l'adresse."""
    le = timezone.localdate()
    donnees = _adresse(request)
    form = TerritoireForm(donnees)
    communes = _communes(form)
    if not form.errors:
        # On montre ce qu'on a compris : « Loudéac (22) » plutôt que 22136.
        form = TerritoireForm(initial={"commune": communes[0], "communes": communes[1:]} if communes else {})
    saisie = lire_saisie(donnees, communes, le=le)
    adresse = f"{reverse('portail:simulateur')}?{saisie.simulation.requete()}"
    structure = "" if form.errors else saisie.structure
    contexte = {
        "form": form,
        "le": le,
        "commune": communes[0] if communes else None,
        "structure": structure,
        "attente": not saisie.simulation.presents,
        "lien": adresse,
        "lien_absolu": settings.ADRESSE_PUBLIQUE + adresse,
        "url_creer": f"{reverse('equipes:creer')}?{saisie.simulation.requete()}",
        **_choix(saisie, le),
        **_resultat(saisie, communes, le),
    }
    fragment = ""
    if request.htmx:
        inchange = structure and donnees.get("structure") == structure
        fragment = "#resultat" if inchange else "#simulateur"
    reponse = render(request, f"portail/simulateur.html{fragment}", contexte)
    if fragment:
        reponse["HX-Replace-Url"] = adresse
        reponse["HX-Retarget"] = fragment
    return _selon_htmx(reponse)


@lecture_seule
def agents(request: HttpRequest) -> HttpResponse:
    """Ce qu'un agent ou un membre de commission trouve ici, et ce qui n'y est pas encore."""
    return render(request, "portail/agents.html")


@lecture_seule
def partenaires(request: HttpRequest) -> HttpResponse:
    """Ce qu'un élu ou un partenaire peut faire, et ce qui n'existe pas encore."""
    return render(request, "portail/partenaires.html")


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
    return render(request, "portail/demonstration.html", {"groupes": groupes()})


def _adresse(request: HttpRequest) -> QueryDict:
    """La chaîne de requête, sans les octets nuls que refuse PostgreSQL."""
    if "%00" not in request.META.get("QUERY_STRING", ""):
        return request.GET
    donnees = QueryDict(mutable=True)
    for cle, valeurs in request.GET.lists():
        donnees.setlist(cle.replace("\x00", ""), [v.replace("\x00", "") for v in valeurs])
    return donnees


def _communes(form: TerritoireForm) -> list[Commune]:
    """Les communes que la saisie désigne sans ambiguïté, celle d'implantation d'abord."""
    form.is_valid()
    trouvees = [form.cleaned_data.get("commune"), *(form.cleaned_data.get("communes") or [])]
    return list({c.pk: c for c in trouvees if c is not None}.values())


def _choix(saisie: Saisie, le: datetime.date) -> dict[str, Any]:
    """Ce que proposent les listes du formulaire."""
    formes = saisie.edition.entete.formes if saisie.edition else saisie.socle.formes
    return {
        "simulation": saisie.simulation,
        "lignes": saisie.lignes,
        "zonages": saisie.zonages,
        "reponses_zonage": [(OUI, "Oui"), (NON, "Non"), ("", "Je ne sais pas")],
        "trop_de_membres": saisie.trop_de_membres,
        "membres_maximum": MEMBRES_MAXIMUM,
        "formes": [saisie.socle.formes[forme] for forme in formes],
        "regions": [] if saisie.simulation.communes else [e.entete.region for e in editions_ouvertes(le)],
        "professions": choix_professions(saisie.socle),
        "exercices": Exercice.choices,
        "statuts": StatutJuridique.choices,
        "avancements": StatutAvancement.choices,
    }


def _resultat(saisie: Saisie, communes: list[Commune], le: datetime.date) -> dict[str, Any]:
    """Le verdict, ses critères par nature, et l'interlocuteur de la commune d'implantation."""
    resultat = simuler(saisie, le=le)
    criteres = resultat.evaluation.criteres if resultat else ()
    return {
        "resultat": resultat,
        "composition": [e for e in criteres if e.critere.nature == "composition"],
        "conditions": [e for e in criteres if e.critere.nature in {"demarche", "aide"}],
        "declarations": [e for e in criteres if e.critere.nature == "declaration"],
        "interlocuteurs": contacts_de(communes[0]) if communes else None,
    }


def _selon_htmx(reponse: HttpResponse) -> HttpResponse:
    """Un cache ne doit pas servir un fragment à la place de la page."""
    patch_vary_headers(reponse, ["HX-Request"])
    return reponse
