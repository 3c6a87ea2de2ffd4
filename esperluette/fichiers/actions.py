"""Recevoir un fichier, et retenir qu'un avertissement a été lu."""

import hashlib
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from esperluette.fichiers.controle import reconnaitre
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.noms import nettoyer_nom, sans_extension
from esperluette.fichiers.taches import examiner
from esperluette.fichiers.vigilance import sortes

__all__ = ["FichierRefuse", "confirmer_l_avertissement", "empreinte_de", "enregistrer"]


def enregistrer(upload: Any, *, acteur: Any) -> Fichier:
    """Contrôle le fichier reçu (`UploadedFile`) et le garde ; lève `FichierRefuse` avec une phrase qui dit quoi faire.

    Le type est celui du contenu, jamais celui qu'annonce le navigateur. L'antivirus, le texte et la vignette suivent,
    en tâche de fond.
    """
    nom = nettoyer_nom(upload.name or "")
    octets = _lire(upload)
    maximum = settings.TAILLE_MAXIMALE_FICHIER
    if octets is None:
        raise FichierRefuse(
            f"« {nom} » pèse {_mega(max(upload.size or 0, maximum + 1))} : la limite est de {_mega(maximum)}. "
            "Réduisez-le, ou déposez-le en plusieurs parties."
        )
    genre = reconnaitre(nom, octets)
    fichier = Fichier(
        nom=nom,
        type_mime=genre.type_mime,
        taille=len(octets),
        empreinte=hashlib.sha256(octets).hexdigest(),
        depose_par=acteur,
        analyse=Analyse.EN_ATTENTE if settings.CLAMD else Analyse.NON_ANALYSE,
        vigilances=sortes(sans_extension(nom)),
    )
    fichier.contenu.save(nom, ContentFile(octets), save=False)
    fichier.save(force_insert=True)
    transaction.on_commit(partial(examiner.enqueue, fichier.pk))
    return fichier


def empreinte_de(upload: Any) -> str:
    """L'empreinte d'un fichier reçu, sans le garder ni l'user ; vide s'il est trop gros pour l'être."""
    octets = _lire(upload)
    upload.seek(0)
    return hashlib.sha256(octets).hexdigest() if octets is not None else ""


def _lire(upload: Any) -> bytes | None:
    """Les octets reçus, ou None au-delà de la limite : on n'en lit jamais plus."""
    maximum = settings.TAILLE_MAXIMALE_FICHIER
    if (upload.size or 0) > maximum:
        return None
    octets: bytes = upload.read(maximum + 1)
    return octets if len(octets) <= maximum else None


@transaction.atomic
def confirmer_l_avertissement(fichier: Fichier, *, acteur: Any) -> bool:
    """La personne a lu l'avertissement et garde le fichier ; vrai si c'est la première fois. L'app consigne l'acte."""
    lu = Fichier.objects.filter(pk=fichier.pk, vigilance_vue_le=None).exclude(vigilances=[])
    return bool(lu.update(vigilance_vue_le=timezone.now(), vigilance_vue_par=acteur))


def _mega(octets: int) -> str:
    return f"{octets / (1024 * 1024):.1f}".replace(".", ",").removesuffix(",0") + " Mo"
