"""Ce que le secrétariat voit d'une séance : l'ordre du jour, les convocations, ce qui reste à faire."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions import droits
from esperluette.commissions.enums import EtatDeSeance, Issue, Niveau, ReponseDeConvocation
from esperluette.commissions.horaires import duree_totale, en_mots, heures_de_passage
from esperluette.commissions.lectures import points_consultes
from esperluette.commissions.models import Convocation, Deport, Instance, MandatDeSiege, Point, Seance, Siege
from esperluette.commissions.regles import Regles, regles_de
from esperluette.comptes.lectures import fonctions_actives, perimetre
from esperluette.comptes.models import Compte


@dataclass(frozen=True, slots=True)
class LigneDuJour:
    """Un point tel qu'il s'affiche : son heure, ses déports. `masque` : on tait de quelle équipe il s'agit."""

    point: Point
    heure: datetime | None
    deports: list[Deport] = field(default_factory=list)
    premier: bool = False
    dernier: bool = False
    masque: bool = False


def ordre_du_jour(seance: Seance, compte: Any) -> list[LigneDuJour]:
    """Les points dans l'ordre, avec leur heure et leurs déports. Deux requêtes, quel qu'en soit le nombre.

    Ceux que ce compte n'a pas à connaître gardent leur rang et leur heure, sans rien dire du dossier.
    """
    points = list(
        seance.points.a_l_ordre_du_jour()
        .annotate(ouvert=ouvert_si(points_consultes(compte, seance.instance)))
        .select_related("dossier__equipe__implantation__departement", "rapporteur")
        .prefetch_related(Prefetch("deports", Deport.objects.en_vigueur().select_related("compte")))
    )
    heures = heures_de_passage(seance, points)
    return [
        LigneDuJour(p, heures.get(p.pk), list(p.deports.all()), i == 0, i == len(points) - 1, masque=not p.ouvert)
        for i, p in enumerate(points)
    ]


