"""Servir un document gardé."""

from django.http import FileResponse

from esperluette.documents.enums import Format
from esperluette.documents.models import DocumentProduit


def telecharger(document: DocumentProduit) -> FileResponse:
    """Le document, en pièce jointe, jamais affiché dans l'origine du site. Le droit d'accès est vérifié avant."""
    reponse = FileResponse(
        document.fichier.storage.open(str(document.fichier.name), "rb"),
        as_attachment=True,
        filename=document.nom,
        content_type=Format(document.format).type_mime,
    )
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
