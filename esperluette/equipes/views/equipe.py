"""Mes équipes, créer une équipe, son tableau de bord, ses informations."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.comptes.models import Compte
from esperluette.equipes import actions, droits, lectures, tableau
from esperluette.equipes.declarations import declarer
from esperluette.equipes.enums import SorteDeclaration
from esperluette.equipes.forms import (
    CHAMPS_INFORMATIONS,
    EquipeForm,
    MembreForm,
    NouvelleEquipeForm,
    QuestionsForm,
    SiteForm,
)
from esperluette.equipes.models import Equipe
from esperluette.equipes.questions import a_poser, questions_de
from esperluette.equipes.registres import PAGE_DU_TERRITOIRE
from esperluette.equipes.saisie import rpps_douteux
from esperluette.equipes.views.outils import avec_equipe, confirmer, faire, moi, page, saisir, vers
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.territoires.models import Region

PREVUES = "equipes_personnes_prevues"


@login_required
@lecture_seule
def liste(request: HttpRequest) -> HttpResponse:
    """Mes équipes, celles que j'accompagne, et les invitations qui m'attendent."""
    compte = moi(request)
    equipes = list(Equipe.objects.de_membre(compte).avec_membres())
    return render(
        request,
        "equipes/liste.html",
        {
            "equipes": [(e, droits.membre_de(compte, e)) for e in equipes],
            "acces": lectures.acces_en_cours(compte),
            "invitations": lectures.invitations_recues(compte),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: HttpRequest) -> HttpResponse:
    """Créer une équipe ; préremplie par la simulation que porte l'adresse, ou celle gardée en session."""
    simulation = lectures.depuis_simulation(request.GET or request.session.get("simulation") or {})
    compte = moi(request)
    donnees = request.POST or None
    form = NouvelleEquipeForm(donnees, initial=simulation.equipe)
    fiche = MembreForm(
        donnees,
        prefix="moi",
        socle=lectures.socle_de(),
        sans_courriel=True,
        initial={
            "prenom": compte.prenom,
            "nom": compte.nom,
            "telephone": compte.telephone,
            "commune": simulation.equipe.get("implantation"),
            **next(iter(simulation.personnes), {}),
        },
    )
    if donnees and form.is_valid() and fiche.is_valid():
        equipe = _creer(request, form, fiche)
        if equipe is not None:
            _declarer_les_zonages(equipe, simulation.zonages, moi(request))
            prevues = lectures.personnes_attendues(simulation.personnes, equipe)
            if prevues:
                request.session[PREVUES] = {**request.session.get(PREVUES, {}), str(equipe.pk): prevues}
            request.session.pop("simulation", None)
            messages.success(request, f"L’équipe « {equipe.nom} » est créée. Vous en êtes le porteur.")
            return vers("fiche", equipe)
    contexte = {
        "form": form,
        "fiche": fiche,
        "preremplie": bool(simulation.equipe or simulation.personnes),
        "region": Region.objects.filter(cle=simulation.region).first() if simulation.region else None,
    }
    return render(request, "equipes/creer.html", contexte, status=422 if form.errors or fiche.errors else 200)


def _declarer_les_zonages(equipe: Equipe, zonages: dict[str, bool], compte: Compte) -> None:
    """Ce que la simulation déclarait, si la région le demande et que les données ne le disent pas."""
    if zonages:
        demandes = {q.cle for q in a_poser(equipe) if q.sorte == SorteDeclaration.ZONAGE}
        dits = {(SorteDeclaration.ZONAGE.value, zone): oui for zone, oui in zonages.items() if zone in demandes}
        declarer(equipe, acteur=compte, reponses=dits)


def _creer(request: HttpRequest, form: NouvelleEquipeForm, fiche: MembreForm) -> Equipe | None:
    membre: Any = fiche.cleaned_data
    champs: Any = {cle: form.cleaned_data[cle] for cle in CHAMPS_INFORMATIONS}
    compte = moi(request)
    try:
        equipe = actions.creer_equipe(acteur=compte, membre=membre, communes=form.cleaned_data["communes"], **champs)
    except ErreurMetier as refus:
        (form if getattr(refus, "champ", "") in form.fields else fiche).refuser(refus)
        return None
    if rpps_douteux(membre["rpps"]):
        messages.warning(request, "La clé de contrôle de votre numéro RPPS ne tombe pas juste : vérifiez-le.")
    return equipe


