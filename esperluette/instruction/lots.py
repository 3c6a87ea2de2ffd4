"""Un même geste sur plusieurs dossiers : préparé, montré ligne à ligne, lancé une fois, raconté."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django_tasks import task

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.permissions import OUI, Permission, non
from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import agents_en_fonction, perimetre
from esperluette.comptes.models import Compte
from esperluette.dossiers.cycle import permission as permission_de
from esperluette.dossiers.models import Dossier
from esperluette.instruction import actions, affectations
from esperluette.instruction.absences import regions_exercees, relais_de
from esperluette.instruction.contributions import GesteDeLot, gestes_de_lot
from esperluette.instruction.enums import Resultat
from esperluette.instruction.forms import AffecterForm
from esperluette.instruction.lectures import dossiers_de
from esperluette.instruction.models import LigneDeLot, Lot

journal = logging.getLogger(__name__)
# Un aperçu que personne n'a confirmé s'oublie.
GARDE_APERCU = timedelta(days=2)
HORS_DE_VUE = "Ce dossier n’est plus dans votre périmètre."
EN_PANNE = "Ce dossier n’a pas pu être traité : réessayez, ou ouvrez-le pour faire le geste."


# --- Nos gestes -----------------------------------------------------------------------------------


def les_notres(_compte: Any) -> Iterator[GesteDeLot]:
    """Prendre en instruction, et confier à un agent ; inscrits par `apps.py`."""
    yield GesteDeLot(
        "prendre", "Prendre en instruction",
        permission=lambda compte, dossier, _: permission_de(dossier, "prendre_en_instruction", compte),
        effet=lambda dossier, _: "Vous l’instruisez ; l’équipe en est prévenue.",
        executer=lambda dossier, acteur, _: actions.prendre_en_instruction(dossier, acteur=acteur),
        ordre=10,
    )  # fmt: skip
    yield GesteDeLot(
        "affecter", "Confier à un agent", permission=_peut_confier, effet=_effet, executer=_confier,
        formulaire=_choisir_l_agent, lire=_lire_l_agent, ordre=20,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Confier:
    agent: Compte
    motif: str
    relais: Compte


def _choisir_l_agent(compte: Any, dossiers: Sequence[Dossier], data: Mapping[str, Any] | None) -> AffecterForm:
    """Les agents qui peuvent recevoir au moins un des dossiers choisis."""
    communes = [d.equipe.implantation for d in dossiers]
    agents = agents_en_fonction(regions_exercees(compte))
    capables = [a for a, territoire in agents.items() if any(territoire.contient(c) for c in communes)]
    return AffecterForm(data, agents=capables)


def _lire_l_agent(parametres: Mapping[str, Any]) -> _Confier:
    agent = Compte.objects.get(pk=parametres["agent"])
    return _Confier(agent, parametres["motif"], relais_de(agent))


def _peut_confier(compte: Any, dossier: Dossier, lu: _Confier) -> Permission:
    permission = affectations.peut_affecter(compte, dossier)
    if not permission:
        return permission
    if not perimetre(lu.agent, Role.INSTRUCTEURS).contient(dossier.equipe.implantation):
        return non(affectations.hors_perimetre(lu.agent))
    deja = (dossier.instruit_par or dossier.affecte_a) == lu.agent
    return non(f"Rien à changer : il revient déjà à {lu.agent}.") if deja else OUI


def _effet(dossier: Dossier, lu: _Confier) -> str:
    ancien = dossier.instruit_par or dossier.affecte_a
    suite = "" if lu.relais == lu.agent else f" Absent : {lu.relais} le relaie."
    return f"Passe de {ancien or 'personne'} à {lu.agent}.{suite}"


def _confier(dossier: Dossier, acteur: Any, lu: _Confier) -> object:
    return affectations.affecter(dossier, lu.agent, acteur=acteur, motif=lu.motif)


# --- Préparer, montrer ----------------------------------------------------------------------------


@transaction.atomic
def preparer(compte: Compte, geste: str, dossiers: QuerySet[Dossier], *, requete: str = "") -> Lot:
    """Fige la sélection, dans l'ordre reçu. Lève `ErreurMetier` : geste inconnu, rien de choisi, ou trop."""
    if geste not in gestes_de_lot(compte):
        raise ErreurMetier("Choisissez un geste de la liste.")
    choisis = list(dossiers.values_list("pk", flat=True)[: settings.LOT_MAXIMUM + 1])
    if not choisis:
        raise ErreurMetier("Choisissez au moins un dossier dans la table, ou tout ce qui répond à vos filtres.")
    if len(choisis) > settings.LOT_MAXIMUM:
        raise ErreurMetier(f"Un geste porte sur {settings.LOT_MAXIMUM} dossiers au plus : resserrez vos filtres.")
    lot = Lot.objects.create(compte=compte, geste=geste, requete=requete)
    LigneDeLot.objects.bulk_create(LigneDeLot(lot=lot, dossier_id=pk) for pk in choisis)
    return lot


