"""Recevoir un fichier."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from esperluette.fichiers.controle import reconnaitre
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.noms import nettoyer_nom

__all__ = ["FichierRefuse", "enregistrer"]


def enregistrer(upload: Any, *, acteur: Any) -> Fichier:
    """Contrôle le fichier reçu (`UploadedFile`) et le garde ; lève `FichierRefuse` avec une phrase qui dit quoi faire.

    Le type est celui du contenu, jamais celui qu'annonce le navigateur.
    """
    nom = nettoyer_nom(upload.name or "")
    maximum = settings.TAILLE_MAXIMALE_FICHIER
    octets = b"" if (upload.size or 0) > maximum else upload.read(maximum + 1)
    if (upload.size or 0) > maximum or len(octets) > maximum:
        raise FichierRefuse(
            f"« {nom} » pèse {_mega(max(upload.size or 0, len(octets)))} : la limite est de {_mega(maximum)}. "
            "Réduisez-le, ou déposez-le en plusieurs parties."
        )
    genre = reconnaitre(nom, octets)
    fichier = Fichier(
        nom=nom,
        type_mime=genre.type_mime,
        taille=len(octets),
        empreinte=hashlib.sha256(octets).hexdigest(),
        depose_par=acteur,
    )
    fichier.contenu.save(nom, ContentFile(octets), save=False)
    fichier.save(force_insert=True)
    return fichier


def _mega(octets: int) -> str:
    return f"{octets / (1024 * 1024):.1f}".replace(".", ",").removesuffix(",0") + " Mo"
