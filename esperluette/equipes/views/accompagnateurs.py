"""Les accompagnateurs : à qui l'équipe s'ouvre, pour quoi faire, jusqu'à quand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from esperluette.commun.vues import exiger, lecture_seule
from esperluette.equipes import actions, droits, lectures
from esperluette.equipes.forms import AccompagnateurForm
from esperluette.equipes.models import Equipe
from esperluette.equipes.views.outils import avec_equipe, confirmer, faire, moi, page, saisir, vers


@avec_equipe("accompagnateurs")
@lecture_seule
def accompagnateurs(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Les accès ouverts, et les consultations faites ; les accès clos restent visibles."""
    acces = list(equipe.acces.all())
    visites = lectures.consultations(acces)
    lignes = [(a, visites.get(a.pk)) for a in acces]
    return page(
        request,
        equipe,
        "accompagnateurs",
        "accompagnateurs",
        ouverts=[ligne for ligne in lignes if ligne[0].est_ouvert],
        clos=[ligne for ligne in lignes if not ligne[0].est_ouvert],
    )


@avec_equipe("accompagnateurs")
@require_http_methods(["GET", "HEAD", "POST"])
def inviter(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Ouvrir l'équipe à une personne qui la conseille."""
    exiger(droits.peut_inviter(request.user, equipe))
    form = AccompagnateurForm(request.POST or None)

    def ouvrir() -> str:
        champs = {cle: form.cleaned_data[cle] for cle in ("courriel", "nom", "organisme", "portee")}
        acces = actions.inviter_accompagnateur(equipe, acteur=moi(request), fin=form.fin(), **champs)
        return f"L’équipe est ouverte à {acces.nom} jusqu’au {acces.fin:%d/%m/%Y}."

    return saisir(
        request, equipe, form, ouvrir, onglet="accompagnateurs", apres="accompagnateurs",
        titre="Inviter un accompagnateur", bouton="Ouvrir l’accès",
    )  # fmt: skip


@avec_equipe("accompagnateurs")
@require_http_methods(["GET", "HEAD", "POST"])
def revoquer(request: HttpRequest, equipe: Equipe, acces: int) -> HttpResponse:
    """Fermer un accès, après confirmation."""
    exiger(droits.peut_inviter(request.user, equipe))
    ferme = get_object_or_404(equipe.acces.select_related("equipe", "compte"), pk=acces)
    compte = moi(request)
    if request.method == "POST":
        faire(
            request,
            lambda: actions.revoquer_accompagnateur(ferme, acteur=compte),
            f"L’accès de {ferme.nom} est fermé.",
        )
        return vers("accompagnateurs", equipe)
    return confirmer(
        request,
        equipe,
        onglet="accompagnateurs",
        titre=f"Fermer l’accès de {ferme.nom} ?",
        texte="Cette personne ne verra plus l’équipe, dès maintenant, et recevra un courriel.",
        bouton="Fermer l’accès",
        retour="equipes:accompagnateurs",
    )
