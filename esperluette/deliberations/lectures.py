"""Ce que chacun lit : la file d'un membre, les points d'une séance, l'avis et les réserves d'un dossier."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from esperluette.commissions.droits import SECRETARIAT, couvre
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Convocation, Deport, Instance, Point, Seance, Siege
from esperluette.commissions.preparation import convocations_recues
from esperluette.comptes.lectures import a_un_role
from esperluette.comptes.models import Compte
from esperluette.deliberations.enums import EtatDeReserve, SorteDIssue
from esperluette.deliberations.models import (
    AvisRendu,
    Desaccord,
    EtapeDeReserve,
    Evaluation,
    Extrait,
    OptionsDeLecture,
    Reserve,
    Voix,
)
from esperluette.deliberations.synthese import Synthese, syntheses_de
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.models import Dossier
from esperluette.referentiel.grilles import Grille, grille_de

DECIDES = (Etat.ACCEPTE, Etat.REFUSE)


# --- La lecture d'un membre -------------------------------------------------------------------------------


def seances_de(compte: Any) -> QuerySet[Seance]:
    """Les séances où ce compte est convoqué et voit au moins un dossier, la plus récente d'abord."""
    return (
        Seance.objects.filter(pk__in=points_visibles(compte).values("seance"))
        .select_related("instance__region", "instance__departement")
        .order_by("-date", "-pk")
    )


def seances_menees(compte: Any) -> list[Seance]:
    """Les séances convoquées ou ouvertes que ce compte mène au titre d'un secrétariat ; une requête, ou aucune."""
    if not a_un_role(compte, *SECRETARIAT):
        return []
    proches = Seance.objects.filter(etat__in=(EtatDeSeance.CONVOQUEE, EtatDeSeance.OUVERTE)).order_by("date", "pk")
    proches = proches.select_related("instance__region", "instance__departement")
    return [seance for seance in proches if couvre(compte, seance.instance, SECRETARIAT)]


def convocation_de(compte: Any, seance: Seance) -> Convocation | None:
    """Sa convocation à cette séance, tant qu'elle n'est ni close ni annulée : où, quand, sa réponse. Une requête."""
    return convocations_recues(compte).filter(seance=seance).first() if isinstance(compte, Compte) else None


@dataclass(frozen=True, slots=True)
class ALire:
    """Un dossier de la file d'un membre, et où il en est."""

    point: Point
    evaluation: Evaluation | None

    @property
    def etat(self) -> str:
        """« rendu », « passe », « commence » ou vide."""
        e = self.evaluation
        if e is None:
            return ""
        if e.rendue_le:
            return "rendu"
        return "passe" if e.passee_le else "commence" if e.modifiee_le else "lu"

    @property
    def mot(self) -> str:
        return {
            "": "À lire", "lu": "Lu, sans avis", "commence": "Avis commencé", "passe": "Passé", "rendu": "Avis rendu",
        }[self.etat]  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """La file d'un membre pour une séance, dans l'ordre du jour. `observateur` : on lit, sans avis."""

    lignes: tuple[ALire, ...]
    observateur: bool = False

    @property
    def total(self) -> int:
        return len(self.lignes)

    @property
    def faits(self) -> int:
        faits = ("rendu", "lu", "commence", "passe") if self.observateur else ("rendu",)
        return sum(1 for ligne in self.lignes if ligne.etat in faits)

    @property
    def phrase(self) -> str:
        """« 12 sur 45 »."""
        return f"{self.faits} sur {self.total}"

    @property
    def est_finie(self) -> bool:
        return self.faits == self.total

    def rang(self, point: Point) -> int:
        """Le rang d'un point dans la file, à partir de 1."""
        return next((n for n, ligne in enumerate(self.lignes, 1) if ligne.point.pk == point.pk), 0)

    def suivant(self, point: Point | None = None) -> Point | None:
        """Le prochain à lire après celui-ci, puis depuis le début ; ceux qu'on a passés viennent en dernier."""
        rang = self.rang(point) if point is not None else 0
        ordre = [*self.lignes[rang:], *self.lignes[:rang]]
        ordre = [ligne for ligne in ordre if point is None or ligne.point.pk != point.pk]
        finis = ("lu", "rendu", "commence", "passe") if self.observateur else ("rendu",)
        restants = [ligne for ligne in ordre if ligne.etat not in finis]
        restants.sort(key=lambda ligne: ligne.etat == "passe")
        return restants[0].point if restants else None


def file_de(compte: Compte, seance: Seance, siege: Siege | None) -> File:
    """La file d'un membre : deux requêtes, quel que soit le nombre de dossiers."""
    points = points_visibles(compte).filter(seance=seance).select_related("dossier__equipe__implantation")
    points = points.order_by("ordre", "pk")
    lues = {e.point_id: e for e in Evaluation.objects.filter(point__seance=seance, compte=compte)}
    return File(
        tuple(ALire(point, lues.get(point.pk)) for point in points),
        observateur=siege is not None and not siege.votant,
    )


def avis_des_autres(point: Point, compte: Compte, mienne: Evaluation | None) -> list[Evaluation] | None:
    """Les avis écrits rendus par les autres ; None tant qu'on ne peut pas les voir (option de l'instance)."""
    apres = not OptionsDeLecture.objects.filter(instance=point.seance.instance_id, apres_le_sien=False).exists()
    a_donne = mienne is not None and mienne.rendue_le is not None
    if apres and not a_donne and point.seance.etat == EtatDeSeance.CONVOQUEE:
        return None
    rendues = point.evaluations.exclude(rendue_le=None).exclude(compte=compte).select_related("compte", "siege")
    ecartes = set(point.deports.filter(annule_le=None).values_list("compte_id", flat=True))
    return [e for e in rendues if e.compte_id not in ecartes]


