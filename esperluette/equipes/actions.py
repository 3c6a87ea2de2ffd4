"""Les gestes de l'équipe. Chacun vérifie le droit, écrit, consigne et prévient, en une transaction.

Refaire un geste déjà fait (double clic, retour arrière) rend le même résultat et n'écrit rien.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any, Unpack

from django.db import transaction
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.comptes.actions import nommer
from esperluette.comptes.models import Compte
from esperluette.equipes import courriels, droits
from esperluette.equipes.delegations import finir_avec_le_depart, finir_avec_le_portage
from esperluette.equipes.enums import Changement, EtatInvitation, Portee
from esperluette.equipes.lectures import CONSULTATION
from esperluette.equipes.models import AccesAccompagnateur, Equipe, Invitation, Membre, Site
from esperluette.equipes.registres import composition_changee
from esperluette.equipes.saisie import (
    COMPOSITION,
    FICHE_VIDE,
    ChampsEquipe,
    ChampsMembre,
    SaisieRefusee,
    normaliser_courriel,
    normaliser_equipe,
    normaliser_membre,
)
from esperluette.journal.actions import consigner
from esperluette.territoires.models import Commune


class InvitationInutilisable(ErreurMetier):
    """Le lien ne sert plus ; `etat` dit pourquoi (None : jeton inconnu)."""

    def __init__(self, etat: EtatInvitation | None, message: str) -> None:
        super().__init__(message)
        self.etat = etat


# --- L'équipe --------------------------------------------------------------------------------


@transaction.atomic
def creer_equipe(
    *,
    acteur: Compte,
    membre: ChampsMembre,
    communes: Iterable[Commune] = (),
    fictive: bool = False,
    **champs: Unpack[ChampsEquipe],
) -> Equipe:
    """Crée l'équipe et son premier membre : l'acteur, porteur, déjà confirmé.

    `communes` : le territoire, s'il est déjà connu ; la commune d'implantation en fait alors partie.
    Une équipe du même nom, créée par la même personne au même endroit et encore vide d'autres
    membres, est rendue telle quelle : un formulaire envoyé deux fois ne fait qu'une équipe.
    """
    fiche = normaliser_membre({**membre, "courriel": acteur.courriel})
    propre = normaliser_equipe(dict(champs))
    Compte.objects.select_for_update().get(pk=acteur.pk)
    if deja := _equipe_deja_creee(acteur, propre):
        return deja
    equipe = Equipe.objects.create(cree_par=acteur, fictive=fictive, **propre)
    if territoire := set(communes):
        equipe.communes.set({equipe.implantation, *territoire})
    porteur = Membre.objects.create(equipe=equipe, compte=acteur, porteur=True, confirme_le=timezone.now(), **fiche)
    nommer(acteur, prenom=porteur.prenom, nom=porteur.nom)
    consigner("equipe_creee", equipe, acteur=acteur, membre=porteur.pk)
    return equipe


@transaction.atomic
def modifier_equipe(
    equipe: Equipe, *, acteur: Compte, communes: Iterable[Commune] | None = None, **champs: Unpack[ChampsEquipe]
) -> Equipe:
    """Change les informations données, et le territoire si `communes` est donné. Sans changement, n'écrit rien.

    Un territoire non vide comprend toujours la commune d'implantation.
    """
    equipe = _verrouiller(equipe)
    _exiger(droits.peut_modifier(acteur, equipe))
    if "statut_avancement" in champs and "statut_juridique" not in champs:
        champs["statut_juridique"] = equipe.statut_juridique
    propre = normaliser_equipe(dict(champs))
    changes = [cle for cle, valeur in propre.items() if getattr(equipe, cle) != valeur]
    if {"implantation", "forme_visee"} & set(changes):
        _exiger(droits.peut_changer_composition(acteur, equipe, Changement.IDENTITE))
    for cle in changes:
        setattr(equipe, cle, propre[cle])
    if changes:
        equipe.save(update_fields=changes)
    if communes is not None:
        territoire = set(communes)
        voulues = {equipe.implantation, *territoire} if territoire else set()
        if voulues != set(equipe.communes.all()):
            equipe.communes.set(voulues)
            changes.append("communes")
    if changes:
        consigner("equipe_modifiee", equipe, acteur=acteur, champs=sorted(changes))
    return equipe


@transaction.atomic
def ajouter_site(equipe: Equipe, *, acteur: Compte, nom: str, commune: Commune, adresse: str = "") -> Site:
    """Ajoute un lieu d'exercice ; le même, envoyé deux fois, n'en fait qu'un."""
    equipe = _verrouiller(equipe)
    _exiger(droits.peut_modifier(acteur, equipe))
    nom, adresse = " ".join(nom.split()), " ".join(adresse.split())
    if not nom:
        raise SaisieRefusee("nom", "Donnez un nom au site, par exemple « Cabinet du centre ».")
    deja = next((s for s in equipe.sites.select_related("commune") if s.nom.casefold() == nom.casefold()), None)
    if deja is not None and (deja.commune, deja.adresse) == (commune, adresse):
        return deja
    if deja is not None:
        raise SaisieRefusee("nom", "Un site de l’équipe porte déjà ce nom.")
    site = Site.objects.create(equipe=equipe, nom=nom, adresse=adresse, commune=commune)
    consigner("site_ajoute", equipe, acteur=acteur, site=site.pk)
    return site


