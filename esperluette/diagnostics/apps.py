"""Déclaration de l'app `diagnostics` : le territoire d'une équipe : patientèle, chiffres, constats retenus."""

from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "esperluette.diagnostics"
    label = "diagnostics"
