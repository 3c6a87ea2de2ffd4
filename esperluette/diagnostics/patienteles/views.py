"""La patientèle d'une équipe à l'écran : la lire, la déposer, la retirer, dire ce qu'elle a de commun."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.diagnostics.models import Patientele, PatienteleCommune
from esperluette.diagnostics.patienteles import actions, droits, lectures, tableur
from esperluette.diagnostics.patienteles.agregation import Lecture, agreger
from esperluette.diagnostics.patienteles.apercu import Apercu, ouvrir, sceller
from esperluette.diagnostics.patienteles.forms import DepotForm, PatienteleCommuneForm
from esperluette.diagnostics.patienteles.reglages import reglages
from esperluette.diagnostics.patienteles.territoire import places
from esperluette.equipes.models import Equipe, Membre
from esperluette.equipes.views.outils import avec_equipe, confirmer, faire, moi, page
from esperluette.fichiers.controle import XLSX
from esperluette.territoires.lectures import communes as communes_de

ONGLET = "patientele"
MODELES = {
    "csv": ("text/csv; charset=utf-8", tableur.modele_csv),
    "xlsx": (XLSX.type_mime, tableur.modele_xlsx),
}


@avec_equipe("patientèle")
@lecture_seule
def patientele(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """D'où viennent les patients, leur âge, ce que l'équipe partage, et l'histoire des dépôts."""
    exiger(droits.peut_voir_la_patientele(request.user, equipe))
    lues = lectures.patienteles_en_cours(equipe)
    ensemble = lectures.ensemble(equipe, lues)
    noms = {part.commune_id: part.commune for p in lues for part in p.communes.all()}
    declarees = lectures.communes_declarees(equipe)
    sans = [m for m in equipe.presents if m.pk not in {p.membre_id for p in lues}]
    return page(
        request, equipe, "diagnostics/patientele", ONGLET,
        patienteles=[(p, droits.peut_tenir_la_patientele(request.user, equipe, p.membre)) for p in lues],
        ensemble=ensemble,
        places=[(noms[place.code], place) for place in ensemble.places],
        sans_patientele=sans,
        peut_deposer=bool(_deposables(request, equipe)),
        declarees=[(c, lectures.part_en_commun(c, lues)) for c in declarees],
        phrases=lectures.phrases(ensemble, {code: c.nom for code, c in noms.items()}, declarees),
        partages=lectures.partages(equipe, lues),
        peut_declarer=droits.peut_declarer_la_patientele_commune(request.user, equipe),
        historique=lectures.historique(equipe),
        reglages=reglages(),
    )  # fmt: skip


def _deposables(request: HttpRequest, equipe: Equipe) -> list[Membre | None]:
    """Les membres dont cette personne tient la patientèle ; None pour l'équipe."""
    voulus: list[Membre | None] = [*equipe.presents, None]
    return [m for m in voulus if droits.peut_tenir_la_patientele(request.user, equipe, m)]


