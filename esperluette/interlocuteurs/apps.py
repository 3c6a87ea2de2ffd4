"""Déclaration de l'app `interlocuteurs`."""

from django.apps import AppConfig


class InterlocuteursConfig(AppConfig):
    name = "esperluette.interlocuteurs"
    label = "interlocuteurs"
