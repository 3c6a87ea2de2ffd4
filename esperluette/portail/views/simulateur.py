"""Le simulateur : une équipe imaginée face aux règles de sa région."""

import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.vues import lecture_seule
from esperluette.equipes.enums import Exercice, StatutAvancement, StatutJuridique
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.portail.forms import TerritoireForm
from esperluette.portail.simulateur import Saisie, choix_professions, editions_ouvertes, lire_saisie, simuler
from esperluette.portail.simulation import MEMBRES_MAXIMUM, NON, OUI
from esperluette.portail.views.commun import adresse_lue, selon_htmx
from esperluette.territoires.models import Commune
from esperluette.territoires.zonages import classement


@lecture_seule
def simulateur(request: HttpRequest) -> HttpResponse:
    """Une équipe imaginée face aux règles de sa région ; tout l'état est dans l'adresse."""
    le = timezone.localdate()
    donnees = adresse_lue(request)
    form = TerritoireForm(donnees)
    communes = _communes(form)
    if not form.errors:
        # On montre ce qu'on a compris : « Loudéac (22) » plutôt que 22136.
        form = TerritoireForm(initial={"commune": communes[0], "communes": communes[1:]} if communes else {})
    classes = classement(communes[0], communes[1:]) if communes else None
    saisie = lire_saisie(donnees, communes, le=le, classement=classes)
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
    return selon_htmx(reponse)


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