def apres_le_sien(instance: Instance) -> bool:
    """L'instance ne montre-t-elle les avis écrits qu'à qui a rendu le sien ?"""
    return not OptionsDeLecture.objects.filter(instance=instance, apres_le_sien=False).exists()


def grille_du(dossier: Dossier) -> Grille | None:
    """La grille d'évaluation de la commission pour cette démarche, ou rien si l'édition n'en a pas."""
    return grille_de(edition_de(dossier), demarche_de(dossier).id, "commission")


# --- Le cockpit -------------------------------------------------------------------------------------------


def points_du_cockpit(seance: Seance) -> list[Point]:
    """Les points à l'ordre du jour avec tout ce que l'écran montre : dix requêtes, à un point comme à quarante."""
    evaluations = Evaluation.objects.exclude(rendue_le=None).select_related("siege", "compte")
    reserves = Reserve.objects.order_by("pk")
    points = (
        seance.points.a_l_ordre_du_jour()
        .select_related("dossier__equipe__implantation__departement", "rapporteur", "avis_rendu__seance_suivante")
        .select_related("avis_rendu__rendu_par")
        .prefetch_related(
            Prefetch("evaluations", evaluations),
            Prefetch("voix", Voix.objects.select_related("siege")),
            Prefetch("deports", Deport.objects.en_vigueur().select_related("compte")),
            Prefetch("reserves", reserves),
            Prefetch("desaccords", Desaccord.objects.select_related("siege")),
        )
    )
    liste = list(points)
    for point in liste:
        point.seance = seance
    return liste


def avis_du_point(point: Point) -> AvisRendu:
    """L'avis d'un point, ou une ligne vide pas encore en base."""
    return getattr(point, "avis_rendu", None) or AvisRendu(point=point)


def sans_issue(points: Iterable[Point]) -> list[Point]:
    """Ceux dont la commission n'a encore rien dit."""
    return [p for p in points if avis_du_point(p).rendu_le is None]


def syntheses(points: Sequence[Point]) -> dict[int, Synthese]:
    """La synthèse en cinq lignes de chaque point, par clé ; une requête."""
    return syntheses_de(points)


# --- Ce que la commission a dit d'un dossier --------------------------------------------------------------


def avis_de(dossier: Dossier) -> AvisRendu | None:
    """Le dernier avis définitif de la commission sur ce dossier ; un ajournement n'en est pas un."""
    return (
        AvisRendu.objects.filter(point__dossier=dossier, sorte=SorteDIssue.AVIS, definitif_le__isnull=False)
        .select_related("point__seance__instance")
        .order_by("-definitif_le")
        .first()
    )


def ajournement_de(dossier: Dossier) -> AvisRendu | None:
    """L'ajournement qui a renvoyé ce dossier en instruction, si c'en est la raison. Une requête au plus."""
    if dossier.etat != Etat.EN_INSTRUCTION or not dossier.motif:
        return None
    return (
        AvisRendu.objects.filter(
            point__dossier=dossier, sorte=SorteDIssue.AJOURNEMENT, definitif_le__isnull=False, motif=dossier.motif
        )
        .select_related("point__seance__instance__departement", "seance_suivante")
        .order_by("-definitif_le")
        .first()
    )


def reserves_de(dossier: Dossier) -> QuerySet[Reserve]:
    """Les réserves que la commission a posées, connues depuis la clôture, avec leur histoire."""
    etapes = EtapeDeReserve.objects.select_related("par", "fichier")
    return (
        dossier.reserves.filter(definitive_le__isnull=False)
        .select_related("point__seance__instance", "dossier__equipe", "levee_par")
        .prefetch_related(Prefetch("etapes", etapes))
        .order_by("posee_le", "pk")
    )


def reserves_a_lever(dossier: Dossier) -> int:
    """Combien de réserves attendent encore."""
    return dossier.reserves.filter(definitive_le__isnull=False, etat=EtatDeReserve.A_LEVER).count()


def extraits_de(dossier: Dossier) -> QuerySet[Extrait]:
    """Les extraits de procès-verbal de ce dossier, le plus récent d'abord."""
    return (
        Extrait.objects.filter(point__dossier=dossier)
        .select_related("proces_verbal", "point__seance__instance")
        .prefetch_related("documents")
        .order_by("-proces_verbal__etabli_le")
    )


def extrait_ouvert_a_l_equipe(extrait: Extrait, dossier: Dossier) -> bool:
    """L'équipe reçoit l'extrait avec la décision, une fois le procès-verbal validé."""
    return extrait.proces_verbal.est_fige and dossier.etat in DECIDES


@dataclass(frozen=True, slots=True)
class EnCommission:
    """Ce que la fiche d'un dossier dit de ses passages en commission, côté agent : un fragment l'affiche."""

    passages: tuple[AvisRendu, ...]
    reserves: tuple[Reserve, ...]
    extraits: tuple[Extrait, ...]

    @property
    def est_vide(self) -> bool:
        return not (self.passages or self.reserves or self.extraits)


def en_commission(dossier: Dossier) -> EnCommission:
    """De quoi remplir « deliberations/_en_commission.html » ; cinq requêtes. L'appelant a vérifié qui lit."""
    passages = (
        AvisRendu.objects.filter(point__dossier=dossier, definitif_le__isnull=False)
        .select_related("point__seance__instance", "seance_suivante")
        .order_by("-definitif_le")
    )
    return EnCommission(tuple(passages), tuple(reserves_de(dossier)), tuple(extraits_de(dossier)))
