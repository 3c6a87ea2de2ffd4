"""Ce que vaut une attestation : la reconnaissance court-elle toujours ?"""

from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import Origine
from esperluette.reconnaissances.enums import EtatReconnaissance
from esperluette.reconnaissances.models import Reconnaissance


def attestation(reconnaissance: Reconnaissance, document: DocumentProduit | None) -> Origine:
    """L'attestation d'une équipe, et l'état de sa reconnaissance aujourd'hui."""
    return Origine(
        libelle="Attestation de reconnaissance",
        emetteur=f"Agence régionale de santé {reconnaissance.region.nom}",
        reference=reconnaissance.numero,
        **_etat(reconnaissance, document),
    )


def _etat(reconnaissance: Reconnaissance, document: DocumentProduit | None) -> dict[str, Any]:
    etat, suspension = reconnaissance.etat, reconnaissance.suspension_en_cours
    if etat == EtatReconnaissance.RETIREE and reconnaissance.retiree_le:
        le = reconnaissance.retiree_le
        return _dit(EtatDuDocument.RETIRE, le, f"La reconnaissance a été retirée à compter du {en_lettres(le)}.")
    if etat == EtatReconnaissance.FINIE and reconnaissance.fin:
        le = reconnaissance.fin
        return _dit(EtatDuDocument.FINI, le, f"La reconnaissance a pris fin le {en_lettres(le)}.")
    if suspension is not None:
        le = suspension.debut
        return _dit(EtatDuDocument.SUSPENDU, le, f"La reconnaissance est suspendue depuis le {en_lettres(le)}.")
    derniere = reconnaissance.attestation
    if document is not None and derniere is not None and derniere.pk != document.pk:
        le = timezone.localdate(derniere.produit_le)
        return _dit(EtatDuDocument.REMPLACE, le, f"Une attestation plus récente a été produite le {en_lettres(le)}.")
    return {"phrase": "La reconnaissance court toujours."}


def _dit(etat: EtatDuDocument, le: Any, phrase: str) -> dict[str, Any]:
    return {"etat": etat, "etat_le": le, "phrase": phrase}
