"""Ce qu'une vérification constate, en valeurs, en phrases et en JSON."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from esperluette.documents.enums import Confiance, EtatDuCertificat, EtatDuDocument, EtatDuSceau, Verdict
from esperluette.documents.lecture_du_sceau import SceauLu
from esperluette.documents.registres import Signataire

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLu:
    """Le document gardé que le fichier, ou le code, désigne."""

    libelle: str
    produit_le: datetime | None
    format: str
    code: str
    etat: EtatDuDocument
    etat_le: date | None
    phrase: str
    emetteur: str = ""
    reference: str = ""
    edition: str = ""
    signataires: tuple[Signataire, ...] = ()
    # Le fichier gardé ici est celui du jour de sa production ; None : il n'a pas été relu.
    integre: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constat:
    """Ce qu'on peut dire d'un fichier. `base` : les documents de l'installation ont été consultés."""

    verdict: Verdict
    nature: str
    taille: int
    empreinte: str
    sceau: SceauLu
    document: DocumentLu | None
    exact: bool
    base: bool

    @property
    def phrase(self) -> str:
        """La grande phrase."""
        reserve = EtatDuDocument.RESERVES.get(self.document.etat.value, "") if self.document else ""
        return f"{self.verdict.label}{reserve if self.verdict == Verdict.INTACT else ''}"

    @property
    def explications(self) -> list[str]:
        """Ce qui le fait dire, en phrases."""
        return _explications(self)

    def en_json(self) -> dict[str, Any]:
        """Clés stables : on peut en ajouter, aucune ne change de sens."""
        return {
            "version": VERSION,
            "verdict": self.verdict.value,
            "phrase": self.phrase,
            "explications": self.explications,
            "fichier": {"nature": self.nature, "taille": self.taille, "sha256": self.empreinte},
            "base_consultee": self.base,
            "connu": self.exact,
            "sceau": _sceau_en_json(self.sceau),
            "document": _document_en_json(self.document),
        }


def _explications(constat: Constat) -> list[str]:
    sceau = constat.sceau
    phrases = [_ce_que_dit_l_empreinte(constat), _ce_que_dit_le_sceau(constat)]
    if sceau.etat == EtatDuSceau.INTACT and sceau.confiance == Confiance.ESSAI:
        phrases.append("Son certificat est un certificat d’essai : ce sceau ne vaut rien en droit.")
    if sceau.certificat == EtatDuCertificat.EXPIRE:
        phrases.append("Le certificat a expiré depuis ; il était dans ses dates le jour du sceau.")
    elif sceau.certificat == EtatDuCertificat.HORS_DATES:
        phrases.append("Le certificat n’était pas dans ses dates le jour du sceau.")
    if constat.document and constat.exact:
        phrases.append(constat.document.phrase)
    return [phrase for phrase in phrases if phrase]


def _ce_que_dit_l_empreinte(constat: Constat) -> str:
    if constat.exact:
        return "Octet pour octet, c’est le document que nous gardons."
    if constat.document:
        return "Il porte le code d’un document que nous gardons, mais ce n’en est pas la copie exacte."
    if not constat.base:
        return "Les documents gardés n’ont pas été consultés : seul le sceau a été lu."
    return "Nous ne gardons aucun document identique à ce fichier."


def _ce_que_dit_le_sceau(constat: Constat) -> str:
    sceau = constat.sceau
    if sceau.etat == EtatDuSceau.ABSENT:
        return "Il ne porte pas de sceau électronique." if constat.nature == "pdf" else ""
    if sceau.etat == EtatDuSceau.ILLISIBLE:
        return "Son sceau ne se lit pas : le fichier est abîmé, modifié ou piégé."
    if sceau.apres:
        return "Quelque chose a été ajouté au fichier après son sceau."
    if sceau.etat == EtatDuSceau.ALTERE:
        return "Son sceau est rompu : au moins un octet a changé depuis qu’il a été posé."
    if sceau.confiance == Confiance.INCONNUE:
        return f"Le sceau tient, mais il est de « {sceau.sujet} », que ce service ne connaît pas."
    return "Son sceau tient : aucun octet n’a changé depuis qu’il a été posé."


def _iso(instant: datetime | date | None) -> str | None:
    if isinstance(instant, datetime):
        return timezone.localtime(instant).isoformat(timespec="seconds")
    return instant.isoformat() if instant else None


def _sceau_en_json(sceau: SceauLu) -> dict[str, Any]:
    horodatage = sceau.horodatage
    return {
        "etat": sceau.etat.value,
        "sujet": sceau.sujet,
        "emetteur": sceau.emetteur,
        "confiance": sceau.confiance.value if sceau.sujet else None,
        "certificat": sceau.certificat.value if sceau.certificat else None,
        "valable_du": _iso(sceau.du),
        "valable_au": _iso(sceau.au),
        "le": _iso(sceau.le),
        "motif": sceau.motif,
        "ajout_apres_le_sceau": sceau.apres,
        "signatures": sceau.signatures,
        "horodatage": {
            "le": _iso(horodatage.le),
            "service": horodatage.service,
            "intact": horodatage.intact,
            "confiance": horodatage.confiance.value,
        }
        if horodatage
        else None,
    }


def _document_en_json(document: DocumentLu | None) -> dict[str, Any] | None:
    if document is None:
        return None
    return {
        "libelle": document.libelle,
        "emetteur": document.emetteur,
        "reference": document.reference,
        "produit_le": _iso(document.produit_le),
        "format": document.format,
        "code": document.code,
        "edition": document.edition,
        "etat": document.etat.value,
        "etat_le": _iso(document.etat_le),
        "signataires": [
            {
                "nom": s.nom,
                "qualite": s.qualite,
                "le": _iso(s.le),
                "methode": s.methode,
                "annulee_le": _iso(s.annulee_le),
            }
            for s in document.signataires
        ],
    }
