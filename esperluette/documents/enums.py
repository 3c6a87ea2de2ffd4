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


class Methode(models.TextChoices):
    """Comment une signature électronique a été recueillie. Une page signée à la main est une autre chose."""

    CODE_COURRIEL = "code_courriel", "Code reçu par courriel"