@transaction.atomic
def retirer_site(site: Site, *, acteur: Compte) -> None:
    """Retire un lieu d'exercice."""
    equipe = _verrouiller(site.equipe)
    _exiger(droits.peut_modifier(acteur, equipe))
    if Site.objects.filter(pk=site.pk).delete()[0]:
        consigner("site_retire", equipe, acteur=acteur, site=site.pk)


# --- Les membres -----------------------------------------------------------------------------


@transaction.atomic
def ajouter_membre(equipe: Equipe, *, acteur: Compte, **champs: Unpack[ChampsMembre]) -> Membre:
    """Ajoute une personne à l'équipe, sans l'inviter encore. Refuse une adresse ou un RPPS déjà pris.

    La même fiche, envoyée deux fois, ne fait qu'un membre.
    """
    equipe = _verrouiller(equipe)
    _exiger(droits.peut_inviter(acteur, equipe))
    fiche = FICHE_VIDE | normaliser_membre(dict(champs))
    if deja := next((m for m in equipe.presents if all(getattr(m, c) == v for c, v in fiche.items())), None):
        return deja
    _exiger(droits.peut_changer_composition(acteur, equipe, Changement.AJOUT))
    _refuser_doublon(equipe, fiche)
    membre = Membre.objects.create(equipe=equipe, **fiche)
    consigner("membre_ajoute", equipe, acteur=acteur, membre=membre.pk)
    composition_changee(equipe, acteur=acteur)
    return membre


@transaction.atomic
def modifier_membre(membre: Membre, *, acteur: Compte, **champs: Unpack[ChampsMembre]) -> Membre:
    """Change la fiche d'un membre présent. Changer une adresse invitée révoque l'invitation envoyée à l'ancienne."""
    equipe, membre = _verrouiller_membre(membre)
    _exiger(droits.peut_modifier_membre(acteur, membre))
    actuelle = {cle: getattr(membre, cle) for cle in ChampsMembre.__annotations__}
    fiche = normaliser_membre({**actuelle, **champs})
    changes = sorted(cle for cle, valeur in fiche.items() if actuelle[cle] != valeur)
    if not changes:
        return membre
    if "courriel" in changes and membre.compte_id is not None:
        raise SaisieRefusee(
            "courriel",
            f"{membre} a confirmé avec cette adresse, celle de son compte : elle ne se change pas d’ici.",
        )
    if COMPOSITION & set(changes):
        _exiger(droits.peut_changer_composition(acteur, equipe, Changement.MODIFICATION, membre))
    _refuser_doublon(equipe, fiche, sauf=membre)
    for cle in changes:
        setattr(membre, cle, fiche[cle])
    if "courriel" in changes:
        _fermer_invitation(membre, acteur=acteur)
    membre.save(update_fields=[*changes, "invite_le"])
    consigner("membre_modifie", equipe, acteur=acteur, membre=membre.pk, champs=changes)
    composition_changee(equipe, acteur=acteur)
    return membre


