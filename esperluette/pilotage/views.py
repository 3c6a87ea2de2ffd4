"""Le pilotage d'une région : cinq chiffres, une carte, trois courbes, leurs tableaux, l'export."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from esperluette.commun.dates import en_lettres
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.pilotage.droits import perimetre_pilote, peut_piloter, regions_pilotees
from esperluette.pilotage.exports import en_csv, en_xlsx
from esperluette.pilotage.forms import FiltresForm, periode_par_defaut
from esperluette.pilotage.lectures import COMMANDE, Demande, Releve, relever
from esperluette.pilotage.tableaux import carte, courbes, tableaux

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lire(request: HttpRequest) -> tuple[FiltresForm, Releve]:
    """Ce que demande l'adresse, dans le périmètre de ce compte ; ce qui n'en est pas est ignoré."""
    exiger(peut_piloter(request.user))
    regions = regions_pilotees(request.user)
    if not regions:
        raise Http404("Aucune région n’est chargée.")
    donnees, defaut = request.GET.copy(), periode_par_defaut()
    for nom, jour in (("du", defaut.du), ("au", defaut.au)):
        donnees[nom] = donnees.get(nom) or jour.isoformat()
    form = FiltresForm(donnees, regions=regions)
    form.is_valid()
    cle = form.cleaned_data.get("region")
    region = next((r for r in regions if r.cle == cle), regions[0])
    demande = Demande(
        region, perimetre_pilote(request.user), form.periode(), form.cleaned_data.get("departement") or ""
    )
    releve = relever(demande)
    form.proposer([(code, f"{nom} ({code})") for code, nom in releve.departements])
    return form, releve


def _entete(releve: Releve) -> str:
    demande = releve.demande
    du, au = en_lettres(demande.periode.du), en_lettres(demande.periode.au)
    lieu = next((nom for code, nom in releve.departements if code == demande.departement), demande.region.nom)
    return f"{lieu}, du {du} au {au}"


@login_required
@lecture_seule
def tableau_de_bord(request: HttpRequest) -> HttpResponse:
    """Les chiffres d'une région ou d'un département, sur une période."""
    form, releve = _lire(request)
    contexte = {
        "form": form,
        "releve": releve,
        "entete": _entete(releve),
        "tableaux": tableaux(releve),
        "courbes": courbes(releve),
        "carte": carte(releve),
        "commande": COMMANDE,
        "requete": request.GET.urlencode(),
    }
    return render(request, "pilotage/tableau.html", contexte, status=422 if form.errors else 200)


@login_required
@lecture_seule
def exporter_csv(request: HttpRequest, cle: str) -> HttpResponse:
    """Un tableau, en CSV."""
    _, releve = _lire(request)
    tableau = tableaux(releve).get(cle)
    if tableau is None:
        raise Http404("Ce tableau n’existe pas.")
    return _fichier(en_csv(tableau), "text/csv; charset=utf-8", f"{cle}-{slugify(_entete(releve))}.csv")


@login_required
@lecture_seule
def exporter_xlsx(request: HttpRequest) -> HttpResponse:
    """Tous les tableaux, en un classeur."""
    _, releve = _lire(request)
    entete = _entete(releve)
    return _fichier(en_xlsx(tableaux(releve).values(), entete), XLSX, f"pilotage-{slugify(entete)}.xlsx")


def _fichier(contenu: str | bytes, sorte: str, nom: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type=sorte)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse
