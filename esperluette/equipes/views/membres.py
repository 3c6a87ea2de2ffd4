"""Les membres : ajouter, modifier, inviter, transmettre, retirer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.permissions import OUI
from esperluette.commun.vues import exiger, lecture_seule
from esperluette.equipes import actions, droits, lectures, tableau
from esperluette.equipes.enums import Changement, EtatMembre
from esperluette.equipes.forms import MembreForm
from esperluette.equipes.models import Equipe, Invitation, Membre
from esperluette.equipes.saisie import rpps_douteux
from esperluette.equipes.views.equipe import PREVUES
from esperluette.equipes.views.outils import avec_equipe, confirmer, faire, moi, page, vers


@avec_equipe("membres")
@lecture_seule
def membres(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """La liste des membres : qui, quel métier, où, où en est l'invitation, ce qu'on peut faire."""
    compte = moi(request)
    socle = lectures.socle_de(equipe)
    ouvertes = {i.membre_id: i for i in Invitation.objects.ouvertes().filter(membre__equipe=equipe)}
    toutes = tableau.pastilles(equipe, compte)
    lignes = [
        {
            "membre": membre,
            "metier": lectures.metier_de(membre, socle),
            "pastilles": toutes[membre.pk],
            "invitation": ouvertes.get(membre.pk),
            "rpps_douteux": rpps_douteux(membre.rpps),
            "peut_modifier": droits.peut_modifier_membre(compte, membre),
            "peut_transmettre": droits.peut_transmettre(compte, membre),
            "peut_retirer": droits.peut_retirer(compte, membre),
            "a_inviter": membre.etat == EtatMembre.A_INVITER,
        }
        for membre in equipe.presents
    ]
    partis = sorted(
        (m for m in equipe.membres.all() if not m.est_present), key=lambda m: str(m.sorti_le), reverse=True
    )
    prevues = request.session.get(PREVUES, {}).get(str(equipe.pk), [])
    return page(
        request,
        equipe,
        "membres",
        "membres",
        lignes=lignes,
        partis=[(m, lectures.metier_de(m, socle)) for m in partis],
        attendues=_attendues(prevues, equipe),
        composition=lectures.composition(equipe),
        ajout_possible=droits.peut_changer_composition(compte, equipe, Changement.AJOUT),
    )


def _attendues(prevues: list[dict[str, str]], equipe: Equipe) -> list[tuple[dict[str, str], str]]:
    """Ce que la simulation prévoyait et que l'équipe n'a pas encore, avec le nom de la profession."""
    professions = lectures.socle_de(equipe).professions
    attendues: list[Any] = lectures.personnes_attendues(prevues, equipe)
    return [
        (p, professions[p["profession"]].libelle if p["profession"] in professions else "Autre métier")
        for p in attendues
    ]


@avec_equipe("membres")
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest, equipe: Equipe) -> HttpResponse:
    """Ajouter une personne, et l'inviter aussitôt si on le demande."""
    exiger(droits.peut_inviter(request.user, equipe))
    initiales = {cle: request.GET[cle] for cle in ("profession", "savoir_faire", "exercice") if cle in request.GET}
    form = MembreForm(
        request.POST or None,
        socle=lectures.socle_de(equipe),
        initial={"commune": equipe.implantation, **initiales},
    )
    permission = droits.peut_changer_composition(request.user, equipe, Changement.AJOUT)
    if form.is_valid():
        compte = moi(request)
        fiche: Any = form.cleaned_data
        try:
            membre = actions.ajouter_membre(equipe, acteur=compte, **fiche)
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            _dire_le_doute(request, membre)
            if "inviter" in request.POST and membre.courriel:
                faire(
                    request,
                    lambda: actions.inviter(membre, acteur=compte),
                    f"{membre} est ajouté. L’invitation part à {membre.courriel}.",
                )
            else:
                messages.success(request, f"{membre} est ajouté. Il reste à l’inviter.")
            return vers("membres", equipe)
    return page(
        request, equipe, "membre_formulaire", "membres", form=form, titre="Ajouter un membre", permission=permission
    )


@avec_equipe("membres")
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, equipe: Equipe, membre: int) -> HttpResponse:
    """Modifier la fiche d'une personne."""
    modifie = _membre(equipe, membre)
    exiger(droits.peut_modifier_membre(request.user, modifie))
    confirme = modifie.compte_id is not None
    form = MembreForm(
        request.POST or None,
        socle=lectures.socle_de(equipe),
        sans_courriel=confirme,
        initial=MembreForm.initiales(modifie),
    )
    if form.is_valid():
        compte = moi(request)
        fiche: Any = form.cleaned_data
        etait_invite = modifie.etat == EtatMembre.INVITE
        try:
            change = actions.modifier_membre(modifie, acteur=compte, **fiche)
        except ErreurMetier as refus:
            form.refuser(refus)
        else:
            _dire_le_doute(request, change)
            messages.success(request, f"La fiche de {change} est enregistrée.")
            if etait_invite and change.etat == EtatMembre.A_INVITER:
                messages.warning(
                    request,
                    "L’invitation envoyée à l’ancienne adresse ne sert plus : envoyez-en une à la nouvelle.",
                )
            return vers("membres", equipe)
    return page(
        request,
        equipe,
        "membre_formulaire",
        "membres",
        form=form,
        titre=f"Modifier la fiche de {modifie}",
        membre=modifie,
        permission=OUI,
    )


