"""La réunion sur site : la prévoir, la déplacer, l'annuler, dire qu'elle s'est tenue et ce qu'on en retient."""

from datetime import date, time
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import marquer_un_mouvement
from esperluette.dossiers.droits import peut_instruire
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.models import Dossier
from esperluette.fichiers.actions import enregistrer
from esperluette.fichiers.models import Fichier
from esperluette.instruction.models_fiche import PieceDeReunion, ReunionSurSite
from esperluette.instruction.reunions_ics import piece_d_agenda
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer
from esperluette.referentiel.lecture import editions

LONGUEUR = 10_000  # caractères d'un compte rendu


class SaisieRefusee(ErreurMetier):
    """Une saisie ne convient pas : `champ` dit laquelle, pour que l'erreur se montre à côté."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ


def peut_organiser(compte: Any, dossier: Dossier) -> Permission:
    """Prévoir et raconter une réunion : l'agent du périmètre, tant que le dossier est ouvert."""
    if dossier.etat in Etat.CLOS:
        return non("Ce dossier est clos : on n’y prévoit plus de réunion.")
    return peut_instruire(compte, dossier)


def est_exigee(dossier: Dossier) -> bool:
    """La commission de cette démarche demande-t-elle une réunion sur site, d'après l'édition du dossier ?"""
    demarche = demarche_de(dossier)
    return bool(demarche.instance) and edition_de(dossier).instance(demarche.instance or "").reunion_sur_site


def reunions_de(dossier: Dossier) -> list[ReunionSurSite]:
    """Les réunions du dossier, la plus récente d'abord, avec leurs pièces ; deux requêtes au plus."""
    return list(dossier.reunions.select_related("saisie_par").prefetch_related("pieces__fichier"))


def dossiers_du_fichier(fichier: Fichier) -> list[Dossier]:
    """Les dossiers dont une réunion porte ce fichier."""
    return list(Dossier.objects.filter(reunions__pieces__fichier=fichier).select_related("equipe__implantation"))


def prochaine(dossier: Dossier) -> ReunionSurSite | None:
    """La réunion prévue, ni tenue ni annulée."""
    return dossier.reunions.filter(tenue_le=None, annulee_le=None).first()


def reunion_tenue(dossier: Dossier, _compte: Any) -> Permission:
    """Inscrire à une séance : la réunion sur site a eu lieu, si l'édition l'exige."""
    if not est_exigee(dossier) or dossier.reunions.filter(tenue_le__isnull=False).exists():
        return OUI
    prevue = prochaine(dossier)
    if prevue is None:
        return non(
            "Une réunion sur site précède la commission : prévoyez-la dans l’onglet « Réunion », "
            "puis dites qu’elle s’est tenue."
        )
    return non(
        f"La réunion sur site est prévue le {prevue.prevue_le:%d/%m/%Y} : "
        "dites dans l’onglet « Réunion » qu’elle s’est tenue."
    )


def sans_reunion() -> Q:
    """Les dossiers que la réunion sur site empêche encore d'inscrire ; sans requête."""
    exigeantes = Q(pk__in=[])
    for edition in editions():
        instances = {i.id for i in edition.instances if i.reunion_sur_site}
        if demarches := [d.id for d in edition.demarches if d.instance in instances]:
            exigeantes |= Q(region=edition.region, edition=edition.numero, demarche__in=demarches)
    tenues = ReunionSurSite.objects.filter(tenue_le__isnull=False)
    return exigeantes & ~Q(pk__in=tenues.values("dossier_id"))


@transaction.atomic
def prevoir(
    dossier: Dossier, *, acteur: Compte, prevue_le: date, lieu: str, heure: time | None = None, participants: str = ""
) -> ReunionSurSite:
    """Prévoit la réunion, ou déplace celle qui l'est déjà ; l'équipe reçoit l'invitation. Rejoué, sans effet.

    Lève `Refus` (hors du périmètre, dossier clos) ou `ErreurMetier` (jour passé, lieu vide).
    """
    dossier = _verrouiller(dossier, acteur)
    if prevue_le < timezone.localdate():
        raise SaisieRefusee("prevue_le", "Ce jour est passé : si la réunion a eu lieu, dites qu’elle s’est tenue.")
    champs = {"prevue_le": prevue_le, "heure": heure, "lieu": _propre(lieu), "participants": _propre(participants)}
    if not champs["lieu"]:
        raise SaisieRefusee("lieu", "Dites où la réunion se tient.")
    reunion = prochaine(dossier)
    if reunion is None:
        reunion = ReunionSurSite(dossier=dossier, saisie_par=acteur, **champs)
        sorte = "reunion_prevue"
    elif all(getattr(reunion, nom) == valeur for nom, valeur in champs.items()):
        return reunion
    else:
        for nom, valeur in champs.items():
            setattr(reunion, nom, valeur)
        reunion.sequence += 1
        sorte = "reunion_deplacee"
    _ecrire(reunion)
    consigner(sorte, dossier, acteur=acteur, reunion=reunion.pk, jour=f"{prevue_le:%d/%m/%Y}")
    _prevenir(reunion, "instruction/reunion_prevue", deplacee=sorte == "reunion_deplacee")
    return reunion


