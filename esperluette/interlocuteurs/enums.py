"""Les mots fermés des interlocuteurs."""

from enum import nonmember

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


class Qualite(models.TextChoices):
    """Au nom de quoi l'on demande une rencontre."""

    PROFESSIONNEL = "professionnel", "Professionnel de santé"
    ELU = "elu", "Élu ou collectivité"
    AUTRE = "autre", "Autre"


class SorteDeDemande(models.TextChoices):
    """Se rencontrer, ou simplement écrire."""

    RENCONTRE = "rencontre", "Demande de rencontre"
    MESSAGE = "message", "Message"


class EtatDeDemande(models.TextChoices):
    """Où en est une demande. `cycle.py` est seul à l'écrire."""

    A_CONFIRMER = "a_confirmer", "À confirmer par courriel"
    DEMANDEE = "demandee", "Envoyée"
    FIXEE = "fixee", "Rencontre fixée"
    TENUE = "tenue", "Rencontre tenue"
    REPONDUE = "repondue", "Réponse donnée"
    ANNULEE = "annulee", "Annulée"

    OUVERTS = nonmember(("demandee", "fixee"))
    CLOS = nonmember(("tenue", "repondue", "annulee"))
    TONS = nonmember(
        {
            "a_confirmer": "attention",
            "demandee": "info",
            "fixee": "info",
            "tenue": "succes",
            "repondue": "succes",
            "annulee": "neutre",
        }
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit déjà tout."""
        return self.TONS[self.value]
