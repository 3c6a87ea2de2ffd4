"""Déclaration de l'app `referentiel`."""

from django.apps import AppConfig


class ReferentielConfig(AppConfig):
    name = "esperluette.referentiel"
    label = "referentiel"
