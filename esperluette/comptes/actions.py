"""Créer un compte, ouvrir et fermer une fonction."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from esperluette.commun.erreurs import ErreurMetier
from esperluette.comptes.models import Compte


class AdresseRefusee(ErreurMetier):
    """L'adresse donnée n'en est pas une."""


def compte_pour(courriel: str, *, prenom: str = "", nom: str = "", **champs: Any) -> Compte:
    """Le compte de cette adresse, créé s'il n'existe pas ; un compte existant n'est pas modifié."""
    courriel = courriel.strip().lower()
    try:
        validate_email(courriel)
    except ValidationError:
        raise AdresseRefusee(f"« {courriel} » n’est pas une adresse électronique.") from None
    if existant := Compte.objects.filter(courriel__iexact=courriel).first():
        return existant
    try:
        with transaction.atomic():
            return Compte.objects.create_user(courriel, prenom=prenom, nom=nom, **champs)
    except IntegrityError:  # créé au même instant par une autre requête
        return Compte.objects.get(courriel__iexact=courriel)
