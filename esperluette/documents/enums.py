"""Vocabulaire des documents."""

from enum import nonmember

from django.db import models


class Format(models.TextChoices):
    """Les formats produits depuis un même gabarit."""

    HTML = "html", "HTML"
    DOCX = "docx", "Word (DOCX)"
    ODT = "odt", "LibreOffice (ODT)"
    PDF = "pdf", "PDF"

    TYPES_MIME = nonmember(
        {
            "html": "text/html; charset=utf-8",
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "odt": "application/vnd.oasis.opendocument.text",
            "pdf": "application/pdf",
        }
    )

    @property
    def type_mime(self) -> str:
        """Le type à annoncer quand on sert le document."""
        return self.TYPES_MIME[self.value]


class SceauImprime(models.TextChoices):
    """Ce qu'un document imprime de son sceau."""

    SERVICE = "service", "Scellé par le certificat du service"
    ESSAI = "essai", "Scellé par un certificat d'essai"
    AILLEURS = "ailleurs", "Un format qui ne se scelle pas"
    AUCUN = "aucun", "Non scellé"


class EtatDuDocument(models.TextChoices):
    """Ce que vaut aujourd'hui un document gardé, indépendamment de son intégrité."""

    EN_VIGUEUR = "en_vigueur", "En vigueur"
    REMPLACE = "remplace", "Remplacé par un plus récent"
    ANNULE = "annule", "Annulé"
    RETIRE = "retire", "Retiré"
    INCONNU = "inconnu", "Inconnu"

    TONS = nonmember(
        {"en_vigueur": "succes", "remplace": "attention", "annule": "erreur", "retire": "erreur", "inconnu": "neutre"}
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le mot dit tout."""
        return self.TONS[self.value]


class Methode(models.TextChoices):
    """Comment une signature électronique a été recueillie. Une page signée à la main est une autre chose."""

    CODE_COURRIEL = "code_courriel", "Code reçu par courriel"
