"""Servir un fichier reçu, sans jamais l'exécuter ni l'afficher dans l'origine du site.

Le service lit le stockage et répond lui-même : aucune adresse du stockage, même signée, ne sort d'ici.
"""

from typing import Any

from django.http import FileResponse, Http404

from esperluette.commun.vues import exiger
from esperluette.fichiers.droits import peut_lire
from esperluette.fichiers.models import Fichier


def telecharger(fichier: Fichier, *, lecteur: Any = None) -> FileResponse:
    """Le fichier, toujours en pièce jointe. La vue de l'app propriétaire a vérifié qui y a affaire.

    `lecteur` : le compte qui demande ; il peut reprendre ce qu'il a déposé avant l'antivirus. Lève `PermissionDenied`
    pour un fichier en attente d'analyse ou en quarantaine, `Http404` s'il manque au stockage.
    """
    exiger(peut_lire(fichier, lecteur))
    charset = "; charset=utf-8" if fichier.type_mime.startswith("text/") else ""
    return _piece_sure(
        fichier.contenu, "private, no-store", as_attachment=True, filename=fichier.nom,
        content_type=fichier.type_mime + charset,
    )  # fmt: skip


def vignette(fichier: Fichier, *, lecteur: Any = None) -> FileResponse:
    """La vignette, aux mêmes droits que le fichier ; `Http404` s'il n'y en a pas."""
    exiger(peut_lire(fichier, lecteur))
    if not fichier.vignette:
        raise Http404("Ce fichier n’a pas de vignette.")
    return _piece_sure(fichier.vignette, "private, max-age=3600", filename="vignette.png", content_type="image/png")


def _piece_sure(champ: Any, cache: str, **options: Any) -> FileResponse:
    try:
        contenu = champ.storage.open(str(champ.name), "rb")
    except FileNotFoundError as absent:
        raise Http404("Ce fichier manque au stockage : prévenez qui tient le service.") from absent
    reponse = FileResponse(contenu, **options)
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reponse["Cache-Control"] = cache
    return reponse