@transaction.atomic
def retirer_membre(membre: Membre, *, acteur: Compte) -> Membre:
    """Fait sortir un membre, à la date du jour ; sa ligne reste dans l'histoire de l'équipe."""
    equipe, membre = _verrouiller_membre(membre)
    if not membre.est_present and droits.peut_inviter(acteur, equipe):
        return membre
    _exiger(droits.peut_retirer(acteur, membre))
    return _faire_sortir(membre, acteur=acteur, changement=Changement.RETRAIT, sorte="membre_retire")


@transaction.atomic
def quitter(membre: Membre, *, acteur: Compte) -> Membre:
    """Quitte l'équipe, à la date du jour. Le porteur transmet d'abord son rôle."""
    equipe, membre = _verrouiller_membre(membre)
    if membre.compte_id != acteur.pk:
        raise Refus("On ne quitte une équipe que pour soi-même.")
    if not membre.est_present:
        return membre
    _exiger(droits.peut_quitter(acteur, equipe))
    return _faire_sortir(membre, acteur=acteur, changement=Changement.DEPART, sorte="membre_parti")


@transaction.atomic
def transmettre_portage(membre: Membre, *, acteur: Compte) -> Membre:
    """Fait de `membre` le porteur ; l'ancien reste membre. Il y a un porteur avant, pendant et après."""
    equipe, membre = _verrouiller_membre(membre)
    ancien = equipe.porteur
    if membre.porteur and droits.membre_de(acteur, equipe):
        return membre
    _exiger(droits.peut_transmettre(acteur, membre))
    ancien.porteur = False
    ancien.save(update_fields=["porteur"])
    membre.porteur = True
    membre.save(update_fields=["porteur"])
    finir_avec_le_portage(equipe, acteur=acteur)
    consigner("portage_transmis", equipe, acteur=acteur, de=ancien.pk, a=membre.pk)
    courriels.portage_transmis(equipe, ancien=ancien, nouveau=membre)
    return membre


# --- Les invitations -------------------------------------------------------------------------


@transaction.atomic
def inviter(membre: Membre, *, acteur: Compte) -> Invitation:
    """Envoie à ce membre son lien d'invitation. Une invitation encore valable est rendue telle quelle."""
    equipe, membre = _verrouiller_membre(membre)
    _exiger(droits.peut_inviter(acteur, equipe))
    ouverte = membre.invitations.ouvertes().first()
    if ouverte is not None and ouverte.etat == EtatInvitation.EN_COURS:
        return ouverte
    return _envoyer_invitation(membre, acteur=acteur, renvoi=False)


@transaction.atomic
def renvoyer_invitation(invitation: Invitation, *, acteur: Compte) -> Invitation:
    """Remplace cette invitation par une nouvelle, avec un nouveau lien et une nouvelle échéance.

    Si elle a déjà été remplacée (double clic), rend la remplaçante sans rien envoyer.
    """
    equipe, membre = _verrouiller_membre(invitation.membre)
    _exiger(droits.peut_inviter(acteur, equipe))
    ouverte = membre.invitations.ouvertes().first()
    if ouverte is not None and ouverte.pk != invitation.pk and ouverte.etat == EtatInvitation.EN_COURS:
        return ouverte
    return _envoyer_invitation(membre, acteur=acteur, renvoi=True)