@avec_equipe("tableau de bord")
@lecture_seule
def fiche(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Le tableau de bord : la phrase, le chemin, la composition, les membres, le territoire, les derniers actes."""
    prefetch_related_objects([equipe], "communes", "declarations")  # lues par les règles, le chemin et le dossier
    composition = lectures.composition(equipe)
    chemin = tableau.etapes(equipe, request.user, composition)
    return page(
        request,
        equipe,
        "fiche",
        "fiche",
        phrase=tableau.phrase(chemin),
        geste=tableau.en_tete(chemin),
        etapes=chemin,
        composition=composition,
        questions=[q for q in a_poser(equipe) if q.reponse is None and q.sorte == SorteDeclaration.ZONAGE],
        membres=_avec_metier(equipe),
        pastilles=tableau.pastilles(equipe, request.user),
        actes=lectures.derniers_actes(equipe, request.user),
        communes=list(equipe.communes.all()),
        interlocuteurs=contacts_de(equipe.implantation),
    )


def _avec_metier(equipe: Equipe) -> list[tuple[Any, str]]:
    socle = lectures.socle_de(equipe)
    return [(membre, lectures.metier_de(membre, socle)) for membre in equipe.presents]


@avec_equipe("informations")
@lecture_seule
def informations(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Tout ce que l'équipe a dit d'elle, et où le changer."""
    return page(
        request,
        equipe,
        "informations",
        "informations",
        communes=list(equipe.communes.select_related("departement")),
        questions=questions_de(equipe),
        sites=list(equipe.sites.select_related("commune")),
    )


@avec_equipe("informations")
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Modifier les informations de l'équipe."""
    exiger(droits.peut_modifier(request.user, equipe))
    form = EquipeForm(request.POST or None, initial=EquipeForm.initiales(equipe))

    def enregistrer() -> str:
        champs: Any = {cle: form.cleaned_data[cle] for cle in CHAMPS_INFORMATIONS}
        actions.modifier_equipe(equipe, acteur=moi(request), **champs)
        return "Les informations de l’équipe sont enregistrées."

    return saisir(
        request, equipe, form, enregistrer, onglet="informations", apres="informations",
        titre="Modifier les informations", bouton="Enregistrer les informations",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@avec_equipe("territoire")
def territoire(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Dire de quelles communes viennent les patients, et lire le diagnostic : la page est à l'app du dessus."""
    (page_du_territoire,) = PAGE_DU_TERRITOIRE
    reponse: HttpResponse = page_du_territoire(request, equipe)
    return reponse


@avec_equipe("questions")
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Répondre à ce que les données ne disent pas : zonages non chargés, ou qui ne tranchent pas."""
    exiger(droits.peut_modifier(request.user, equipe))
    form = QuestionsForm(request.POST or None, questions=a_poser(equipe))

    def enregistrer() -> str:
        declarer(equipe, acteur=moi(request), reponses=form.reponses())
        return "Vos réponses sont enregistrées ; elles resteront marquées « déclaré »."

    return saisir(
        request, equipe, form, enregistrer, onglet="informations", apres="fiche",
        titre="Ce que nous ne savons pas de votre équipe",
        introduction="Les règles de votre région le demandent, et aucune donnée ne le dit à votre place. Si une "
        "donnée officielle arrive ensuite, c’est elle qui comptera.",
        bouton="Enregistrer les réponses",
    )  # fmt: skip


@avec_equipe("sites")
@require_http_methods(["GET", "HEAD", "POST"])
def site_ajouter(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Ajouter un lieu d'exercice."""
    exiger(droits.peut_modifier(request.user, equipe))
    form = SiteForm(request.POST or None, initial={"commune": equipe.implantation})

    def ajouter() -> str:
        site = actions.ajouter_site(equipe, acteur=moi(request), **form.cleaned_data)
        return f"Le site « {site.nom} » est ajouté."

    return saisir(
        request, equipe, form, ajouter, onglet="informations", apres="informations", titre="Ajouter un site",
        bouton="Ajouter le site",
    )  # fmt: skip


@avec_equipe("sites")
@require_http_methods(["GET", "HEAD", "POST"])
def site_retirer(request: HttpRequest, equipe: Equipe, site: int) -> HttpResponse:
    """Retirer un lieu d'exercice, après confirmation."""
    exiger(droits.peut_modifier(request.user, equipe))
    retire = equipe.sites.filter(pk=site).first()
    if retire is None and request.method == "POST":
        return vers("informations", equipe)  # déjà retiré : un double envoi ne dérange personne
    retire = retire or get_object_or_404(equipe.sites, pk=site)
    if request.method == "POST":
        nom = retire.nom
        faire(request, lambda: actions.retirer_site(retire, acteur=moi(request)), f"Le site « {nom} » est retiré.")
        return vers("informations", equipe)
    return confirmer(
        request,
        equipe,
        onglet="informations",
        titre=f"Retirer le site « {retire.nom} » ?",
        texte="Les membres et les dossiers de l’équipe ne changent pas.",
        bouton="Retirer le site",
        retour="equipes:informations",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quitter(request: HttpRequest, pk: int) -> HttpResponse:
    """Quitter l'équipe, après confirmation."""
    compte = moi(request)
    equipe = get_object_or_404(Equipe.objects.avec_membres().filter(membres__compte=compte).distinct(), pk=pk)
    soi = droits.membre_de(compte, equipe)
    if soi is None:
        messages.info(request, f"Vous avez quitté l’équipe « {equipe.nom} ».")
        return redirect("equipes:liste")
    permission = droits.peut_quitter(compte, equipe)
    if request.method == "POST":
        fait = faire(
            request, lambda: actions.quitter(soi, acteur=compte), f"Vous avez quitté l’équipe « {equipe.nom} »."
        )
        return redirect("equipes:liste") if fait else vers("informations", equipe)
    return confirmer(
        request,
        equipe,
        onglet="informations",
        titre=f"Quitter l’équipe « {equipe.nom} » ?",
        texte="Vous n’aurez plus accès à ses dossiers. Ce que vous y avez écrit et signé reste à l’équipe. "
        "Le porteur sera prévenu, et pourra vous inviter de nouveau.",
        bouton="Quitter l’équipe",
        retour="equipes:informations",
        permission=permission,
        lien_empechement=("equipes:membres", "Choisir à qui transmettre le rôle") if not permission else None,
    )
