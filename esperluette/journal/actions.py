"""Écrire dans le journal."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from esperluette.journal.chaine import cle_de, empreinte_de, normaliser
from esperluette.journal.models import Chaine, Evenement

__all__ = ["cle_de", "consigner", "empreinte_de"]

SYSTEME = "Esperluette"


@transaction.atomic
def consigner(sorte: str, objet: models.Model, *, acteur: Any, **donnees: Any) -> Evenement:
    """Ajoute un acte à la chaîne de `objet`, dans la transaction en cours.

    `sorte` est un nom court (« membre_ajoute », voir `journal.libelles`) ; `acteur` un compte, ou None pour
    le système. `donnees` : identifiants et valeurs JSON courtes, jamais un texte rédigé ni une donnée de
    patient ; un nombre à virgule s'y note en texte.
    """
    cle = cle_de(objet)
    donnees = normaliser(donnees)
    Chaine.objects.get_or_create(cle=cle)
    chaine = Chaine.objects.select_for_update().get(cle=cle)
    le = timezone.now()
    numero = chaine.longueur + 1
    nom = (str(acteur) if acteur is not None else SYSTEME)[:200]
    acteur_id = acteur.pk if acteur is not None else None
    empreinte = empreinte_de(
        chaine=cle,
        numero=numero,
        sorte=sorte,
        acteur_id=acteur_id,
        acteur_nom=nom,
        le=le.isoformat(),
        donnees=donnees,
        precedente=chaine.tete,
    )
    evenement = Evenement.objects.create(
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
    chaine.save(update_fields=["longueur", "tete"])
    return evenement
