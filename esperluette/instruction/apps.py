"""Déclaration de l'app `instruction`."""

from django.apps import AppConfig


class InstructionConfig(AppConfig):
    name = "esperluette.instruction"
    label = "instruction"
