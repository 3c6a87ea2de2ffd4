"""Vocabulaire de l'équipe."""

from enum import nonmember

from django.db import models


class FormeVisee(models.TextChoices):
    """Ce que l'équipe veut devenir ; ses règles sont dans le référentiel de la région."""

    ESP = "esp", "Équipe de soins primaires (ESP)"
    MSP = "msp", "Maison de santé pluriprofessionnelle (MSP)"

    SIGLES = nonmember({"esp": "ESP", "msp": "MSP"})


class StatutJuridique(models.TextChoices):
    """La structure qui porte l'équipe. Vide : l'équipe ne l'a pas encore dit."""

    AUCUN = "aucun", "Aucune structure"
    ASSOCIATION = "association", "Association loi 1901"
    SISA = "sisa", "Société interprofessionnelle de soins ambulatoires (SISA)"
    AUTRE = "autre", "Autre structure"

    STRUCTURES = nonmember(("association", "sisa", "autre"))


class StatutAvancement(models.TextChoices):
    """Où en est la structure ; « en projet » vaut « à préciser », jamais « satisfait »."""

    CREE = "cree", "Créée"
    EN_COURS = "en_cours", "En cours de création"
    EN_PROJET = "en_projet", "En projet"


class Exercice(models.TextChoices):
    """Mode d'exercice d'un membre. Vide : inconnu."""

    LIBERAL = "liberal", "Libéral"
    SALARIE = "salarie", "Salarié"
    MIXTE = "mixte", "Mixte (libéral et salarié)"


class EtatMembre(models.TextChoices):
    """Où en est un membre ; se déduit de ses dates, ne s'écrit nulle part."""

    A_INVITER = "a_inviter", "À inviter"
    INVITE = "invite", "Invité"
    CONFIRME = "confirme", "Confirmé"
    PARTI = "parti", "Parti"

    TONS = nonmember({"a_inviter": "attention", "invite": "info", "confirme": "succes", "parti": "neutre"})

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit déjà tout."""
        return self.TONS[self.value]


class EtatInvitation(models.TextChoices):
    """Où en est un lien d'invitation ; se déduit de ses dates."""

    EN_COURS = "en_cours", "En attente de réponse"
    PERIMEE = "perimee", "Périmée"
    REVOQUEE = "revoquee", "Révoquée"
    ACCEPTEE = "acceptee", "Acceptée"


class Portee(models.TextChoices):
    """Ce qu'un accompagnateur peut faire dans l'équipe qui l'invite."""

    LECTURE = "lecture", "Lire"
    COMMENTAIRE = "commentaire", "Lire et commenter"


class FinDeDelegation(models.TextChoices):
    """Pourquoi une délégation de dépôt ne vaut plus, quand ce n'est pas sa date."""

    REVOQUEE = "revoquee", "Retirée par le porteur"
    REMPLACEE = "remplacee", "Remplacée par une autre"
    DEPART = "depart", "La personne a quitté l’équipe"
    PORTAGE = "portage", "L’équipe a changé de porteur"


class Changement(models.TextChoices):
    """Ce qui change dans la composition ; transmis aux gardes (voir `registres`)."""

    AJOUT = "ajout", "Ajouter un membre"
    MODIFICATION = "modification", "Modifier un membre"
    RETRAIT = "retrait", "Retirer un membre"
    DEPART = "depart", "Quitter l’équipe"
    IDENTITE = "identite", "Changer la forme visée ou la commune d’implantation"


class SorteDeclaration(models.TextChoices):
    """Ce que l'équipe affirme elle-même, faute de donnée qui le dise."""

    ZONAGE = "zonage", "Zonage du territoire"
    PROJET = "projet", "Condition d’une démarche ou d’une aide"


class EtatEtape(models.TextChoices):
    """Où en est une étape du chemin de l'équipe."""

    FAIT = "fait", "Fait"
    EN_COURS = "en_cours", "En cours"
    A_VENIR = "a_venir", "À venir"
