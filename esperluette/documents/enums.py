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
    SUSPENDU = "suspendu", "Suspendu"
    FINI = "fini", "Arrivé à son terme"
    INCONNU = "inconnu", "Inconnu"

    RESERVES = nonmember(
        {
            "remplace": ", mais un plus récent l’a remplacé",
            "annule": ", mais il est annulé",
            "retire": ", mais il a été retiré",
            "suspendu": ", mais il est suspendu",
            "fini": ", mais il est arrivé à son terme",
        }
    )
    TONS = nonmember(
        {
            "en_vigueur": "succes",
            "remplace": "attention",
            "annule": "erreur",
            "retire": "erreur",
            "suspendu": "attention",
            "fini": "attention",
            "inconnu": "neutre",
        }
    )

    @property
    def ton(self) -> str:
        """Le ton de la pastille ; le mot dit tout."""
        return self.TONS[self.value]


class Verdict(models.TextChoices):
    """Ce qu'une vérification conclut d'un fichier, en une phrase."""

    INTACT = "intact", "Ce document est intact"
    ALTERE = "altere", "Ce document a été modifié"
    AUTRE = "autre", "Ce sceau n’est pas le nôtre"
    INCONNU = "inconnu", "Nous ne connaissons pas ce fichier"
    NON_SCELLE = "non_scelle", "Ce fichier ne porte pas de sceau"
    ILLISIBLE = "illisible", "Ce fichier ne peut pas être vérifié"

    TONS = nonmember(
        {
            "intact": "success",
            "altere": "error",
            "autre": "warning",
            "inconnu": "warning",
            "non_scelle": "warning",
            "illisible": "error",
        }
    )

    @property
    def ton(self) -> str:
        """Le ton de l'encadré ; la phrase dit tout."""
        return self.TONS[self.value]


class EtatDuSceau(models.TextChoices):
    """Ce que vaut le sceau d'un fichier, seul."""

    INTACT = "intact", "Intact"
    ALTERE = "altere", "Rompu : le fichier a changé depuis"
    ABSENT = "absent", "Absent"
    ILLISIBLE = "illisible", "Illisible"


class Confiance(models.TextChoices):
    """Qui répond du certificat d'un sceau ou d'un horodatage."""

    RECONNUE = "reconnue", "Autorité reconnue par ce service"
    ESSAI = "essai", "Autorité d’essai, sans valeur juridique"
    INCONNUE = "inconnue", "Autorité inconnue de ce service"


class EtatDuCertificat(models.TextChoices):
    """Où en est le certificat d'un sceau."""

    VALABLE = "valable", "Valable"
    EXPIRE = "expire", "Expiré depuis, valable le jour du sceau"
    HORS_DATES = "hors_dates", "Hors de ses dates le jour du sceau"


class Methode(models.TextChoices):
    """Comment une signature électronique a été recueillie. Une page signée à la main est une autre chose."""

    CODE_COURRIEL = "code_courriel", "Code reçu par courriel"