def geste_de(lot: Lot) -> GesteDeLot:
    """Le geste de ce lot. Lève `ErreurMetier` si la plateforme ne le connaît plus."""
    geste = gestes_de_lot(lot.compte).get(lot.geste)
    if geste is None:
        raise ErreurMetier("Ce geste n’existe plus : revenez à la liste.")
    return geste


def dossiers_du(lot: Lot) -> list[Dossier]:
    """Les dossiers choisis qui sont toujours dans le périmètre, dans l'ordre du lot ; deux requêtes."""
    cles = list(lot.lignes.values_list("dossier_id", flat=True))
    lus = _lus(lot).in_bulk(cles)
    return [lus[cle] for cle in cles if cle in lus]


def _lus(lot: Lot) -> QuerySet[Dossier]:
    return dossiers_de(lot.compte).select_related("equipe__implantation", "affecte_a", "instruit_par")


@dataclass(frozen=True, slots=True)
class Apercu:
    """Un dossier, ce qui changera, ou pourquoi rien ne changera."""

    dossier: Dossier
    effet: str
    refus: str = ""


def apercu(lot: Lot, dossiers: Sequence[Dossier], parametres: Mapping[str, Any]) -> list[Apercu]:
    """Ce que le lot ferait maintenant, ligne par ligne."""
    geste = geste_de(lot)
    lu, lignes = geste.lire(parametres), []
    for dossier in dossiers:
        permission = geste.permission(lot.compte, dossier, lu)
        lignes.append(Apercu(dossier, geste.effet(dossier, lu) if permission else "", permission.motif))
    return lignes


# --- Lancer ---------------------------------------------------------------------------------------


def lancer(lot: Lot, parametres: Mapping[str, Any]) -> Lot:
    """Lance le lot, une seule fois : un second clic ne refait rien. Un grand lot continue après la réponse."""
    with transaction.atomic():
        lot = Lot.objects.select_for_update(of=("self",)).select_related("compte").get(pk=lot.pk)
        if lot.lance_le is not None:
            return lot
        lot.lance_le, lot.parametres = timezone.now(), dict(parametres)
        lot.save(update_fields=["lance_le", "parametres"])
        grand = lot.lignes.count() > settings.LOT_EN_DIRECT
        if grand:
            transaction.on_commit(lambda: continuer.enqueue(str(lot.pk)))
    if not grand:
        traiter(lot)
    return lot


@task()
def continuer(cle: str) -> None:
    """Traite ce qui reste d'un lot ; rejouable."""
    traiter(Lot.objects.select_related("compte").get(pk=cle))


def traiter(lot: Lot) -> None:
    """Fait le geste sur chaque dossier qui reste ; un refus n'arrête pas les autres."""
    geste = geste_de(lot)
    lu = geste.lire(lot.parametres)
    for pk in lot.lignes.filter(resultat=Resultat.A_FAIRE).values_list("pk", flat=True):
        _traiter_une_ligne(lot, geste, lu, pk)


def _traiter_une_ligne(lot: Lot, geste: GesteDeLot, lu: Any, pk: int) -> None:
    """Le geste et son compte rendu tiennent dans une transaction : jamais fait deux fois, jamais fait sans le dire."""
    try:
        with transaction.atomic():
            ligne = LigneDeLot.objects.select_for_update().get(pk=pk)
            if ligne.resultat != Resultat.A_FAIRE:
                return
            dossier = _lus(lot).filter(pk=ligne.dossier_id).first()
            if dossier is None:
                raise ErreurMetier(HORS_DE_VUE)
            permission = geste.permission(lot.compte, dossier, lu)
            if not permission:
                raise ErreurMetier(permission.motif)
            geste.executer(dossier, lot.compte, lu)
            _noter(pk, Resultat.FAIT)
    except (ErreurMetier, PermissionDenied) as refus:
        _noter(pk, Resultat.REFUSE, str(refus))
    except Exception:  # noqa: BLE001 — un dossier en panne n'empêche pas les autres
        journal.exception("Lot %s, ligne %s : échec.", lot.pk, pk)
        _noter(pk, Resultat.REFUSE, EN_PANNE)


def _noter(pk: int, resultat: Resultat, motif: str = "") -> None:
    LigneDeLot.objects.filter(pk=pk).update(resultat=resultat, motif=motif[:500])


@dataclass(frozen=True, slots=True)
class Bilan:
    """Où en est un lot lancé."""

    faits: int = 0
    refuses: int = 0
    a_faire: int = 0

    @property
    def fini(self) -> bool:
        return not self.a_faire

    @property
    def total(self) -> int:
        return self.faits + self.refuses + self.a_faire


def bilan(lot: Lot) -> Bilan:
    """Le compte rendu en nombres ; une requête."""
    nombres = dict(lot.lignes.order_by().values_list("resultat").annotate(nombre=Count("pk")))
    return Bilan(*(nombres.get(r, 0) for r in (Resultat.FAIT, Resultat.REFUSE, Resultat.A_FAIRE)))


def nettoyer() -> int:
    """Oublie les aperçus jamais confirmés ; soin régulier, inscrit par `apps.py`."""
    return Lot.objects.filter(lance_le=None, prepare_le__lt=timezone.now() - GARDE_APERCU).delete()[0]
