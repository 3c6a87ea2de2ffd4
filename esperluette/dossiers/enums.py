"""Vocabulaire des dossiers : les états, leurs groupes et leur nom selon le public."""

from enum import nonmember

from django.db import models


class Etat(models.TextChoices):
    """Où en est un dossier. Seul `cycle.franchir` écrit un état."""

    BROUILLON = "brouillon", "Brouillon"
    A_SIGNER = "a_signer", "À signer"
    DEPOSE = "depose", "Déposé"
    EN_INSTRUCTION = "en_instruction", "En instruction"
    A_COMPLETER = "a_completer", "À compléter"
    INSCRIT = "inscrit", "Inscrit à une séance"
    AVIS_RENDU = "avis_rendu", "Avis rendu"
    ACCEPTE = "accepte", "Accepté"
    REFUSE = "refuse", "Refusé"
    SANS_SUITE = "sans_suite", "Classé sans suite"
    RETIRE = "retire", "Retiré"

    MODIFIABLES = nonmember(("brouillon", "a_completer"))
    CLOS = nonmember(("accepte", "refuse", "sans_suite", "retire"))
    OUVERTS = nonmember(("brouillon", "a_signer", "depose", "en_instruction", "a_completer", "inscrit", "avis_rendu"))
    CHEZ_L_ARS = nonmember(("depose", "en_instruction", "inscrit", "avis_rendu"))
    LIBELLES_AGENT = nonmember({"depose": "À prendre en instruction", "a_completer": "En attente de l’équipe"})
    TONS = nonmember(
        {
            "brouillon": "neutre",
            "a_signer": "info",
            "depose": "info",
            "en_instruction": "info",
            "a_completer": "attention",
            "inscrit": "info",
            "avis_rendu": "info",
            "accepte": "succes",
            "refuse": "erreur",
            "sans_suite": "neutre",
            "retire": "neutre",
        }
    )

    def libelle_pour(self, public: str) -> str:
        """Le nom de l'état pour un public : « equipe » ou « agent »."""
        if public == "agent":
            return self.LIBELLES_AGENT.get(self.value, str(self.label))
        return str(self.label)

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le libellé dit tout, la couleur rien de plus."""
        return self.TONS[self.value]


class SorteVersion(models.TextChoices):
    """D'où vient une version d'une réponse."""

    SAISIE = "saisie", "Saisie"
    RESTAURATION = "restauration", "Restauration"
    FUSION = "fusion", "Choix après un conflit"
    REPRISE = "reprise", "Reprise d’un autre dossier de l’équipe"
    IMPORT = "import", "Import d’une trame remplie"


class NatureEcheance(models.TextChoices):
    """Pourquoi une date compte pour un dossier."""

    SILENCE = "silence", "Le silence vaut décision"
    COMPLEMENTS = "complements", "Compléments attendus de l’équipe"
    SEANCE = "seance", "Séance de la commission"
    REPONSE = "reponse", "Réponse attendue de l’ARS"
