"""Dire ce qui est à effacer, prévenir, effacer. La ligne de commande seule le fait, quand on le lui demande."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from esperluette.archives.conservation import orphelins
from esperluette.archives.conservation.regles import REGLES, Regle, Retenu
from esperluette.archives.models import Preavis, Purge
from esperluette.comptes.durees import Duree, durees
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer


@dataclass(slots=True)
class Resultat:
    """Une règle : ce qu'elle dit, ce qu'elle désigne, et ce qui a été fait (ou le serait)."""

    cle: str
    libelle: str
    duree: str
    jours: int | None
    preavis: int | None
    statut: str
    source: str
    concernes: int = 0
    a_prevenir: int = 0
    prevenus: int = 0
    a_effacer: int = 0
    effaces: int = 0
    retenus: list[str] = field(default_factory=list)

    def en_json(self) -> dict[str, Any]:
        return asdict(self)


def etat() -> list[Resultat]:
    """Chaque règle et ce qu'elle désigne aujourd'hui ; n'écrit rien."""
    return [_examiner(duree, agir=False) for duree in durees().values()]


def appliquer(*, a_blanc: bool = False) -> list[Resultat]:
    """Prévient ce qui est à prévenir, efface ce qui est échu ; une ligne au journal par règle qui a agi."""
    return [_examiner(duree, agir=not a_blanc) for duree in durees().values()]


def _examiner(duree: Duree, *, agir: bool) -> Resultat:
    resultat = Resultat(
        duree.cle, duree.libelle, duree.en_clair, duree.jours, duree.preavis, duree.statut_en_clair, duree.source
    )
    regle = REGLES.get(duree.cle)
    if regle is None or duree.jours is None:
        return resultat
    avant = timezone.now() - timedelta(days=duree.jours)
    objets = list(regle.candidats(avant))
    resultat.concernes = len(objets)
    libres = [objet for objet in objets if not _retenu(regle, objet, resultat)]
    echus = _prevenir(duree, regle, libres, resultat, agir=agir)
    for objet in echus:
        resultat.a_effacer += 1
        if agir:
            _effacer(duree, regle, objet, resultat)
    if duree.cle == "fichiers_orphelins":
        _effacer_hors_base(orphelins.hors_base(avant), resultat, agir=agir)
    if agir and (resultat.effaces or resultat.prevenus):
        _consigner(duree, resultat)
    return resultat


def _retenu(regle: Regle, objet: Any, resultat: Resultat) -> bool:
    motif = regle.retenue(objet) if regle.retenue is not None else ""
    if motif:
        resultat.retenus.append(f"n° {objet.pk} : {motif}")
    return bool(motif)


def _prevenir(duree: Duree, regle: Regle, objets: list[Any], resultat: Resultat, *, agir: bool) -> list[Any]:
    """Rend ce qui est échu : sans préavis à donner, ou dont le préavis est passé."""
    if regle.a_qui is None or not duree.preavis:
        return objets
    preavis = {p.objet_id: p for p in Preavis.objects.filter(regle=duree.cle)}
    ids = {objet.pk for objet in objets}
    if agir:  # ce qui a resservi depuis n'est plus concerné : son préavis ne vaut plus
        Preavis.objects.filter(pk__in=[p.pk for p in preavis.values() if p.objet_id not in ids]).delete()
    limite, echus = timezone.now() - timedelta(days=duree.preavis), []
    for objet in objets:
        if (donne := preavis.get(objet.pk)) is not None:
            if donne.envoye_le <= limite:
                echus.append(objet)
            continue
        resultat.a_prevenir += 1
        if agir:
            _ecrire(duree, regle, objet)
            resultat.prevenus += 1
    return echus


@transaction.atomic
def _ecrire(duree: Duree, regle: Regle, objet: Any) -> None:
    Preavis.objects.create(regle=duree.cle, objet_id=objet.pk)
    jour = timezone.localdate() + timedelta(days=duree.preavis or 0)
    for destinataire in regle.a_qui(objet) if regle.a_qui else ():
        contexte = {"quoi": regle.quoi(objet), "jour": jour, "depuis": duree.depuis, "compte": duree.cle == "comptes"}
        envoyer("archives/effacement_prevu", a=destinataire, contexte=contexte)


def _effacer(duree: Duree, regle: Regle, objet: Any, resultat: Resultat) -> None:
    cle, nom = objet.pk, regle.quoi(objet) if regle.a_qui else str(objet.pk)
    try:
        with transaction.atomic():
            regle.effacer(objet)
            Preavis.objects.filter(regle=duree.cle, objet_id=cle if isinstance(cle, int) else 0).delete()
    except Retenu as retenu:
        resultat.retenus.append(f"{nom} : {retenu}")
    else:
        resultat.effaces += 1


def _effacer_hors_base(noms: Iterator[str], resultat: Resultat, *, agir: bool) -> None:
    for nom in noms:
        resultat.concernes += 1
        resultat.a_effacer += 1
        if agir:
            default_storage.delete(nom)
            resultat.effaces += 1


@transaction.atomic
def _consigner(duree: Duree, resultat: Resultat) -> None:
    faits = {"effaces": resultat.effaces, "prevenus": resultat.prevenus, "retenus": len(resultat.retenus)}
    purge = Purge.objects.create(regle=duree.cle, jours=duree.jours or 0, statut=duree.statut, **faits)
    consigner("conservation_appliquee", purge, acteur=None, regle=duree.cle, jours=duree.jours, **faits)
