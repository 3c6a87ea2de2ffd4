"""Les corbeilles de la liste : ce qui attend l'agent, compté en une requête."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.utils import timezone

from esperluette.dossiers.enums import Etat
from esperluette.instruction.absences import relayes_par
from esperluette.instruction.contributions import BLOCAGES, Corbeille
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.models_fiche import OuvertureDeBrouillon
from esperluette.interlocuteurs.models import DemandeDeRencontre
from esperluette.referentiel import lecture
from esperluette.sollicitations.lectures import a_traiter_par

OUVERT = Q(etat__in=Etat.OUVERTS)
TOUS = Corbeille("", "Tous les dossiers reçus", Q(), ordre=1000)


def a_moi(compte: Any) -> Q:
    """Confié à ce compte, ou instruit par lui."""
    return Q(affecte_a=compte) | Q(instruit_par=compte)


def avant_le(jour: date) -> Q:
    """Une date compte avant ce jour (compris) : la prochaine échéance, ou le silence qui vaut décision."""
    return OUVERT & (Q(echeance__lte=jour) | Q(silence_le__lte=jour))


def prets() -> Q:
    """En instruction, dans une démarche qui passe en commission, sans rien qui s'y oppose (`BLOCAGES`)."""
    empechements = (bloque() for bloque in BLOCAGES)
    return Q(etat=Etat.EN_INSTRUCTION) & ~reduce(or_, empechements, _sans_commission())


def _sans_commission() -> Q:
    condition = Q(pk__in=[])
    for edition in lecture.editions():
        if demarches := [d.id for d in edition.demarches if not d.instance]:
            condition |= Q(region=edition.region, edition=edition.numero, demarche__in=demarches)
    return condition


def les_notres(compte: Any) -> Iterator[Corbeille]:
    """Celles que l'instruction tient elle-même ; inscrites par `apps.py`."""
    maintenant = timezone.now()
    endormi = maintenant - timedelta(days=settings.DOSSIER_INACTIF_JOURS)
    bientot = timezone.localdate() + timedelta(days=settings.ECHEANCE_PROCHE_JOURS)
    yield Corbeille("a_prendre", "À prendre en instruction", Q(etat=Etat.DEPOSE), 10)
    yield Corbeille("a_moi", "À moi", OUVERT & a_moi(compte), 20)
    yield Corbeille("en_relais", "En relais", OUVERT & relayes_par(compte), 25, si_vide=False)
    yield Corbeille("echeance", "Échéance proche ou dépassée", avant_le(bientot), 30)
    yield Corbeille(
        "attente_equipe", "En attente de l’équipe", Q(etat__in=(Etat.A_COMPLETER, Etat.A_SIGNER, Etat.BROUILLON)), 40
    )
    yield Corbeille("prets", "Prêts pour la commission", prets(), 50)
    yield Corbeille("a_notifier", "Décisions à notifier", Q(etat=Etat.AVIS_RENDU), 60)
    jours = settings.DOSSIER_INACTIF_JOURS
    yield Corbeille("inactifs", f"Sans mouvement depuis {jours} jours", OUVERT & Q(mouvement_le__lt=endormi), 70)


class _Scalaire(Subquery):
    """Un nombre compté ailleurs, à côté des agrégats : une requête de moins."""

    contains_aggregate = True


@dataclass(frozen=True, slots=True)
class Comptes:
    """Le nombre de chaque corbeille par clé, de ce que gardent les filtres, des prises de contact ouvertes, des
    brouillons que des équipes montrent et des chiffres qu'elles demandent.
    """

    par_cle: dict[str, int]
    filtres: int
    contacts: int
    brouillons: int = 0
    chiffres: int = 0

    @property
    def tous(self) -> int:
        return self.par_cle[""]


def compter(compte: Any, corbeilles: Iterable[Corbeille], filtre: Q) -> Comptes:
    """Tous les nombres de la page, en une requête."""
    a_cote = {
        "contacts": DemandeDeRencontre.objects.recues_par(compte).a_traiter(),
        "brouillons": OuvertureDeBrouillon.objects.visibles_par(compte),
        "chiffres": a_traiter_par(compte),
    }
    comptes = {f"c_{c.cle}": Count("pk", filter=c.condition) for c in corbeilles}
    lu = dossiers_de(compte).aggregate(
        c_=Count("pk"), filtres=Count("pk", filter=filtre) if filtre else Count("pk"),
        **{nom: _nombre(objets) for nom, objets in a_cote.items()}, **comptes,
    )  # fmt: skip
    filtres, autres = lu.pop("filtres"), {nom: lu.pop(nom) or 0 for nom in a_cote}
    return Comptes({cle.removeprefix("c_"): n for cle, n in lu.items()}, filtres, **autres)


def _nombre(objets: QuerySet[Any]) -> _Scalaire:
    comptes = objets.order_by().annotate(un=Value(1)).values("un").annotate(nombre=Count("pk")).values("nombre")
    return _Scalaire(comptes, output_field=IntegerField())