@transaction.atomic
def tenir(
    dossier: Dossier, *, acteur: Compte, tenue_le: date, lieu: str, participants: str = "", compte_rendu: str = ""
) -> ReunionSurSite:
    """La réunion a eu lieu : celle qui était prévue, ou une réunion qu'on n'avait pas annoncée. Rejoué, sans effet.

    Lève `Refus`, ou `ErreurMetier` (jour à venir, lieu vide, compte rendu trop long).
    """
    dossier = _verrouiller(dossier, acteur)
    if tenue_le > timezone.localdate():
        raise SaisieRefusee(
            "tenue_le", "Ce jour n’est pas encore venu : prévoyez la réunion, puis dites qu’elle s’est tenue."
        )
    champs = {"lieu": _propre(lieu), "participants": _propre(participants), "compte_rendu": _propre(compte_rendu)}
    if not champs["lieu"]:
        raise SaisieRefusee("lieu", "Dites où la réunion s’est tenue.")
    deja = dossier.reunions.filter(tenue_le=tenue_le).first()
    if deja is not None and all(getattr(deja, nom) == valeur for nom, valeur in champs.items()):
        return deja
    reunion = prochaine(dossier) or ReunionSurSite(dossier=dossier, saisie_par=acteur, prevue_le=tenue_le)
    reunion.tenue_le = tenue_le
    for nom, valeur in champs.items():
        setattr(reunion, nom, valeur)
    _ecrire(reunion)
    consigner("reunion_tenue", dossier, acteur=acteur, reunion=reunion.pk, jour=f"{tenue_le:%d/%m/%Y}")
    _prevenir(reunion, "instruction/reunion_tenue")
    return reunion


@transaction.atomic
def rediger_compte_rendu(reunion: ReunionSurSite, *, acteur: Compte, texte: str, participants: str) -> ReunionSurSite:
    """Complète le compte rendu d'une réunion tenue. Rejoué, sans effet. Lève `Refus` ou `ErreurMetier`."""
    dossier = _verrouiller(reunion.dossier, acteur)
    reunion = dossier.reunions.select_for_update().get(pk=reunion.pk)
    if reunion.tenue_le is None:
        raise ErreurMetier("Dites d’abord que la réunion s’est tenue.")
    texte, participants = _propre(texte), _propre(participants)
    if (reunion.compte_rendu, reunion.participants) == (texte, participants):
        return reunion
    reunion.compte_rendu, reunion.participants = texte, participants
    _ecrire(reunion)
    consigner("reunion_compte_rendu", dossier, acteur=acteur, reunion=reunion.pk)
    return reunion


@transaction.atomic
def annuler(reunion: ReunionSurSite, *, acteur: Compte) -> ReunionSurSite:
    """Annule une réunion prévue ; l'équipe en est prévenue. Rejoué, sans effet. Lève `Refus` ou `ErreurMetier`."""
    dossier = _verrouiller(reunion.dossier, acteur)
    reunion = dossier.reunions.select_for_update().get(pk=reunion.pk)
    if reunion.annulee_le is not None:
        return reunion
    if reunion.tenue_le is not None:
        raise ErreurMetier("Cette réunion s’est tenue : elle ne s’annule plus.")
    reunion.annulee_le = timezone.now()
    reunion.sequence += 1
    _ecrire(reunion)
    consigner("reunion_annulee", dossier, acteur=acteur, reunion=reunion.pk)
    _prevenir(reunion, "instruction/reunion_annulee")
    return reunion


@transaction.atomic
def joindre(reunion: ReunionSurSite, upload: Any, *, acteur: Compte) -> PieceDeReunion:
    """Joint un document à la réunion ; deux fois le même, une seule pièce. Lève `Refus` ou `FichierRefuse`."""
    dossier = _verrouiller(reunion.dossier, acteur)
    fichier = enregistrer(upload, acteur=acteur)
    deja = reunion.pieces.filter(fichier__empreinte=fichier.empreinte).first()
    if deja is not None:
        return deja
    piece = PieceDeReunion.objects.create(reunion=reunion, fichier=fichier, jointe_par=acteur)
    consigner("reunion_piece_jointe", dossier, acteur=acteur, reunion=reunion.pk, piece=piece.pk)
    return piece


def _verrouiller(dossier: Dossier, acteur: Compte) -> Dossier:
    """Le dossier à jour, verrouillé, si l'agent peut y organiser une réunion ; lève `Refus` sinon."""
    dossiers = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation")
    dossier = dossiers.get(pk=dossier.pk)
    permission = peut_organiser(acteur, dossier)
    if not permission:
        raise Refus(permission.motif)
    return dossier


def _ecrire(reunion: ReunionSurSite) -> None:
    try:
        with transaction.atomic():
            reunion.save()
    except IntegrityError as erreur:
        raise Conflit("Une réunion vient d’être prévue pour ce dossier : rechargez la page.") from erreur
    marquer_un_mouvement(reunion.dossier)


def _propre(texte: str) -> str:
    texte = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(texte) > LONGUEUR:
        raise ErreurMetier(f"Ce texte est trop long : {len(texte)} caractères, {LONGUEUR} au plus.")
    return texte


def _prevenir(reunion: ReunionSurSite, gabarit: str, **contexte: object) -> None:
    """À chaque membre de l'équipe : un fait, un lien vers la réunion et son invitation d'agenda."""
    dossier = reunion.dossier
    lien = settings.ADRESSE_PUBLIQUE + reverse("preparation:reunion", args=[dossier.reference])
    agenda = () if reunion.tenue_le else (piece_d_agenda(reunion),)
    for membre in dossier.equipe.membres.confirmes().select_related("compte"):
        envoyer(
            gabarit,
            a=membre.compte or membre.courriel,
            objet_lie=dossier,
            contexte={"dossier": dossier, "equipe": dossier.equipe, "reunion": reunion, "lien": lien, **contexte},
            pieces=agenda,
        )
