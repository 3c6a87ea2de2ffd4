"""Lire et vérifier le journal."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import groupby
from typing import Any

from django.db import models, transaction

from esperluette.journal.chaine import cle_de, empreinte_de
from esperluette.journal.models import Chaine, Evenement


def evenements_de(*objets: models.Model) -> models.QuerySet[Evenement]:
    """Les actes d'un objet, ou de plusieurs mêlés, du plus récent au plus ancien."""
    cles = [cle_de(objet) for objet in objets]
    return Evenement.objects.filter(chaine_id__in=cles).order_by("-le", "-numero", "chaine_id")


def evenements_par(acteur: Any) -> models.QuerySet[Evenement]:
    """Les actes d'un compte, du plus récent au plus ancien."""
    return Evenement.objects.filter(acteur=acteur).order_by("-le", "-pk")


def filtrer(
    evenements: models.QuerySet[Evenement],
    *,
    sortes: Collection[str] = (),
    acteur: Any = None,
    du: date | None = None,
    au: date | None = None,
) -> models.QuerySet[Evenement]:
    """Restreint une liste d'actes ; les deux jours sont compris."""
    if sortes:
        evenements = evenements.filter(sorte__in=sortes)
    if acteur is not None:
        evenements = evenements.filter(acteur=acteur)
    if du is not None:
        evenements = evenements.filter(le__date__gte=du)
    if au is not None:
        evenements = evenements.filter(le__date__lte=au)
    return evenements


def tete_de(objet: models.Model) -> str:
    """L'empreinte du dernier acte, imprimée sur l'accusé de réception ; vide si aucun acte."""
    return Chaine.objects.filter(cle=cle_de(objet)).values_list("tete", flat=True).first() or ""


@dataclass(slots=True)
class Rapport:
    """Ce qu'a trouvé une vérification."""

    chaines: int = 0
    evenements: int = 0
    anomalies: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.anomalies


def verifier(cle: str = "") -> Rapport:
    """Refait toutes les empreintes (ou celles d'une chaîne), pendant que le service écrit.

    Une chaîne douteuse est relue sous verrou : un acte ajouté pendant la lecture n'est pas une anomalie.
    Une chaîne retirée en entier, tête comprise, ne se voit pas d'ici : comparer avec la tête imprimée sur
    l'accusé de réception.
    """
    chaines = Chaine.objects.filter(cle=cle) if cle else Chaine.objects.all()
    evenements = Evenement.objects.filter(chaine_id=cle) if cle else Evenement.objects.all()
    restantes = {chaine.cle: chaine for chaine in chaines}
    rapport = Rapport(chaines=len(restantes))
    douteuses = []
    lus = evenements.order_by("chaine_id", "numero").iterator(chunk_size=2000)
    for cle_lue, groupe in groupby(lus, key=lambda e: e.chaine_id):
        maillons = list(groupe)
        rapport.evenements += len(maillons)
        chaine = restantes.pop(cle_lue, None)
        if chaine is None or _anomalies(chaine, maillons):
            douteuses.append(cle_lue)
    douteuses += [chaine.cle for chaine in restantes.values() if chaine.longueur]
    for cle_lue in sorted(douteuses):
        rapport.anomalies += _anomalies_sous_verrou(cle_lue)
    return rapport


@transaction.atomic
def _anomalies_sous_verrou(cle: str) -> list[str]:
    chaine = Chaine.objects.select_for_update().filter(cle=cle).first()
    return anomalies(chaine) if chaine else [f"{cle} : la tête de la chaîne a été retirée."]


def anomalies(chaine: Chaine) -> list[str]:
    """Ce qui ne va pas dans une chaîne : maillon retiré, changé ou déplacé. Vide si tout est intact."""
    return _anomalies(chaine, chaine.evenements.order_by("numero").iterator(chunk_size=2000))


def _anomalies(chaine: Chaine, maillons: Iterable[Evenement]) -> list[str]:
    precedente, attendu = "", 0
    for evenement in maillons:
        attendu += 1
        calculee = empreinte_de(
            chaine=chaine.cle,
            numero=evenement.numero,
            sorte=evenement.sorte,
            acteur_id=evenement.acteur_id,
            acteur_nom=evenement.acteur_nom,
            le=evenement.le.astimezone(UTC).isoformat(),
            donnees=evenement.donnees,
            precedente=precedente,
        )
        if (evenement.numero, evenement.precedente, evenement.empreinte) != (attendu, precedente, calculee):
            return [f"{chaine.cle} : l’événement n° {attendu} a été changé, retiré ou déplacé."]
        precedente = evenement.empreinte
    if (attendu, precedente) != (chaine.longueur, chaine.tete):
        return [f"{chaine.cle} : la fin de la chaîne a été retirée."]
    return []
