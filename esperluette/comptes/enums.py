"""Vocabulaire des comptes."""

from enum import nonmember

from django.db import models


class Role(models.TextChoices):
    """Ce qu'un compte fait dans un organisme. Les rôles d'équipe vivent dans `equipes`."""

    REFERENT = "referent", "Référent ARS"
    AUTORITE = "autorite", "Autorité ARS"
    SECRETARIAT = "secretariat", "Secrétariat de commission"
    PRESIDENT = "president", "Président de commission"
    MEMBRE_COMMISSION = "membre_commission", "Membre de commission"
    ADMIN_REGIONAL = "admin_regional", "Administrateur régional"
    ADMIN = "admin", "Administrateur"

    # Ceux qui instruisent et décident, dans leur périmètre.
    INSTRUCTEURS = nonmember(("referent", "autorite"))
    # Ceux qui lisent les équipes et les dossiers de leur périmètre ; l'administrateur lit tout, sans écrire.
    LECTEURS = nonmember(("referent", "autorite", "admin"))
    # Ceux qui tiennent contacts, calendrier et comptes d'agents d'une région.
    ADMINISTRATEURS = nonmember(("admin_regional", "admin"))


class SorteOrganisme(models.TextChoices):
    """Familles d'organismes."""

    ARS = "ars", "Agence régionale de santé"
    URPS = "urps", "URPS"
    ASSURANCE_MALADIE = "assurance_maladie", "Assurance maladie"
    REGION = "region", "Conseil régional"
    FEDERATION = "federation", "Fédération"
    AUTRE = "autre", "Autre organisme"
