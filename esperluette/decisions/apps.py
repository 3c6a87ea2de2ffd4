"""Déclaration de l'app `decisions` : la décision de l'ARS et ses courriers."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "esperluette.decisions"
    label = "decisions"
