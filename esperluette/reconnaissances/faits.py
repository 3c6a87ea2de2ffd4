"""Ce que les reconnaissances et les décisions établissent d'une équipe, et qu'elle n'a donc plus à déclarer."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import demarche_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.reconnaissances.enums import EtatReconnaissance
from esperluette.reconnaissances.models import Reconnaissance
from esperluette.referentiel.faits import Constat
from esperluette.referentiel.lecture import EditionInconnue

EQUIPE_RECONNUE, PROJET_VALIDE = "equipe_reconnue", "projet_valide"


def constats(equipes: Sequence[Equipe], cle: str) -> Mapping[int, Constat]:
    """Par équipe : est-elle reconnue sous la forme qu'elle vise, son projet de santé est-il validé ? Inscrite par
    `apps.py`. Une équipe sans acte n'y est pas : elle déclare.
    """
    if cle == EQUIPE_RECONNUE:
        return {pk: constat for pk, r in _dernieres(equipes).items() if (constat := _constat(r))}
    if cle == PROJET_VALIDE:
        return _valides(equipes)
    return {}


def _dernieres(equipes: Sequence[Equipe]) -> dict[int, Reconnaissance]:
    """La reconnaissance la plus récente de chaque équipe, sous la forme qu'elle vise. Deux requêtes au plus."""
    formes = {equipe.pk: equipe.forme_visee for equipe in equipes}
    lues = Reconnaissance.objects.filter(equipe__in=formes).prefetch_related("suspensions").order_by("debut", "pk")
    return {r.equipe_id: r for r in lues if r.forme == formes[r.equipe_id] and r.etat != EtatReconnaissance.A_VENIR}


def _constat(reconnaissance: Reconnaissance) -> Constat:
    sigle, numero = reconnaissance.sigle, reconnaissance.numero
    match reconnaissance.etat:
        case EtatReconnaissance.EN_COURS:
            return Constat(True, f"Reconnue comme {sigle} depuis le {en_lettres(reconnaissance.debut)} ({numero}).")
        case EtatReconnaissance.SUSPENDUE:
            return Constat(False, f"Sa reconnaissance comme {sigle} est suspendue ({numero}).")
        case EtatReconnaissance.RETIREE:
            return Constat(False, f"Sa reconnaissance comme {sigle} a été retirée ({numero}).")
        case _:
            return Constat(False, f"Sa reconnaissance comme {sigle} a pris fin ({numero}).")


def _valides(equipes: Sequence[Equipe]) -> dict[int, Constat]:
    """Un projet accepté par une décision notifiée, ou une reconnaissance en cours : elle suppose un projet validé.

    Trois requêtes au plus. Une reconnaissance retirée n'établit plus rien, même si le dossier reste accepté.
    """
    trouves = {}
    dossiers = Dossier.objects.filter(equipe__in=[e.pk for e in equipes], etat=Etat.ACCEPTE, avenant_de=None)
    formes = {equipe.pk: equipe.forme_visee for equipe in equipes}
    for dossier in dossiers.order_by("etat_depuis", "pk"):
        if _valide_un_projet(dossier, formes[dossier.equipe_id]):
            jour = en_lettres(timezone.localdate(dossier.etat_depuis))
            trouves[dossier.equipe_id] = Constat(
                True, f"Projet de santé accepté par l’ARS, décision notifiée le {jour} (dossier {dossier.reference})."
            )
    for pk, reconnaissance in _dernieres(equipes).items():
        if reconnaissance.etat == EtatReconnaissance.EN_COURS:
            debut = en_lettres(reconnaissance.debut)
            trouves.setdefault(
                pk, Constat(True, f"Projet validé : équipe reconnue depuis le {debut} ({reconnaissance.numero}).")
            )
        elif reconnaissance.etat == EtatReconnaissance.RETIREE:
            trouves.pop(pk, None)
    return trouves


def _valide_un_projet(dossier: Dossier, forme: str) -> bool:
    """La démarche est-elle celle dont l'acceptation reconnaît l'équipe, sous la forme qu'elle vise aujourd'hui ?"""
    try:
        demarche = demarche_de(dossier)
    except (EditionInconnue, KeyError):
        return False
    return demarche.reconnait is not None and forme in demarche.formes