@transaction.atomic
def revoquer_invitation(invitation: Invitation, *, acteur: Compte) -> Invitation:
    """Annule le lien et prévient la personne ; le membre redevient « à inviter »."""
    equipe, membre = _verrouiller_membre(invitation.membre)
    _exiger(droits.peut_inviter(acteur, equipe))
    invitation.refresh_from_db()
    if invitation.acceptee_le is not None:
        raise ErreurMetier(
            f"{membre} a déjà confirmé son appartenance : retirez-le de l’équipe si c’était une erreur."
        )
    if invitation.revoquee_le is None:
        _fermer_invitation(membre, acteur=acteur)
        membre.save(update_fields=["invite_le"])
        invitation.refresh_from_db()
        courriels.invitation_revoquee(invitation)
    return invitation


@transaction.atomic
def accepter_invitation(jeton: str, *, acteur: Compte) -> Membre:
    """Confirme l'appartenance par le lien reçu. Lève `InvitationInutilisable` ou `Refus`, avec la marche à suivre."""
    invitation = invitation_du_jeton(jeton)
    if invitation is None:
        raise InvitationInutilisable(None, MOTIFS[None])
    return _accepter(invitation, acteur=acteur)


@transaction.atomic
def confirmer_appartenance(membre: Membre, *, acteur: Compte) -> Membre:
    """Confirme en un clic, depuis « Mes équipes », l'invitation en cours adressée au compte connecté."""
    _, membre = _verrouiller_membre(membre)
    if membre.compte_id == acteur.pk and membre.est_confirme:
        return membre
    invitation = membre.invitations.ouvertes().first()
    if invitation is None:
        raise InvitationInutilisable(EtatInvitation.REVOQUEE, MOTIFS[EtatInvitation.REVOQUEE])
    return _accepter(invitation, acteur=acteur)


def invitation_du_jeton(jeton: str) -> Invitation | None:
    """L'invitation que ce jeton ouvre, dans quelque état qu'elle soit."""
    return (
        Invitation.objects.select_related("membre__equipe__implantation__region", "envoyee_par")
        .filter(jeton_empreinte=_empreinte(jeton))
        .first()
    )


MOTIFS: dict[EtatInvitation | None, str] = {
    None: "Ce lien d’invitation n’existe pas ou a été mal recopié. Ouvrez-le depuis le courriel reçu.",
    EtatInvitation.PERIMEE: "Ce lien d’invitation a dépassé sa date. Demandez au porteur de vous en renvoyer un.",
    EtatInvitation.REVOQUEE: (
        "Ce lien d’invitation a été annulé, ou remplacé par un plus récent. "
        "Ouvrez le dernier courriel reçu, ou demandez une nouvelle invitation au porteur."
    ),
    EtatInvitation.ACCEPTEE: "Cette invitation a déjà servi. Connectez-vous pour retrouver votre équipe.",
}


# --- Les accompagnateurs ---------------------------------------------------------------------


@transaction.atomic
def inviter_accompagnateur(
    equipe: Equipe,
    *,
    acteur: Compte,
    courriel: str,
    nom: str,
    fin: date,
    organisme: str = "",
    portee: str = Portee.LECTURE,
    debut: date | None = None,
) -> AccesAccompagnateur:
    """Ouvre l'équipe à une personne qui la conseille, pour une durée et une portée choisies."""
    equipe = _verrouiller(equipe)
    _exiger(droits.peut_inviter(acteur, equipe))
    courriel, nom, organisme = normaliser_courriel(courriel), " ".join(nom.split()), " ".join(organisme.split())
    debut = debut or timezone.localdate()
    if not courriel:
        raise SaisieRefusee("courriel", "Indiquez son adresse : elle lui servira à se connecter.")
    if not nom:
        raise SaisieRefusee("nom", "Indiquez le nom de la personne.")
    if fin < max(debut, timezone.localdate()):
        raise SaisieRefusee("fin", "Choisissez une date de fin à venir.")
    if (membre := equipe.membres.filter(sorti_le=None, courriel__iexact=courriel).first()) is not None:
        raise SaisieRefusee(
            "courriel", f"Cette adresse est celle de {membre}, membre de l’équipe : elle voit déjà tout."
        )
    deja = equipe.acces.filter(courriel__iexact=courriel, revoque_le=None, fin__gte=timezone.localdate()).first()
    if deja is not None and (deja.portee, deja.fin, deja.debut) == (portee, fin, debut):
        return deja
    if deja is not None:
        raise SaisieRefusee(
            "courriel",
            f"Cette adresse a déjà un accès jusqu’au {deja.fin:%d/%m/%Y} : révoquez-le avant d’en ouvrir un autre.",
        )
    acces = AccesAccompagnateur.objects.create(
        equipe=equipe,
        courriel=courriel,
        nom=nom,
        organisme=organisme,
        portee=portee,
        debut=debut,
        fin=fin,
        invite_par=acteur,
    )
    consigner("acces_ouvert", equipe, acteur=acteur, acces=acces.pk, portee=str(portee), fin=fin.isoformat())
    courriels.acces_ouvert(acces)
    return acces


