"""Réunir une séance, la changer, l'annuler, en convoquer une seconde faute de quorum."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from esperluette.commissions import courriels
from esperluette.commissions.actions.convocations import decommander, renvoyer
from esperluette.commissions.actions.deports import deduire_les_deports, reprendre_les_deports
from esperluette.commissions.actions.invitations import (
    annuler_l_invitation,
    inviter_le_porteur,
    mettre_a_jour_les_creneaux,
)
from esperluette.commissions.actions.ordre import prevenir_les_convoques, retirer
from esperluette.commissions.actions.outils import ChampRefuse, exiger, exiger_un_motif
from esperluette.commissions.contributions import QUORUMS
from esperluette.commissions.cycle import conclure, franchir_seance, verrouiller
from esperluette.commissions.droits import peut_composer, peut_preparer
from esperluette.commissions.enums import EtatDeSeance, Issue, Modalite
from esperluette.commissions.models import Instance, Point, Seance
from esperluette.commissions.regles import regles_de
from esperluette.commissions.valeurs import seance_en_base
from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.dossiers.cycle import franchir, poser_echeance
from esperluette.dossiers.enums import NatureEcheance
from esperluette.interlocuteurs.actions.fiches import historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.journal.actions import consigner

CHAMPS = (
    "date", "heure", "modalite", "lieu", "a_distance", "lien_visio", "depot_avant", "capacite", "publique",
)  # fmt: skip
# Ce que l'agenda d'un convoqué doit suivre ; et ce qui remet en cause sa réponse.
DANS_L_AGENDA = ("date", "heure", "modalite", "lieu", "a_distance", "lien_visio")
QUAND = ("date", "heure")


@transaction.atomic
def creer_seance(instance: Instance, *, acteur: Any, valeurs: Mapping[str, Any], fictive: bool = False) -> Seance:
    """Fixe une séance. Publique, elle paraît aussitôt au calendrier. Le même jour à la même heure : c'est la même."""
    exiger(peut_composer(acteur, instance))
    instance = (
        Instance.objects.select_for_update(of=("self",)).select_related("region", "departement").get(pk=instance.pk)
    )
    propres = _propres(valeurs)
    pareille = instance.seances.filter(date=propres["date"], heure=propres.get("heure"), actif=True)
    if existante := pareille.exclude(etat=EtatDeSeance.ANNULEE).first():
        return existante
    seance = Seance(
        region=instance.region,
        instance=instance,
        source_document=f"Calendrier de la {instance}, tenu par son secrétariat",
        source_date=timezone.localdate(),
        fictive=fictive,
        **propres,
    )
    _verifier(seance, nouvelle=True)
    seance.save()
    historiser(seance, GesteDeFiche.CREATION, {}, seance_en_base(seance), acteur)
    consigner("seance_creee", seance, acteur=acteur, instance=instance.pk, le=seance.date.isoformat())
    return seance


@transaction.atomic
def modifier_seance(seance: Seance, *, acteur: Any, valeurs: Mapping[str, Any], lue_le: Any = None) -> Seance:
    """Change une séance ; convoquée, chacun reçoit la mise à jour, et une nouvelle date efface les réponses.

    `lue_le` : `modifie_le` de la séance quand la personne a ouvert le formulaire ; Conflit si elle a changé depuis.
    """
    seance = verrouiller(seance)
    exiger(peut_composer(acteur, seance.instance))
    if not seance.en_preparation:
        raise ErreurMetier(f"Cette séance est {seance.etat_enum.label.lower()} : elle ne change plus.")
    if lue_le is not None and seance.modifie_le > lue_le:
        raise Conflit("Quelqu’un a modifié cette séance depuis que vous l’avez ouverte : relisez-la d’abord.")
    propres = _propres(valeurs)
    changes = [champ for champ in propres if propres[champ] != getattr(seance, champ)]
    if not changes:
        return seance
    avant = seance_en_base(seance)
    for champ in changes:
        setattr(seance, champ, propres[champ])
    _verifier(seance, nouvelle="date" in changes)
    agenda = seance.etat == EtatDeSeance.CONVOQUEE and any(c in DANS_L_AGENDA for c in changes)
    if agenda:
        seance.sequence += 1
    seance.save()
    historiser(seance, GesteDeFiche.MODIFICATION, avant, seance_en_base(seance), acteur)
    consigner("seance_modifiee", seance, acteur=acteur, champs=sorted(changes))
    quand = any(c in QUAND for c in changes)
    if agenda:
        renvoyer(seance, efface_les_reponses=quand)
        mettre_a_jour_les_creneaux(seance, tout=True)
    if "date" in changes:
        _prevenir_les_equipes(seance)
    return seance


def _propres(valeurs: Mapping[str, Any]) -> dict[str, Any]:
    propres = {champ: valeurs[champ] for champ in CHAMPS if champ in valeurs}
    if propres.get("modalite") == Modalite.VISIO:
        propres["a_distance"] = True
    elif propres.get("modalite") == Modalite.ECRITE:
        propres |= {"a_distance": False, "lien_visio": ""}
    return propres


def _verifier(seance: Seance, *, nouvelle: bool) -> None:
    if nouvelle and seance.date < timezone.localdate():
        raise ChampRefuse("Cette date est passée.", "date")
    if seance.depot_avant is not None and seance.depot_avant > seance.date:
        raise ChampRefuse("On dépose avant la séance, ou le jour même.", "depot_avant")


def _prevenir_les_equipes(seance: Seance) -> None:
    for point in seance.points.a_examiner().select_related("dossier__equipe"):
        poser_echeance(point.dossier, seance.date, NatureEcheance.SEANCE)
        courriels.a_l_equipe(point.dossier, "seance_deplacee", seance)