def ouvert_si(condition: Q) -> Case:
    """De quoi annoter chaque point d'un oui ou d'un non, dans la requête qui le lit."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class SiegeCompose:
    """Un siège et ceux qui le tiennent ce jour-là."""

    siege: Siege
    mandats: list[MandatDeSiege]

    @property
    def vacant(self) -> bool:
        """Personne ne tient ce siège comme titulaire."""
        return not any(m.titulaire for m in self.mandats)


def composition(instance: Instance, le: Any = None) -> list[SiegeCompose]:
    """Les sièges en service et leurs mandats ce jour-là (aujourd'hui par défaut). Deux requêtes."""
    par_siege: dict[int, list[MandatDeSiege]] = defaultdict(list)
    mandats = MandatDeSiege.objects.en_cours(le).filter(siege__instance=instance).select_related("compte")
    for mandat in mandats.order_by("-titulaire", "pk"):
        par_siege[mandat.siege_id].append(mandat)
    sieges = Siege.objects.filter(instance=instance, actif=True).order_by("ordre", "pk")
    return [SiegeCompose(siege, par_siege[siege.pk]) for siege in sieges]


def histoire_des_mandats(instance: Instance) -> QuerySet[MandatDeSiege]:
    """Tous les mandats, du plus récent au plus ancien. Une requête."""
    mandats = MandatDeSiege.objects.filter(siege__instance=instance).select_related("siege", "compte")
    return mandats.order_by("-debut", "siege__ordre", "pk")


@dataclass(frozen=True, slots=True)
class Etape:
    """Une chose à faire avant la séance, faite ou non. `bloquante` : sans elle, on ne convoque pas."""

    libelle: str
    faite: bool
    detail: str
    lien: str = ""
    bloquante: bool = False


def a_faire(seance: Seance, lignes: Sequence[LigneDuJour], convocations: Sequence[Convocation]) -> list[Etape]:
    """La liste de préparation d'une séance, dans l'ordre où l'on s'y prend. Deux requêtes au plus."""
    regles = regles_de(seance.instance, seance.date)
    lien = reverse("commissions:seance", args=[seance.pk])
    sieges = composition(seance.instance, seance.date)
    vacants = [s.siege.libelle for s in sieges if s.vacant]
    sans = sum(ligne.point.rapporteur_id is None for ligne in lignes)
    convoquee = seance.etat not in (EtatDeSeance.PREVUE, EtatDeSeance.ANNULEE)
    muets = sum(not c.reponse for c in convocations)
    return [
        Etape(
            "Composition",
            bool(sieges) and not vacants,
            _vacants(sieges, vacants),
            reverse("commissions:composition", args=[seance.instance_id]),
            bloquante=True,
        ),
        Etape("Heure et lieu", bool(seance.heure and _ou_est_dit(seance)), _ou(seance), f"{lien}modifier/"),
        Etape("Ordre du jour", bool(lignes), _ordre(seance, lignes), f"{lien}#ordre-du-jour", bloquante=True),
        Etape(
            "Rapporteurs",
            bool(lignes) and not sans,
            _rapporteurs(lignes, sans),
            f"{lien}#ordre-du-jour",
        ),
        Etape(
            "Convocations",
            convoquee,
            _convocations(seance, regles, len(convocations), muets),
            f"{lien}#convocations" if convoquee else f"{lien}convoquer/",
        ),
    ]


def _rapporteurs(lignes: Sequence[LigneDuJour], sans: int) -> str:
    if not lignes:
        return "À choisir une fois les dossiers inscrits."
    return f"{sans} dossier{_s(sans)} sans rapporteur." if sans else "Chaque dossier a son rapporteur."


def _vacants(sieges: Sequence[SiegeCompose], vacants: Sequence[str]) -> str:
    if not sieges:
        return "Aucun siège : ajoutez-les."
    if not vacants:
        return f"{len(sieges)} sièges, chacun a son titulaire."
    return f"{len(vacants)} siège{_s(len(vacants))} sans titulaire : {', '.join(vacants)}."


def _ou_est_dit(seance: Seance) -> bool:
    if seance.modalite == "visio":
        return bool(seance.lien_visio)
    return bool(seance.lieu) or seance.modalite == "ecrite"


def _ou(seance: Seance) -> str:
    manques = [] if seance.heure else ["l’heure"]
    if not _ou_est_dit(seance):
        manques.append("le lien de visioconférence" if seance.modalite == "visio" else "le lieu")
    return f"À préciser : {' et '.join(manques)}." if manques else "Fixés."


def _ordre(seance: Seance, lignes: Sequence[LigneDuJour]) -> str:
    if not lignes:
        return "Aucun dossier inscrit."
    duree = en_mots(duree_totale(ligne.point for ligne in lignes))
    texte = f"{len(lignes)} dossier{_s(len(lignes))}, {duree}."
    if seance.capacite and len(lignes) > seance.capacite:
        texte += f" C’est plus que les {seance.capacite} prévus."
    return texte


def _convocations(seance: Seance, regles: Regles, nombre: int, muets: int) -> str:
    if seance.convoquee_le is not None:
        return f"{nombre} envoyée{_s(nombre)}, {muets} sans réponse." if nombre else "Envoyées."
    limite = seance.date - timedelta(days=regles.convocation_jours)
    reste = (limite - timezone.localdate()).days
    if reste < 0:
        return f"Le délai de {regles.convocation_jours} jours est passé : il faudra motiver l’urgence."
    quand = "aujourd’hui" if reste == 0 else f"au plus tard le {limite:%d/%m/%Y}"
    return f"À envoyer {quand} ({regles.convocation_jours} jours avant)."


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""


def convocations_de(seance: Seance) -> list[Convocation]:
    """Les convocations en vigueur, dans l'ordre des sièges. Une requête."""
    return list(
        Convocation.objects.filter(seance=seance, retiree_le=None)
        .select_related("compte", "siege", "mandataire")
        .order_by("siege__ordre", "-titulaire", "pk")
    )


def oublies(seance: Seance, convocations: Sequence[Convocation]) -> list[MandatDeSiege]:
    """Ceux qui ont reçu leur mandat après l'envoi des convocations. Une requête."""
    deja = {c.compte_id for c in convocations}
    mandats = MandatDeSiege.objects.en_cours(seance.date).filter(
        siege__instance=seance.instance_id, compte__is_active=True
    )
    return [m for m in mandats.select_related("compte", "siege") if m.compte_id not in deja]


# --- L'espace des commissions -------------------------------------------------------------------------


def instances_consultees_par(compte: Any) -> QuerySet[Instance]:
    """Les instances dont ce compte voit l'espace : qui les prépare, qui y inscrit des dossiers. Une requête.

    La même règle que `droits.peut_consulter`.
    """
    fonctions = [f for f in fonctions_actives(compte) if f.role in droits.LECTEURS]
    instances = Instance.objects.filter(actif=True).select_related("region", "departement")
    if not fonctions:
        return instances.none()
    territoire = perimetre(compte, droits.LECTEURS)
    if territoire.tout:
        return instances
    entieres = territoire.regions
    departements = {f.departement_id for f in fonctions if f.departement_id}
    regions = {f.region_id or (f.departement.region_id if f.departement else None) for f in fonctions} - {None}
    return instances.filter(
        Q(region__in=entieres)
        | Q(niveau=Niveau.REGIONAL, region__in=regions)
        | Q(niveau=Niveau.DEPARTEMENTAL, departement__in=departements)
    )


def seances_a_preparer(compte: Any) -> QuerySet[Seance]:
    """Les séances à venir de ses instances, la plus proche d'abord, avec le nombre de dossiers et de réponses ; et
    celles dont la date est passée sans qu'elles se tiennent, tant que des dossiers y attendent.
    """
    attendent = Point.objects.a_examiner().filter(seance=OuterRef("pk"))
    vivantes = Q(convocations__retiree_le=None)
    return (
        Seance.objects.filter(instance__in=instances_consultees_par(compte), actif=True)
        .filter(
            Q(etat=EtatDeSeance.OUVERTE)
            | Q(etat__in=EtatDeSeance.EN_PREPARATION) & (Q(date__gte=timezone.localdate()) | Exists(attendent))
        )
        .select_related("instance__region", "instance__departement")
        .annotate(
            dossiers=Count("points", filter=~Q(points__issue=Issue.RETIRE), distinct=True),
            convoques=Count("convocations", filter=vivantes, distinct=True),
            reponses=Count("convocations", filter=vivantes & ~Q(convocations__reponse=""), distinct=True),
        )
        .order_by("date", "heure", "pk")
    )


def convocations_recues(compte: Compte) -> QuerySet[Convocation]:
    """Les convocations d'un membre aux séances qui viennent ou se tiennent, tant que son mandat court."""
    mandats = MandatDeSiege.objects.en_cours().filter(compte=compte, siege=OuterRef("siege"))
    return (
        Convocation.objects.filter(
            Exists(mandats),
            compte=compte,
            retiree_le=None,
            envoyee_le__isnull=False,
            seance__etat__in=EtatDeSeance.ACTIVES,
        )
        .select_related("seance__instance__departement", "siege")
        .order_by("seance__date", "pk")
    )


def reponses_comptees(convocations: Sequence[Convocation]) -> dict[str, int]:
    """Combien viennent, s'excusent, donnent mandat, n'ont pas répondu."""
    comptes = dict.fromkeys(ReponseDeConvocation.values, 0)
    for convocation in convocations:
        comptes[convocation.reponse] += 1
    return comptes
