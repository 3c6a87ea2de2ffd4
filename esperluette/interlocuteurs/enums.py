"""Les mots fermés des interlocuteurs."""

from django.db import models


class NiveauDePortee(models.TextChoices):
    """Où vaut un contact, du plus précis au plus large : le plus précis l'emporte."""

    COMMUNE = "commune", "Commune"
    INTERCOMMUNALITE = "intercommunalite", "Intercommunalité"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"


class PublicVise(models.TextChoices):
    """À qui s'adresse un message d'information."""

    TOUS = "tous", "Tout le monde"
    EQUIPES = "equipes", "Les équipes"
    AGENTS = "agents", "Les agents"
    ELUS = "elus", "Les élus et partenaires"


class GesteDeFiche(models.TextChoices):
    """Ce qui est arrivé à une fiche."""

    CREATION = "creation", "Création"
    MODIFICATION = "modification", "Modification"
    DESACTIVATION = "desactivation", "Désactivation"
    REACTIVATION = "reactivation", "Réactivation"
    RETOUR = "retour", "Retour à des valeurs précédentes"
    CHARGEMENT = "chargement", "Mise à jour d’après l’édition"
