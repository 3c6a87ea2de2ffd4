"""Écrire dans le journal."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from esperluette.journal.chaine import cle_de, empreinte_de, normaliser
from esperluette.journal.models import Chaine, Evenement

__all__ = ["cle_de", "consigner", "consigner_ensemble", "empreinte_de"]

SYSTEME = "Esperluette"
LOT = 200


@transaction.atomic
def consigner(sorte: str, objet: models.Model, *, acteur: Any, **donnees: Any) -> Evenement:
    """Ajoute un acte à la chaîne de `objet`, dans la transaction en cours.

    `sorte` est un nom court (« membre_ajoute », voir `journal.libelles`) ; `acteur` un compte, ou None pour
    le système. `donnees` : identifiants et valeurs JSON courtes, jamais un texte rédigé ni une donnée de
    patient ; un nombre à virgule s'y note en texte.
    """
    cle = cle_de(objet)
    Chaine.objects.get_or_create(cle=cle)
    chaine = Chaine.objects.select_for_update().get(cle=cle)
    evenement = _maillon(chaine, sorte, acteur, donnees)
    evenement.save(force_insert=True)
    chaine.save(update_fields=["longueur", "tete"])
    return evenement


@transaction.atomic
def consigner_ensemble(sorte: str, actes: Iterable[tuple[models.Model, dict[str, Any]]], *, acteur: Any) -> None:
    """Le même acte sur beaucoup d'objets, chacun avec ses `donnees` ; un maillon par objet, par lots de requêtes."""
    par_cle = {cle_de(objet): donnees for objet, donnees in actes}
    Chaine.objects.bulk_create((Chaine(cle=cle) for cle in par_cle), ignore_conflicts=True, batch_size=LOT)
    cles = sorted(par_cle)
    for debut in range(0, len(cles), LOT):
        chaines = list(Chaine.objects.select_for_update().filter(cle__in=cles[debut : debut + LOT]).order_by("cle"))
        Evenement.objects.bulk_create(_maillon(c, sorte, acteur, par_cle[c.cle]) for c in chaines)
        Chaine.objects.bulk_update(chaines, ["longueur", "tete"])


def _maillon(chaine: Chaine, sorte: str, acteur: Any, donnees: dict[str, Any]) -> Evenement:
    """L'événement suivant de la chaîne, à écrire ; la chaîne, en mémoire, avance d'autant."""
    donnees = normaliser(donnees)
    le = timezone.now()
    numero = chaine.longueur + 1
    nom = (str(acteur) if acteur is not None else SYSTEME)[:200]
    acteur_id = acteur.pk if acteur is not None else None
    empreinte = empreinte_de(
        chaine=chaine.cle,
        numero=numero,
        sorte=sorte,
        acteur_id=acteur_id,
        acteur_nom=nom,
        le=le.isoformat(),
        donnees=donnees,
        precedente=chaine.tete,
    )
    evenement = Evenement(
        chaine=chaine,
        numero=numero,
        sorte=sorte,
        acteur_id=acteur_id,
        acteur_nom=nom,
        le=le,
        donnees=donnees,
        precedente=chaine.tete,
        empreinte=empreinte,
    )
    chaine.longueur, chaine.tete = numero, empreinte
    return evenement
