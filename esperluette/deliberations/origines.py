"""Ce que valent un procès-verbal et ses extraits : validés, ou corrigés depuis."""

from typing import Any

from esperluette.deliberations.models import Extrait, ProcesVerbal
from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import Origine, signataires_de


def proces_verbal(pv: ProcesVerbal, document: DocumentProduit | None) -> Origine:
    """Le procès-verbal d'une séance."""
    return _origine("Procès-verbal de commission", pv, pv, document)


def extrait(extrait: Extrait, document: DocumentProduit | None) -> Origine:
    """L'extrait d'un dossier ; ceux qui ont signé le procès-verbal le signent."""
    return _origine("Extrait de procès-verbal de commission", extrait, extrait.proces_verbal, document)


def _origine(
    libelle: str, objet: ProcesVerbal | Extrait, pv: ProcesVerbal, document: DocumentProduit | None
) -> Origine:
    return Origine(
        libelle=libelle,
        emetteur=objet.contenu["instance"],
        reference=objet.contenu["reference"],
        signataires=signataires_de(pv, empreinte=pv.empreinte),
        **_etat(objet, pv, document),
    )


def _etat(objet: ProcesVerbal | Extrait, pv: ProcesVerbal, document: DocumentProduit | None) -> dict[str, Any]:
    if document is not None and document.contexte.get("empreinte") != objet.empreinte:
        return {"etat": EtatDuDocument.REMPLACE, "phrase": "Le procès-verbal a été corrigé depuis."}
    if not pv.est_fige:
        return {"etat": EtatDuDocument.INCONNU, "phrase": "Ce n’est qu’un projet : il n’est pas validé."}
    return {"phrase": "Le procès-verbal validé n’a pas changé depuis."}