@transaction.atomic
def annuler_seance(seance: Seance, *, acteur: Any, motif: str, reporter_sur: Seance | None = None) -> Seance:
    """Annule une séance : convoqués, porteurs et équipes sont prévenus, les agendas s'effacent.

    Ses dossiers reviennent à l'instruction ; ou passent, dans le même ordre, à une autre séance de l'instance.
    Rejoué, sans effet.
    """
    seance = verrouiller(seance)
    if seance.etat == EtatDeSeance.ANNULEE:
        return seance
    motif = exiger_un_motif(motif, "Indiquez le motif : ceux que la séance concerne le liront.")
    vers = _vers(seance, reporter_sur)
    convoquee = seance.etat == EtatDeSeance.CONVOQUEE
    seance.sequence += 1
    seance.save(update_fields=["sequence"])
    points = list(seance.points.a_examiner().select_related("dossier__equipe", "seance__instance").order_by("ordre"))
    seance = franchir_seance(seance, "annuler", acteur=acteur, motif=motif, points=len(points))
    for point in points:
        if vers is None:
            dossier = franchir(point.dossier, "desinscrire", acteur=acteur, motif=f"Séance annulée : {motif}")
            retirer(point, f"Séance annulée : {motif}"[:2000], acteur=acteur)
            courriels.a_l_equipe(dossier, "dossier_retire_de_seance", seance)
        else:
            retirer(point, f"Séance annulée : {motif}"[:2000], acteur=acteur)
            copie = _recopier(point, vers, acteur)
            courriels.a_l_equipe(point.dossier, "seance_deplacee", vers)
            if vers.etat == EtatDeSeance.CONVOQUEE and copie.porteur_invite:
                inviter_le_porteur(copie)
    if vers is not None and points and vers.etat == EtatDeSeance.CONVOQUEE:
        prevenir_les_convoques(vers)
    if convoquee:
        decommander(seance)
    return seance


def _vers(seance: Seance, autre: Seance | None) -> Seance | None:
    if autre is None:
        return None
    autre = verrouiller(autre)
    if autre.pk == seance.pk or autre.instance_id != seance.instance_id or not autre.en_preparation:
        raise ChampRefuse("Choisissez une autre séance à venir de cette commission.", "reporter_sur")
    return autre


def _recopier(point: Point, vers: Seance, acteur: Any) -> Point:
    """Le même point, à la suite d'une autre séance ; le dossier reste inscrit."""
    copie = Point.objects.create(
        seance=vers,
        dossier=point.dossier,
        ordre=vers.points.a_l_ordre_du_jour().count() + 1,
        affaire=point.affaire,
        affaire_libelle=point.affaire_libelle,
        rapporteur=point.rapporteur,
        duree_minutes=point.duree_minutes,
        porteur_invite=point.porteur_invite,
        motif_hors_delai=point.motif_hors_delai,
        note=point.note,
        inscrit_par=acteur,
    )
    reprendre_les_deports(copie)
    deduire_les_deports(vers, points=[copie])
    poser_echeance(point.dossier, vers.date, NatureEcheance.SEANCE)
    consigner("point_inscrit", vers, acteur=acteur, point=copie.pk, dossier=point.dossier.reference)
    return copie


def peut_convoquer_de_nouveau(seance: Seance) -> Permission:
    """La séance s'est-elle ouverte sans quorum ? Il se lit chez qui tient la séance (`contributions.QUORUMS`)."""
    if seance.etat not in (EtatDeSeance.OUVERTE, EtatDeSeance.CLOSE):
        return non("Une seconde convocation suit une séance qui s’est ouverte sans quorum.")
    if not regles_de(seance.instance, seance.date).seconde_sans_quorum:
        return non("Les règles de cette commission ne prévoient pas de seconde convocation.")
    return next((reponse for manque in QUORUMS if not (reponse := manque(seance))), OUI)


@transaction.atomic
def convoquer_de_nouveau(seance: Seance, *, acteur: Any, valeurs: Mapping[str, Any]) -> Seance:
    """Faute de quorum : une seconde séance, sur le même ordre du jour, sans condition de quorum si la règle le dit.

    Reprend les points encore à examiner, leur ordre, leurs rapporteurs ; à convoquer ensuite comme toute séance.
    Rejoué, rend la seconde séance. Lève `ErreurMetier` si la première n'a pas été ouverte, ou s'il ne reste rien.
    """
    premiere = verrouiller(seance)
    exiger(peut_preparer(acteur, premiere.instance))
    if existante := Seance.objects.filter(seconde_de=premiere).first():
        return existante
    if not (permission := peut_convoquer_de_nouveau(premiere)):
        raise ErreurMetier(permission.motif)
    points = list(premiere.points.a_examiner().select_related("dossier__equipe").order_by("ordre", "pk"))
    if not points:
        raise ErreurMetier("Il ne reste aucun dossier à examiner.")
    seconde = creer_seance(premiere.instance, acteur=acteur, valeurs=valeurs, fictive=premiere.fictive)
    if seconde.points.exists() or seconde.seconde_de_id or seconde.pk == premiere.pk:
        raise ChampRefuse(
            "Une séance de cette commission est déjà prévue à cette date : choisissez-en une autre.", "date"
        )
    seconde.seconde_de = premiere
    seconde.save(update_fields=["seconde_de"])
    for point in points:
        conclure(point, Issue.REPORTE, acteur=acteur)
        annuler_l_invitation(point)
        _recopier(point, seconde, acteur)
        courriels.a_l_equipe(point.dossier, "seance_deplacee", seconde)
    consigner("seconde_convocation", premiere, acteur=acteur, seconde=seconde.pk, points=len(points))
    return seconde
