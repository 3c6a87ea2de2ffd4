"""À qui parler : les contacts par commune et par département, les structures d'appui."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.portail.cache import publique
from esperluette.portail.forms import CommuneForm
from esperluette.portail.repertoire import contacts_par_region, filtrer, structures_publiees
from esperluette.portail.views.commun import adresse_lue


@publique
def contacts(request: HttpRequest) -> HttpResponse:
    """Une commune donne son interlocuteur ; sans commune, toute la liste, filtrable par département."""
    donnees = adresse_lue(request)
    demandee = "commune" in donnees or "commune_code" in donnees
    form = CommuneForm(donnees if demandee else None)
    commune = form.cleaned_data["commune"] if form.is_valid() else None
    if commune:
        form = CommuneForm(initial={"commune": commune})
    cle, departement = donnees.get("region", ""), donnees.get("departement", "")
    tous = [] if commune else contacts_par_region()
    contexte = {
        "form": form,
        "commune": commune,
        "interlocuteurs": contacts_de(commune) if commune else None,
        "tous": tous,
        "regions": filtrer(tous, cle=cle, departement=departement),
        "region": cle,
        "departement": departement,
    }
    return render(request, "portail/contacts.html", contexte)


@publique
def structures(request: HttpRequest) -> HttpResponse:
    """Qui aide à écrire un projet, et jusqu'à quand son label court."""
    toutes = structures_publiees()
    cle = adresse_lue(request).get("region", "")
    retenues = [paire for paire in toutes if paire[0].cle == cle] if cle else toutes
    contexte = {"toutes": [region for region, _ in toutes], "regions": retenues, "region": cle}
    return render(request, "portail/structures.html", contexte)
