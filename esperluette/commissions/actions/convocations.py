"""Convoquer, compléter, relancer ; voir sa convocation et y répondre."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions import courriels
from esperluette.commissions.actions.deports import deduire_les_deports
from esperluette.commissions.actions.invitations import inviter_le_porteur
from esperluette.commissions.actions.outils import ChampRefuse, exiger, exiger_un_motif
from esperluette.commissions.cycle import GardeDeSeance, franchir_seance, pas_passee, verrouiller
from esperluette.commissions.droits import peut_preparer
from esperluette.commissions.enums import EtatDeSeance, ReponseDeConvocation
from esperluette.commissions.models import Convocation, MandatDeSiege, Seance
from esperluette.commissions.regles import Regles, regles_de
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.journal.actions import consigner


def en_urgence(seance: Seance, regles: Regles, le: date | None = None) -> bool:
    """Vrai s'il reste moins de jours que la règle n'en demande avant la séance."""
    return (seance.date - (le or timezone.localdate())).days < regles.convocation_jours


@transaction.atomic
def convoquer(seance: Seance, *, acteur: Any, urgence: str = "") -> Seance:
    """Convoque les membres en mandat le jour de la séance, avec l'invitation d'agenda, et invite les porteurs.

    Moins de jours que la règle : il faut motiver l'urgence (`ChampRefuse`). Un ordre du jour vide, ou personne à
    convoquer : `GardeDeSeance`. Rejoué sur une séance convoquée, n'envoie rien de plus.
    """
    seance = verrouiller(seance)
    exiger(peut_preparer(acteur, seance.instance))
    if seance.etat == EtatDeSeance.CONVOQUEE:
        return seance
    if not (permission := pas_passee(seance, acteur)):
        raise GardeDeSeance(permission.motif)
    points = list(seance.points.a_l_ordre_du_jour().select_related("dossier__equipe", "seance__instance"))
    if not points:
        raise GardeDeSeance("L’ordre du jour est vide : inscrivez au moins un dossier.")
    mandats = list(_mandats(seance))
    if not mandats:
        raise GardeDeSeance("Personne ne siège à cette commission : complétez d’abord sa composition.")
    regles = regles_de(seance.instance, seance.date)
    if en_urgence(seance, regles):
        urgence = exiger_un_motif(
            urgence,
            f"Moins de {regles.convocation_jours} jours avant la séance : dites pourquoi c’est urgent.",
            "urgence",
        )
    else:
        urgence = ""
    seance = franchir_seance(seance, "convoquer", acteur=acteur, membres=len(mandats), urgence=bool(urgence))
    if seance.urgence != urgence:
        seance.urgence = urgence
        seance.save(update_fields=["urgence"])
    _envoyer(seance, mandats)
    deduire_les_deports(seance)
    for point in points:
        if point.porteur_invite:
            point.seance = seance
            inviter_le_porteur(point)
    return seance


@transaction.atomic
def completer_les_convocations(seance: Seance, *, acteur: Any) -> int:
    """Convoque ceux qui ont reçu leur mandat depuis l'envoi ; rend leur nombre."""
    seance = verrouiller(seance)
    exiger(peut_preparer(acteur, seance.instance))
    if seance.etat not in (EtatDeSeance.CONVOQUEE, EtatDeSeance.OUVERTE):
        raise ErreurMetier("Cette séance n’est pas convoquée.")
    deja = set(Convocation.objects.filter(seance=seance, retiree_le=None).values_list("compte_id", flat=True))
    nouveaux = [m for m in _mandats(seance) if m.compte_id not in deja]
    if nouveaux:
        _envoyer(seance, nouveaux)
        deduire_les_deports(seance)
        consigner("convocations_completees", seance, acteur=acteur, membres=len(nouveaux))
    return len(nouveaux)


def a_convoquer(seance: Seance) -> list[MandatDeSiege]:
    """Ceux que l'envoi convoquera, dans l'ordre des sièges. Une requête."""
    return list(_mandats(seance))


def _mandats(seance: Seance) -> Iterable[MandatDeSiege]:
    return (
        MandatDeSiege.objects.en_cours(seance.date)
        .filter(siege__instance=seance.instance_id, compte__is_active=True)
        .select_related("compte", "siege")
        .order_by("siege__ordre", "-titulaire", "pk")
    )


def _envoyer(seance: Seance, mandats: Iterable[MandatDeSiege]) -> None:
    for mandat in mandats:
        envoi, _ = Convocation.objects.update_or_create(
            seance=seance,
            compte=mandat.compte,
            defaults={
                "siege": mandat.siege,
                "titulaire": mandat.titulaire,
                "president": mandat.president,
                "envoyee_le": timezone.now(),
                "sequence": seance.sequence,
                "retiree_le": None,
            },
        )
        courriels.convocation(envoi)


