"""Écrire dans le journal."""

import hashlib
import json
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from esperluette.journal.models import Chaine, Evenement


def cle_de(objet: models.Model) -> str:
    """La clé de la chaîne d'un objet : `dossiers.dossier:12`."""
    return f"{objet._meta.label_lower}:{objet.pk}"


def empreinte_de(
    *,
    chaine: str,
    numero: int,
    sorte: str,
    acteur_id: int | None,
    acteur_nom: str,
    le: str,
    donnees: Any,
    precedente: str,
) -> str:
    """SHA-256 (hexadécimal) du contenu canonique d'un événement et de l'empreinte précédente."""
    contenu = json.dumps(
        [chaine, numero, sorte, acteur_id, acteur_nom, le, donnees, precedente],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(contenu.encode("utf-8")).hexdigest()


@transaction.atomic
def consigner(sorte: str, objet: models.Model, *, acteur: Any, **donnees: Any) -> Evenement:
    """Ajoute un acte à la chaîne de `objet`, dans la transaction en cours.

    `sorte` est un nom court (« membre_ajoute ») ; `acteur` un compte, ou None pour le système.
    `donnees` : identifiants et valeurs JSON courtes, jamais un texte rédigé ni une donnée de patient.
    """
    cle = cle_de(objet)
    Chaine.objects.get_or_create(cle=cle)
    chaine = Chaine.objects.select_for_update().get(cle=cle)
    le = timezone.now()
    numero = chaine.longueur + 1
    nom = str(acteur) if acteur is not None else "Esperluette"
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
        acteur=acteur,
        acteur_nom=nom,
        le=le,
        donnees=donnees,
        precedente=chaine.tete,
        empreinte=empreinte,
    )
    chaine.longueur, chaine.tete = numero, empreinte
    chaine.save(update_fields=["longueur", "tete"])
    return evenement