@transaction.atomic
def revoquer_accompagnateur(acces: AccesAccompagnateur, *, acteur: Compte) -> AccesAccompagnateur:
    """Ferme l'accès tout de suite."""
    equipe = _verrouiller(acces.equipe)
    _exiger(droits.peut_inviter(acteur, equipe))
    acces.refresh_from_db()
    if acces.revoque_le is None:
        acces.revoque_le = timezone.now()
        acces.save(update_fields=["revoque_le"])
        consigner("acces_revoque", equipe, acteur=acteur, acces=acces.pk)
        courriels.acces_revoque(acces)
    return acces


def consigner_consultation(equipe: Equipe, *, acteur: Any, page: str) -> None:
    """Note au journal qu'un accompagnateur a ouvert `page` ; sans effet, ni transaction, pour les autres."""
    if droits.membre_de(acteur, equipe) is not None or (acces := droits.acces_de(acteur, equipe)) is None:
        return
    with transaction.atomic():
        if acces.compte_id is None:
            acces.compte = acteur
            acces.save(update_fields=["compte"])
        consigner(CONSULTATION, acces, acteur=acteur, page=page)


# --- Communs ---------------------------------------------------------------------------------


def _exiger(permission: Permission) -> None:
    if not permission:
        raise Refus(permission.motif)


def _verrouiller(equipe: Equipe) -> Equipe:
    """L'équipe relue sous verrou : deux gestes sur la même équipe passent l'un après l'autre."""
    return Equipe.objects.avec_membres().select_for_update(of=("self",)).get(pk=equipe.pk)


def _verrouiller_membre(membre: Membre) -> tuple[Equipe, Membre]:
    equipe = _verrouiller(membre.equipe)
    relu = next(m for m in equipe.membres.all() if m.pk == membre.pk)
    relu.equipe = equipe
    return equipe, relu


def _equipe_deja_creee(acteur: Compte, propre: dict[str, Any]) -> Equipe | None:
    # Comparé ici : SQLite ne rapproche pas « É » de « é ».
    for equipe in Equipe.objects.avec_membres().filter(cree_par=acteur, implantation=propre["implantation"]):
        seule = len(equipe.presents) == 1 and droits.membre_de(acteur, equipe) is not None
        if seule and equipe.nom.casefold() == propre["nom"].casefold():
            return equipe
    return None


def _refuser_doublon(equipe: Equipe, fiche: dict[str, Any], *, sauf: Membre | None = None) -> None:
    """Une adresse par personne, un RPPS par personne, parmi les membres présents."""
    for autre in equipe.presents:
        if sauf is not None and autre.pk == sauf.pk:
            continue
        if fiche["courriel"] and autre.courriel.lower() == fiche["courriel"]:
            raise SaisieRefusee(
                "courriel",
                f"Cette adresse est déjà celle de {autre} dans l’équipe. Chaque personne a la sienne : "
                "elle y reçoit ses codes et signe avec.",
            )
        if fiche["rpps"] and autre.rpps == fiche["rpps"]:
            raise SaisieRefusee("rpps", f"Ce numéro RPPS est déjà celui de {autre}, membre de l’équipe.")


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode("utf-8", "surrogatepass")).hexdigest()


