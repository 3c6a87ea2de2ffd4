"""Écrire dans le journal ; y effacer un nom."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from esperluette.journal.chaine import (
    FORMAT,
    PREMIER,
    auteur,
    canonique,
    cle_de,
    empreinte_de,
    normaliser,
    nouveau_sel,
    sha256,
)
from esperluette.journal.models import NOM_EFFACE, Chaine, Evenement

__all__ = ["cle_de", "consigner", "consigner_ensemble", "effacer_les_noms"]

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
    chaine = Chaine.objects.select_for_update().filter(cle=cle).first()
    if chaine is None:  # le premier acte ; une autre transaction peut l'ouvrir au même instant
        Chaine.objects.get_or_create(cle=cle)
        chaine = Chaine.objects.select_for_update().get(cle=cle)
    return _ajouter(chaine, sorte, acteur, donnees)


@transaction.atomic
def consigner_ensemble(sorte: str, actes: Iterable[tuple[models.Model, dict[str, Any]]], *, acteur: Any) -> None:
    """Le même acte sur beaucoup d'objets, chacun avec ses `donnees` ; un maillon par objet, par lots de requêtes."""
    par_cle = {cle_de(objet): donnees for objet, donnees in actes}
    for cles in _par_lots(sorted(par_cle)):
        connues = set(Chaine.objects.filter(cle__in=cles).values_list("cle", flat=True))
        # Une autre transaction peut en ouvrir une au même instant : la sienne vaut la nôtre.
        Chaine.objects.bulk_create((Chaine(cle=c) for c in cles if c not in connues), ignore_conflicts=True)
        chaines = list(Chaine.objects.select_for_update().filter(cle__in=cles).order_by("cle"))
        Evenement.objects.bulk_create(_maillon(c, sorte, acteur, par_cle[c.cle]) for c in chaines)
        Chaine.objects.bulk_update(chaines, ["longueur", "tete"])


def _par_lots(elements: Sequence[Any]) -> Iterator[Any]:
    return (elements[debut : debut + LOT] for debut in range(0, len(elements), LOT))


def _ajouter(chaine: Chaine, sorte: str, acteur: Any, donnees: dict[str, Any]) -> Evenement:
    """Ajoute un maillon à une chaîne verrouillée."""
    evenement = _maillon(chaine, sorte, acteur, donnees)
    evenement.save(force_insert=True)
    chaine.save(update_fields=["longueur", "tete"])
    return evenement


def _maillon(chaine: Chaine, sorte: str, acteur: Any, donnees: dict[str, Any]) -> Evenement:
    """L'événement suivant de la chaîne, à écrire ; la chaîne, en mémoire, avance d'autant."""
    evenement = Evenement(
        chaine=chaine,
        numero=chaine.longueur + 1,
        sorte=sorte,
        acteur_id=acteur.pk if acteur is not None else None,
        acteur_nom=(str(acteur) if acteur is not None else SYSTEME)[:200],
        acteur_sel=nouveau_sel(),
        le=timezone.now(),
        donnees=normaliser(donnees),
        sel=nouveau_sel(),
        format=FORMAT,
        precedente=chaine.tete,
    )
    evenement.acteur_marque = sha256(auteur(evenement))
    evenement.empreinte = empreinte_de(evenement)
    chaine.longueur, chaine.tete = evenement.numero, evenement.empreinte
    return evenement


@transaction.atomic
def effacer_les_noms(compte: Any) -> int:
    """Efface le nom de ce compte dans tous ses actes, et rend leur nombre ; rejoué, sans effet.

    Chaque chaîne touchée reçoit d'abord une ligne-tombe, qui dit quels maillons ont perdu leur nom. Un maillon du
    premier format a son nom dans son empreinte : la ligne-tombe garde celle du même maillon sans nom, et le reste de
    l'acte se vérifie encore. Les déclencheurs de la base n'admettent que ce changement-là, et dans cet ordre.
    """
    nommes = Evenement.objects.filter(acteur=compte).exclude(acteur_nom="").order_by("chaine_id", "numero")
    efface = 0
    for cle, groupe in groupby(nommes, key=lambda e: e.chaine_id):
        chaine = Chaine.objects.select_for_update().get(cle=cle)
        for evenements in _par_lots(list(groupe)):
            _ajouter(chaine, NOM_EFFACE, None, _tombe(evenements))
            efface += Evenement.objects.filter(pk__in=[e.pk for e in evenements]).update(acteur_nom="", acteur_sel="")
    return efface


def _tombe(evenements: Iterable[Evenement]) -> dict[str, Any]:
    numeros, sans_nom = [], {}
    for evenement in evenements:
        numeros.append(evenement.numero)
        if evenement.format == PREMIER:
            evenement.acteur_nom = ""
            sans_nom[str(evenement.numero)] = sha256(canonique(evenement))
    return {"numeros": numeros, "sans_nom": sans_nom} if sans_nom else {"numeros": numeros}