@avec_equipe("patientèle")
@require_http_methods(["GET", "HEAD", "POST"])
def deposer(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Déposer un tableau d'effectifs : la page suivante montre ce qu'on en garderait."""
    deposables = _deposables(request, equipe)
    if not deposables:
        exiger(droits.peut_tenir_la_patientele(request.user, equipe, None))
    soi = next((m for m in deposables if m is not None and m.compte_id == moi(request).pk), None)
    form = DepotForm(
        request.POST or None,
        request.FILES or None,
        membres=[m for m in deposables if m is not None],
        equipe=None in deposables,
        initial={"pour": request.GET.get("pour") or (str(soi.pk) if soi else "")},
    )
    if form.is_valid():
        try:
            lecture = agreger(tableur.lire(form.cleaned_data["tableau"].read()), lectures.chercheur())
        except ErreurMetier as refus:
            form.add_error("tableau", str(refus))
        else:
            return _montrer(request, equipe, form.cleaned_data["pour"], form.cleaned_data["periode"], lecture)
    return page(
        request, equipe, "diagnostics/patientele_deposer", ONGLET, form=form, reglages=reglages(),
        colonnes=list(reglages().colonnes.values()),
    )  # fmt: skip


def _montrer(
    request: HttpRequest, equipe: Equipe, membre: Membre | None, periode: str, lecture: Lecture
) -> HttpResponse:
    agregat = lecture.agregat
    noms = {c.pk: c for c in communes_de([code for code, _ in agregat.communes])}
    apercu = Apercu(
        equipe=equipe.pk, membre=membre.pk if membre else None, compte=moi(request).pk, periode=periode,
        agregat=agregat,
    )  # fmt: skip
    remplace = Patientele.objects.filter(equipe=equipe, membre=membre, courante=True).first()
    return page(
        request, equipe, "diagnostics/patientele_apercu", ONGLET,
        lecture=lecture, agregat=agregat, de=str(membre) if membre else "toute l’équipe", periode=periode,
        places=[(noms[p.code], p) for p in places(dict(agregat.communes), agregat.total)],
        tranches=[(lectures.libelle_de_tranche(t.debut, t.fin), t) for t in agregat.tranches],
        scelle=sceller(apercu), remplace=remplace, reglages=reglages(),
    )  # fmt: skip


@avec_equipe("patientèle")
@require_POST
def enregistrer(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Enregistre l'aperçu accepté, à la place de la patientèle précédente."""
    compte = moi(request)
    if not _deposables(request, equipe):
        exiger(droits.peut_tenir_la_patientele(compte, equipe, None))
    try:
        apercu = ouvrir(request.POST.get("apercu", ""), equipe=equipe.pk, compte=compte.pk)
        membre = next((m for m in equipe.membres.all() if m.pk == apercu.membre), None)
        exiger(droits.peut_tenir_la_patientele(compte, equipe, membre))
        if membre is None and apercu.membre is not None:
            raise ErreurMetier("Cette personne n’est pas de l’équipe.")
        gardee = actions.enregistrer_la_patientele(
            equipe, acteur=compte, membre=membre, agregat=apercu.agregat, periode=apercu.periode
        )
    except ErreurMetier as refus:
        messages.error(request, str(refus))
        return redirect("diagnostics:patientele_deposer", pk=equipe.pk)
    messages.success(request, f"La patientèle de {gardee.de} est enregistrée.")
    return redirect("diagnostics:patientele", pk=equipe.pk)


@avec_equipe("patientèle")
@require_http_methods(["GET", "HEAD", "POST"])
def retirer(request: HttpRequest, equipe: Equipe, patientele: int) -> HttpResponse:
    """Retirer une patientèle, après confirmation."""
    retiree = get_object_or_404(Patientele.objects.select_related("membre"), pk=patientele, equipe=equipe)
    membre = next((m for m in equipe.membres.all() if m.pk == retiree.membre_id), None)
    exiger(droits.peut_tenir_la_patientele(request.user, equipe, membre))
    if request.method == "POST":
        faire(
            request,
            lambda: actions.retirer_la_patientele(retiree, acteur=moi(request)),
            f"La patientèle de {retiree.de} est retirée ; ses effectifs sont effacés.",
        )
        return redirect("diagnostics:patientele", pk=equipe.pk)
    return confirmer(
        request, equipe, onglet=ONGLET,
        titre=f"Retirer la patientèle de {retiree.de} ?",
        texte="Ses effectifs, et ceux de ses versions précédentes, sont effacés. L’histoire garde les dates. Les "
        "communes du territoire ne changent pas.",
        bouton="Retirer cette patientèle", retour="diagnostics:patientele", permission=None,
    )  # fmt: skip


@avec_equipe("patientèle")
@require_http_methods(["GET", "HEAD", "POST"])
def declarer(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Dire combien de patients deux membres, ou l'équipe, suivent en commun."""
    exiger(droits.peut_declarer_la_patientele_commune(request.user, equipe))
    form = PatienteleCommuneForm(request.POST or None, membres=equipe.presents)
    if form.is_valid():
        champs: dict[str, Any] = form.cleaned_data
        try:
            actions.declarer_la_patientele_commune(
                equipe, acteur=moi(request), membres=form.choisis, effectif=champs["effectif"],
                methode=champs["methode"],
            )  # fmt: skip
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            messages.success(request, "La patientèle commune est enregistrée.")
            return redirect("diagnostics:patientele", pk=equipe.pk)
    return page(
        request, equipe, "formulaire", ONGLET, form=form, titre="Déclarer une patientèle commune",
        introduction="Un nombre de patients, jamais leurs noms. Comptez-les ensemble : par un échange entre vos "
        "logiciels, ou par une estimation en réunion, et dites-le.",
        bouton="Enregistrer la patientèle commune", retour="diagnostics:patientele",
    )  # fmt: skip


@avec_equipe("patientèle")
@require_POST
def oublier(request: HttpRequest, equipe: Equipe, commune: int) -> HttpResponse:
    """Retirer une patientèle commune déclarée ; un double envoi ne dérange personne."""
    exiger(droits.peut_declarer_la_patientele_commune(request.user, equipe))
    declaree = PatienteleCommune.objects.filter(pk=commune, equipe=equipe).select_related("equipe").first()
    if declaree is not None:
        faire(
            request,
            lambda: actions.retirer_la_patientele_commune(declaree, acteur=moi(request)),
            "La patientèle commune est retirée.",
        )
    return redirect("diagnostics:patientele", pk=equipe.pk)


@avec_equipe("patientèle")
@lecture_seule
def modele(request: HttpRequest, equipe: Equipe, extension: str) -> HttpResponse:
    """Le modèle de tableau vide."""
    exiger(droits.peut_voir_la_patientele(request.user, equipe))
    if extension not in MODELES:
        raise Http404
    type_mime, fabriquer = MODELES[extension]
    reponse = HttpResponse(fabriquer(), content_type=type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="patientele-modele.{extension}"'
    return reponse