def _fermer_invitation(membre: Membre, *, acteur: Compte) -> None:
    """Révoque l'invitation ouverte, s'il y en a une ; ne sauve pas le membre."""
    membre.invite_le = None
    for ouverte in membre.invitations.ouvertes():
        ouverte.revoquee_le = timezone.now()
        ouverte.save(update_fields=["revoquee_le"])
        consigner("invitation_revoquee", membre.equipe, acteur=acteur, membre=membre.pk, invitation=ouverte.pk)


def _envoyer_invitation(membre: Membre, *, acteur: Compte, renvoi: bool) -> Invitation:
    if not membre.est_present:
        raise ErreurMetier(f"{membre} a quitté l’équipe : ajoutez de nouveau cette personne pour l’inviter.")
    if membre.est_confirme:
        raise ErreurMetier(f"{membre} a déjà confirmé son appartenance.")
    if not membre.courriel:
        raise SaisieRefusee("courriel", f"Indiquez l’adresse de {membre} pour l’inviter.")
    maintenant = timezone.now()
    membre.invitations.ouvertes().update(revoquee_le=maintenant)
    jeton = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        membre=membre, courriel=membre.courriel, jeton_empreinte=_empreinte(jeton), envoyee_le=maintenant,
        envoyee_par=acteur, echeance=maintenant + courriels.duree_invitation(),
    )  # fmt: skip
    membre.invite_le = maintenant
    membre.save(update_fields=["invite_le"])
    sorte = "invitation_renvoyee" if renvoi else "invitation_envoyee"
    consigner(sorte, membre.equipe, acteur=acteur, membre=membre.pk, invitation=invitation.pk)
    courriels.invitation(invitation, jeton, renvoi=renvoi)
    return invitation


def _accepter(invitation: Invitation, *, acteur: Compte) -> Membre:
    equipe, membre = _verrouiller_membre(invitation.membre)
    invitation.refresh_from_db(fields=["acceptee_le", "revoquee_le", "echeance"])
    if invitation.etat == EtatInvitation.ACCEPTEE and membre.compte_id == acteur.pk and membre.est_confirme:
        return membre
    if invitation.etat != EtatInvitation.EN_COURS:
        raise InvitationInutilisable(invitation.etat, MOTIFS[invitation.etat])
    _exiger(droits.peut_accepter(acteur, invitation))
    if (autre := droits.membre_de(acteur, equipe)) is not None:
        raise Refus(f"Vous faites déjà partie de cette équipe, sous le nom de {autre}.")
    invitation.acceptee_le = membre.confirme_le = timezone.now()
    invitation.save(update_fields=["acceptee_le"])
    membre.compte, membre.courriel = acteur, acteur.courriel.lower()
    membre.save(update_fields=["compte", "courriel", "confirme_le"])
    nommer(acteur, prenom=membre.prenom, nom=membre.nom)
    consigner("appartenance_confirmee", equipe, acteur=acteur, membre=membre.pk)
    courriels.appartenance_confirmee(membre)
    return membre


def _faire_sortir(membre: Membre, *, acteur: Compte, changement: Changement, sorte: str) -> Membre:
    _exiger(droits.peut_changer_composition(acteur, membre.equipe, changement, membre))
    _fermer_invitation(membre, acteur=acteur)
    membre.sorti_le = max(timezone.localdate(), membre.entre_le)
    membre.save(update_fields=["sorti_le", "invite_le"])
    consigner(sorte, membre.equipe, acteur=acteur, membre=membre.pk)
    finir_avec_le_depart(membre, acteur=acteur)
    composition_changee(membre.equipe, acteur=acteur)
    courriels.depart(membre, acteur=acteur)
    return membre
