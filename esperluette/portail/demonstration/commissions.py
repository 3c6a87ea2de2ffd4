"""Les commissions de la démonstration : nommer, inscrire, convoquer, délibérer, décider, par les gestes des écrans."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from esperluette.commissions.actions import convoquer, creer_seance, deporter, inscrire, nommer, regler_le_point
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Instance, Point, Seance
from esperluette.comptes.actions import ouvrir_fonction
from esperluette.comptes.models import Compte
from esperluette.decisions.actions.depart import notifier
from esperluette.decisions.actions.preparation import preparer as preparer_la_decision
from esperluette.decisions.actions.preparation import signer, viser
from esperluette.decisions.lectures import empreinte_de
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.cloture import clore
from esperluette.deliberations.actions.lecture import enregistrer, rendre
from esperluette.deliberations.actions.seance import noter_presence, ouvrir
from esperluette.deliberations.enums import Mode
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.portail.demonstration.personnes import compte_de, organisme_de
from esperluette.portail.demonstration.scenario import (
    CommissionJouee,
    DecisionJouee,
    Membre,
    OrdreDuJourJoue,
    PointJoue,
    Scenario,
)

URGENCE = "Séance fictive, convoquée et tenue le jour où la démonstration s'est chargée."


@transaction.atomic
def sieger(scenario: Scenario, voulue: CommissionJouee) -> None:
    """Compose la commission, puis joue chaque séance dont les dossiers attendent encore d'être inscrits."""
    instance = (
        Instance.objects.select_related("region")
        .filter(region__cle=scenario.region, instance_edition=voulue.instance, departement=voulue.departement)
        .first()
    )
    if instance is None:
        return
    secretaire = compte_de(voulue.secretaire)
    ouvrir_fonction(
        secretaire, acteur=None, role="secretariat", organisme=organisme_de(scenario, instance.region),
        region=instance.region, departement=instance.departement, prevenir=False,
    )  # fmt: skip
    if not instance.sieges.filter(mandats__isnull=False).exists():
        for membre in voulue.membres:
            _nommer(instance, membre, secretaire)
    for seance in voulue.seances:
        _jouer(instance, seance, secretaire)


def _nommer(instance: Instance, membre: Membre, secretaire: Compte) -> None:
    compte_de(membre)
    nommer(
        instance.sieges.get(institution=membre.siege), acteur=secretaire, courriel=membre.courriel,
        titulaire=membre.titulaire, president=membre.president,
    )  # fmt: skip


def _jouer(instance: Instance, voulue: OrdreDuJourJoue, secretaire: Compte) -> None:
    """Rien, si l'un des dossiers est déjà passé par une séance, ou n'est plus en instruction."""
    dossiers = [d for point in voulue.points if (d := _a_inscrire(point)) is not None]
    if len(dossiers) < len(voulue.points):
        return
    seance = _seance(instance, voulue, secretaire)
    if seance is None:
        return
    points: dict[str, Point] = {}
    for joue, dossier in zip(voulue.points, dossiers, strict=True):
        point = inscrire(dossier, seance, acteur=secretaire)
        points[joue.equipe] = regler_le_point(
            point, acteur=secretaire, rapporteur=Compte.objects.filter(courriel=joue.rapporteur).first(),
            duree_minutes=joue.duree, porteur_invite=point.porteur_invite,
        )  # fmt: skip
    seance = convoquer(seance, acteur=secretaire, urgence=URGENCE)
    for deport in voulue.deports:
        membre = Compte.objects.get(courriel=deport.membre)
        deporter(_relu(points[deport.equipe]), membre, acteur=membre, motif=deport.motif)
    for avis in voulue.avis_ecrits:
        membre, point = Compte.objects.get(courriel=avis.membre), _relu(points[avis.equipe])
        enregistrer(point, "avis_propose", avis.avis, version_lue=0, acteur=membre)
        enregistrer(point, "texte", avis.texte, version_lue=0, acteur=membre)
        rendre(point, acteur=membre)
    if voulue.tenue:
        _tenir(seance, voulue, points, secretaire)


def _a_inscrire(point: PointJoue) -> Dossier | None:
    """Le dossier de ce point, s'il attend encore sa première séance."""
    dossiers = Dossier.objects.filter(equipe__fictive=True, equipe__nom=point.equipe, demarche=point.demarche)
    return dossiers.filter(etat=Etat.EN_INSTRUCTION, points=None).select_related("equipe").first()


def _relu(point: Point) -> Point:
    return Point.objects.select_related("seance__instance", "dossier").get(pk=point.pk)


def _seance(instance: Instance, voulue: OrdreDuJourJoue, secretaire: Compte) -> Seance | None:
    """La prochaine séance fictive annoncée ; ou, si elle s'est tenue, une séance d'aujourd'hui."""
    if voulue.tenue:
        valeurs = {"date": timezone.localdate(), "lieu": "Salle de la démonstration (séance fictive)"}
        return creer_seance(instance, acteur=secretaire, valeurs=valeurs, fictive=True)
    annoncees = Seance.objects.filter(instance=instance, fictive=True, etat=EtatDeSeance.PREVUE)
    return annoncees.filter(date__gt=timezone.localdate()).order_by("date").first()


def _tenir(seance: Seance, voulue: OrdreDuJourJoue, points: dict[str, Point], secretaire: Compte) -> None:
    """Ouvre, note les présences, rend chaque avis, clôt ; puis l'ARS décide."""
    seance = ouvrir(seance, acteur=secretaire)
    for convocation in seance.convocations.select_related("siege", "compte"):
        mode = Mode.ABSENT if convocation.compte.courriel in voulue.absents else Mode.PRESENT
        noter_presence(seance, convocation.siege, convocation.compte, mode, acteur=secretaire)
    for joue in voulue.points:
        _deliberer(_relu(points[joue.equipe]), joue, secretaire)
    clore(seance, acteur=secretaire)
    for joue in voulue.points:
        if joue.decision:
            _decider(_relu(points[joue.equipe]).dossier, joue.decision)


def _deliberer(point: Point, joue: PointJoue, secretaire: Compte) -> None:
    for reserve in joue.reserves:
        cle, avant_le = uuid.uuid4(), timezone.localdate() + timedelta(days=reserve.sous_jours)
        for champ, valeur in (
            ("texte", reserve.texte), ("responsable", reserve.responsable), ("avant_le", f"{avant_le:%d/%m/%Y}"),
        ):  # fmt: skip
            sur_le_point.saisir_reserve(point, cle, champ, valeur, version_lue=0, acteur=secretaire)
    sur_le_point.preparer(point, "avis", joue.avis, version_lue=0, acteur=secretaire)
    sur_le_point.preparer(point, "motif", joue.motif, version_lue=0, acteur=secretaire)
    sur_le_point.rendre_avis(point, acteur=secretaire)


def _decider(dossier: Dossier, voulue: DecisionJouee) -> None:
    """Prépare la décision ; l'autorité la signe et l'agent la notifie, si le scénario va jusque-là."""
    agent = Compte.objects.get(courriel=voulue.preparee_par)
    decision = preparer_la_decision(
        dossier, acteur=agent, sens=voulue.sens, motif=voulue.motif, reserves=voulue.reserves
    )
    if voulue.visee_par:
        relecteur = Compte.objects.get(courriel=voulue.visee_par)
        decision = viser(decision, acteur=relecteur, version=decision.version)
    if voulue.signee_par:
        autorite = Compte.objects.get(courriel=voulue.signee_par)
        decision = signer(decision, acteur=autorite, empreinte=empreinte_de(decision), qualite=voulue.qualite)
        notifier(decision, acteur=agent)
