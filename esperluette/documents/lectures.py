"""Lire et vérifier les documents gardés."""

import hashlib

from esperluette.documents.models import DocumentProduit


def est_intact(document: DocumentProduit) -> bool:
    """Le fichier gardé a bien l'empreinte notée le jour de sa production ; faux s'il a disparu."""
    try:
        with document.fichier.storage.open(str(document.fichier.name), "rb") as contenu:
            return hashlib.file_digest(contenu, "sha256").hexdigest() == document.empreinte
    except FileNotFoundError:
        return False
