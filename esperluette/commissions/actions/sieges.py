"""Qui siège : les sièges d'une instance, et les mandats datés de ceux qui les tiennent."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from esperluette.commissions.actions.outils import ChampRefuse, exiger
from esperluette.commissions.droits import peut_composer
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Convocation, Instance, MandatDeSiege, MandatQuerySet, Siege
from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.actions import compte_pour
from esperluette.interlocuteurs.actions.fiches import historiser
from esperluette.interlocuteurs.enums import GesteDeFiche
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer

UN_JOUR = datetime.timedelta(days=1)


@transaction.atomic
def ajouter_siege(instance: Instance, *, acteur: Any, libelle: str, votant: bool = True) -> Siege:
    """Ajoute une place à la table. Le même nom, déjà en service, est refusé ; hors service, il reprend sa place."""
    exiger(peut_composer(acteur, instance))
    libelle = _libelle(libelle)
    avant = _sieges_en_json(instance)
    existant = Siege.objects.filter(instance=instance, libelle__iexact=libelle).first()
    if existant is not None and existant.actif:
        raise ChampRefuse("Un siège de cette commission porte déjà ce nom.", "libelle")
    dernier = instance.sieges.aggregate(n=Max("ordre"))["n"] or 0
    siege = existant or Siege(instance=instance, libelle=libelle)
    siege.votant, siege.actif, siege.ordre = votant, True, dernier + 1
    _enregistrer(siege)
    _consigner(instance, avant, "siege_ajoute", siege, acteur)
    return siege


@transaction.atomic
def modifier_siege(siege: Siege, *, acteur: Any, libelle: str, votant: bool) -> Siege:
    """Renomme un siège, ou change sa voix."""
    exiger(peut_composer(acteur, siege.instance))
    avant = _sieges_en_json(siege.instance)
    siege.libelle, siege.votant = _libelle(libelle), votant
    _enregistrer(siege)
    _consigner(siege.instance, avant, "siege_modifie", siege, acteur)
    return siege


@transaction.atomic
def mettre_hors_service(siege: Siege, *, acteur: Any) -> Siege:
    """Retire une place de la table : ses mandats en cours prennent fin hier, son histoire reste."""
    exiger(peut_composer(acteur, siege.instance))
    if not siege.actif:
        return siege
    avant = _sieges_en_json(siege.instance)
    for mandat in siege.mandats.en_cours():
        finir_mandat(mandat, acteur=acteur)
    siege.actif = False
    siege.save(update_fields=["actif"])
    _consigner(siege.instance, avant, "siege_retire", siege, acteur)
    return siege


def _libelle(libelle: str) -> str:
    libelle = " ".join(libelle.split())
    if not libelle or len(libelle) > 200:
        raise ChampRefuse("Donnez le nom de l’institution, en 200 signes au plus.", "libelle")
    return libelle


def _enregistrer(siege: Siege) -> None:
    try:
        with transaction.atomic():
            siege.save()
    except IntegrityError:
        raise ChampRefuse("Un siège de cette commission porte déjà ce nom.", "libelle") from None


def _sieges_en_json(instance: Instance) -> list[list[Any]]:
    sieges = Siege.objects.filter(instance=instance, actif=True)
    return [[s.institution, s.libelle, s.votant] for s in sieges]


def _consigner(instance: Instance, avant: list[list[Any]], sorte: str, siege: Siege, acteur: Any) -> None:
    apres = _sieges_en_json(instance)
    if avant != apres:
        historiser(instance, GesteDeFiche.MODIFICATION, {"sieges": avant}, {"sieges": apres}, acteur)
        consigner(sorte, instance, acteur=acteur, siege=siege.pk, libelle=siege.libelle[:100])


@transaction.atomic
def nommer(
    siege: Siege,
    *,
    acteur: Any,
    courriel: str,
    prenom: str = "",
    nom: str = "",
    titulaire: bool = True,
    president: bool = False,
    debut: datetime.date | None = None,
    fin: datetime.date | None = None,
) -> MandatDeSiege:
    """Confie un siège à une personne, créée par son adresse si elle est inconnue, et la prévient.

    Un siège a un titulaire à la fois, une instance un président, une personne un siège par instance : lève
    `ChampRefuse`. Le même mandat redemandé est rendu tel quel.
    """
    exiger(peut_composer(acteur, siege.instance))
    siege = Siege.objects.select_related("instance").get(pk=siege.pk)
    Instance.objects.select_for_update(of=("self",)).get(pk=siege.instance_id)
    if not siege.actif:
        raise ErreurMetier("Ce siège n’est plus en service.")
    debut = debut or timezone.localdate()
    if fin is not None and fin < debut:
        raise ChampRefuse("Un mandat finit après avoir commencé.", "fin")
    compte = compte_pour(courriel, prenom=prenom, nom=nom, acteur=acteur)
    ici = _qui_courent(debut, fin).filter(siege__instance=siege.instance_id)
    if deja := ici.filter(compte=compte).select_related("siege").first():
        if deja.siege_id == siege.pk and (deja.titulaire, deja.president) == (titulaire, president):
            return deja
        raise ChampRefuse(f"{compte} tient déjà le siège « {deja.siege} » sur cette période.", "courriel")
    if titulaire and (autre := ici.filter(siege=siege, titulaire=True).select_related("compte").first()):
        raise ChampRefuse(f"Ce siège a déjà un titulaire sur cette période : {autre.compte}.", "titulaire")
    if president and (autre := ici.filter(president=True).select_related("compte").first()):
        raise ChampRefuse(f"Cette commission est déjà présidée sur cette période, par {autre.compte}.", "president")
    mandat = MandatDeSiege.objects.create(
        siege=siege, compte=compte, titulaire=titulaire, president=president, debut=debut, fin=fin
    )
    consigner("mandat_confie", siege.instance, acteur=acteur, mandat=mandat.pk, siege=siege.pk, compte=compte.pk)
    envoyer("commissions/mandat", a=compte, contexte={"instance": siege.instance, "siege": siege, "mandat": mandat})
    return mandat


def _qui_courent(debut: datetime.date, fin: datetime.date | None) -> MandatQuerySet:
    """Les mandats qui se croisent avec cette période."""
    mandats = MandatDeSiege.objects.filter(Q(fin=None) | Q(fin__gte=debut), siege__actif=True)
    return mandats if fin is None else mandats.filter(debut__lte=fin)


@transaction.atomic
def finir_mandat(mandat: MandatDeSiege, *, acteur: Any, le: datetime.date | None = None) -> MandatDeSiege:
    """Met fin à un mandat, hier par défaut : dès maintenant, cette personne ne voit plus rien. Rejoué, sans effet.

    Un mandat commencé aujourd'hui finit aujourd'hui, et ses convocations sont retirées tout de suite.
    """
    exiger(peut_composer(acteur, mandat.siege.instance))
    mandat = MandatDeSiege.objects.select_for_update(of=("self",)).select_related("siege__instance").get(pk=mandat.pk)
    fin = le or max(timezone.localdate() - UN_JOUR, mandat.debut)
    if fin < mandat.debut:
        raise ChampRefuse("Un mandat finit après avoir commencé.", "fin")
    if mandat.fin is not None and mandat.fin <= fin:
        return mandat
    mandat.fin = fin
    mandat.save(update_fields=["fin"])
    if fin <= timezone.localdate():
        Convocation.objects.filter(
            siege=mandat.siege, compte=mandat.compte_id, retiree_le=None, seance__etat__in=EtatDeSeance.ACTIVES
        ).update(retiree_le=timezone.now())
    consigner("mandat_fini", mandat.siege.instance, acteur=acteur, mandat=mandat.pk, compte=mandat.compte_id)
    return mandat