@avec_equipe("membres")
@require_POST
def inviter(request: HttpRequest, equipe: Equipe, membre: int) -> HttpResponse:
    """Envoyer son invitation à un membre."""
    exiger(droits.peut_inviter(request.user, equipe))
    invite = _membre(equipe, membre)
    compte = moi(request)
    faire(
        request,
        lambda: actions.inviter(invite, acteur=compte),
        f"L’invitation de {invite} part à {invite.courriel}.",
    )
    return vers("membres", equipe)


@avec_equipe("membres")
@require_POST
def renvoyer(request: HttpRequest, equipe: Equipe, invitation: int) -> HttpResponse:
    """Envoyer un nouveau lien, à la place de l'ancien."""
    exiger(droits.peut_inviter(request.user, equipe))
    ancienne = _invitation(equipe, invitation)
    compte = moi(request)
    faire(
        request,
        lambda: actions.renvoyer_invitation(ancienne, acteur=compte),
        f"Un nouveau lien part à {ancienne.membre.courriel} ; le précédent ne sert plus.",
    )
    return vers("membres", equipe)


@avec_equipe("membres")
@require_POST
def revoquer(request: HttpRequest, equipe: Equipe, invitation: int) -> HttpResponse:
    """Annuler une invitation ; on peut inviter de nouveau."""
    exiger(droits.peut_inviter(request.user, equipe))
    revoquee = _invitation(equipe, invitation)
    compte = moi(request)
    faire(
        request,
        lambda: actions.revoquer_invitation(revoquee, acteur=compte),
        f"L’invitation de {revoquee.membre} est annulée : son lien ne sert plus.",
    )
    return vers("membres", equipe)


@avec_equipe("membres")
@require_http_methods(["GET", "HEAD", "POST"])
def transmettre(request: HttpRequest, equipe: Equipe, membre: int) -> HttpResponse:
    """Transmettre le rôle de porteur, après confirmation."""
    nouveau = _membre(equipe, membre)
    compte = moi(request)
    if not (nouveau.porteur and request.method == "POST"):  # un double envoi ne se refuse pas
        exiger(droits.peut_transmettre(compte, nouveau))
    if request.method == "POST":
        faire(
            request,
            lambda: actions.transmettre_portage(nouveau, acteur=compte),
            f"{nouveau} porte désormais l’équipe. Vous en restez membre.",
        )
        return vers("membres", equipe)
    return confirmer(
        request,
        equipe,
        onglet="membres",
        titre=f"Transmettre le rôle de porteur à {nouveau} ?",
        texte=f"{nouveau} pourra modifier l’équipe, inviter, retirer des membres et déposer ses dossiers. "
        "Vous resterez membre, sans ces droits : seul le nouveau porteur pourra vous les rendre. "
        "Les délégations de dépôt que vous avez données prendront fin.",
        bouton="Transmettre le rôle de porteur",
        retour="equipes:membres",
    )


@avec_equipe("membres")
@require_http_methods(["GET", "HEAD", "POST"])
def retirer(request: HttpRequest, equipe: Equipe, membre: int) -> HttpResponse:
    """Retirer une personne de l'équipe, après confirmation."""
    retire = _membre(equipe, membre)
    compte = moi(request)
    exiger(droits.peut_inviter(compte, equipe))
    if request.method == "POST":
        faire(
            request,
            lambda: actions.retirer_membre(retire, acteur=compte),
            f"{retire} ne fait plus partie de l’équipe.",
        )
        return vers("membres", equipe)
    permission = droits.peut_retirer(compte, retire)
    if permission:
        permission = droits.peut_changer_composition(compte, equipe, Changement.RETRAIT, retire)
    return confirmer(
        request,
        equipe,
        onglet="membres",
        titre=f"Retirer {retire} de l’équipe ?",
        texte="Cette personne n’aura plus accès aux dossiers et recevra un courriel. "
        "Ce qu’elle a écrit et signé reste à l’équipe ; vous pourrez l’ajouter de nouveau. "
        "Si le dépôt lui était confié, il ne l’est plus.",
        bouton=f"Retirer {retire}",
        retour="equipes:membres",
        permission=permission,
    )


def _membre(equipe: Equipe, pk: int) -> Membre:
    """Le membre de cette équipe, présent ou parti ; 404 s'il est d'une autre."""
    membre = next((m for m in equipe.membres.all() if m.pk == pk), None)
    return membre or get_object_or_404(equipe.membres, pk=pk)


def _invitation(equipe: Equipe, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.select_related("membre__equipe").filter(membre__equipe=equipe), pk=pk)


def _dire_le_doute(request: HttpRequest, membre: Membre) -> None:
    if rpps_douteux(membre.rpps):
        messages.warning(
            request,
            f"La clé de contrôle du numéro RPPS de {membre} ne tombe pas juste : vérifiez-le avec la personne.",
        )