@transaction.atomic
def renvoyer(seance: Seance, *, efface_les_reponses: bool) -> None:
    """La séance a changé : chacun reçoit la mise à jour de son rendez-vous. Dans la transaction de l'appelant."""
    for envoi in _en_cours(seance):
        envoi.sequence, envoi.envoyee_le = seance.sequence, timezone.now()
        if efface_les_reponses:
            envoi.reponse, envoi.repondue_le, envoi.mandataire = ReponseDeConvocation.ATTENDUE, None, None
        envoi.save(update_fields=["sequence", "envoyee_le", "reponse", "repondue_le", "mandataire"])
        courriels.convocation(envoi, "convocation_modifiee")


def decommander(seance: Seance) -> None:
    """La séance est annulée : chaque agenda efface le rendez-vous. Dans la transaction de l'appelant."""
    for envoi in _en_cours(seance):
        envoi.sequence = seance.sequence
        envoi.save(update_fields=["sequence"])
        courriels.convocation_annulee(envoi)


def _en_cours(seance: Seance) -> list[Convocation]:
    envois = Convocation.objects.filter(seance=seance, retiree_le=None, envoyee_le__isnull=False)
    return list(envois.select_related("compte", "siege", "seance__instance__departement"))


@transaction.atomic
def relancer(seance: Seance, *, acteur: Any) -> int:
    """Rappelle leur convocation à ceux qui n'ont pas répondu, une fois par jour au plus ; rend leur nombre."""
    seance = verrouiller(seance)
    exiger(peut_preparer(acteur, seance.instance))
    if seance.etat != EtatDeSeance.CONVOQUEE:
        raise ErreurMetier("Cette séance n’attend pas de réponse.")
    aujourd_hui = timezone.localdate()
    muets = [
        e for e in _en_cours(seance)
        if not e.reponse and (e.relancee_le is None or timezone.localdate(e.relancee_le) < aujourd_hui)
    ]  # fmt: skip
    for envoi in muets:
        envoi.relancee_le = timezone.now()
        envoi.save(update_fields=["relancee_le"])
        courriels.convocation(envoi, "convocation_relance")
    if muets:
        consigner("convocations_relancees", seance, acteur=acteur, membres=len(muets))
    return len(muets)


def marquer_vue(convocation: Convocation) -> None:
    """La première fois que le membre ouvre sa convocation."""
    Convocation.objects.filter(pk=convocation.pk, vue_le=None).update(vue_le=timezone.now())


@transaction.atomic
def repondre(convocation: Convocation, *, acteur: Any, reponse: str, mandataire: Compte | None = None) -> Convocation:
    """Le membre dit s'il vient, s'excuse, ou à qui il donne mandat (un membre convoqué, titulaire d'un autre siège).

    La réponse se change jusqu'à la clôture. Le mandat donné n'est qu'une intention : la séance l'enregistre.
    """
    if acteur is None or convocation.compte_id != acteur.pk:
        raise Refus("On ne répond qu’à sa propre convocation.")
    convocation = (
        Convocation.objects.select_for_update(of=("self",)).select_related("seance", "siege").get(pk=convocation.pk)
    )
    if convocation.retiree_le is not None or convocation.seance.etat not in EtatDeSeance.ACTIVES:
        raise ErreurMetier("Cette convocation n’attend plus de réponse.")
    if reponse not in ReponseDeConvocation.values or not reponse:
        raise ChampRefuse("Choisissez une réponse.", "reponse")
    if reponse != ReponseDeConvocation.POUVOIR:
        mandataire = None
    elif mandataire is None or mandataire.pk not in mandataires_possibles(convocation):
        raise ChampRefuse("Choisissez à qui vous donnez mandat : un membre convoqué, d’un autre siège.", "mandataire")
    convocation.reponse, convocation.mandataire, convocation.repondue_le = reponse, mandataire, timezone.now()
    convocation.save(update_fields=["reponse", "mandataire", "repondue_le"])
    consigner("convocation_repondue", convocation.seance, acteur=acteur, convocation=convocation.pk, reponse=reponse)
    return convocation


def mandataires_possibles(convocation: Convocation) -> dict[int, str]:
    """Les autres membres votants convoqués, d'un autre siège, qui ne se sont pas excusés. Une requête."""
    if not convocation.siege.votant:
        return {}
    autres = (
        Convocation.objects.filter(seance=convocation.seance_id, retiree_le=None, siege__votant=True)
        .exclude(siege=convocation.siege_id)
        .exclude(reponse__in=[ReponseDeConvocation.EXCUSE, ReponseDeConvocation.POUVOIR])
        .select_related("compte", "siege")
        .order_by("siege__ordre", "pk")
    )
    return {c.compte_id: f"{c.compte} ({c.siege})" for c in autres}
