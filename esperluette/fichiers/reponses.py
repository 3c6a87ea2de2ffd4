"""Servir un fichier reçu, sans jamais l'exécuter ni l'afficher dans l'origine du site."""

from django.http import FileResponse

from esperluette.fichiers.models import Fichier


def telecharger(fichier: Fichier) -> FileResponse:
    """Le fichier, toujours en pièce jointe. La vue de l'app propriétaire a vérifié qui peut le lire."""
    charset = "; charset=utf-8" if fichier.type_mime.startswith("text/") else ""
    reponse = FileResponse(
        fichier.contenu.storage.open(str(fichier.contenu.name), "rb"),
        as_attachment=True,
        filename=fichier.nom,
        content_type=fichier.type_mime + charset,
    )
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
