"""Les fichiers que la base cite, quel que soit leur stockage : les énumérer, les poser."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import models

from esperluette.config.sauvegardes.archive import BLOC, EN_MEMOIRE, SauvegardeImpossible

# Quel champ de la même ligne tient l'empreinte du fichier : un fichier déjà changé se voit dès la sauvegarde.
EMPREINTES = {"fichiers.fichier.contenu": "empreinte", "documents.documentproduit.fichier": "empreinte"}


def champs() -> dict[str, models.FileField]:
    """Tous les champs de fichier de l'installation, par leur clé : « fichiers.fichier.contenu »."""
    trouves = {}
    for modele in apps.get_models(include_auto_created=True):
        for champ in modele._meta.local_concrete_fields:
            if isinstance(champ, models.FileField):
                trouves[f"{modele._meta.label_lower}.{champ.name}"] = champ
    return dict(sorted(trouves.items()))


def relever(using: str, liste: Path) -> int:
    """Écrit dans `liste` chaque fichier que cite cette base (champ, nom, empreinte, en JSON) ; rend leur nombre."""
    nombre = 0
    with liste.open("w", encoding="utf-8") as sortie:
        for cle, champ in champs().items():
            colonne = EMPREINTES.get(cle)
            lignes = champ.model._base_manager.using(using).exclude(**{champ.name: ""}).order_by("pk")
            colonnes = (champ.name, colonne) if colonne else (champ.name,)
            for nom, *reste in lignes.values_list(*colonnes).iterator(chunk_size=2000):
                if nom:
                    sortie.write(json.dumps([cle, str(nom), reste[0] if reste else ""]) + "\n")
                    nombre += 1
    return nombre


def cites(liste: Path) -> Iterator[tuple[str, str, str]]:
    """Ce que `relever` a écrit."""
    with liste.open(encoding="utf-8") as lignes:
        for ligne in lignes:
            cle, nom, empreinte = json.loads(ligne)
            yield cle, nom, empreinte


def stockage(cle: str) -> Storage:
    """Le stockage de ce champ ; lève `SauvegardeImpossible` s'il n'existe plus."""
    try:
        return champs()[cle].storage
    except KeyError:
        raise SauvegardeImpossible(f"Le champ de fichier « {cle} » n’existe pas dans cette version.") from None


def empreinte_de(depot: Storage, nom: str) -> str:
    """L'empreinte du fichier gardé ; vide s'il n'y est pas."""
    try:
        with depot.open(nom, "rb") as contenu:
            empreinte = hashlib.sha256()
            while bloc := contenu.read(BLOC):
                empreinte.update(bloc)
            return empreinte.hexdigest()
    except FileNotFoundError:
        return ""


def poser(depot: Storage, nom: str, contenu: IO[bytes], empreinte: str) -> bool:
    """Met le fichier à sa place exacte ; faux s'il y était déjà, intact."""
    if depot.exists(nom):
        if empreinte_de(depot, nom) == empreinte:
            return False
        depot.delete(nom)
    with SpooledTemporaryFile(max_size=EN_MEMOIRE) as tampon:  # un stockage distant le relit depuis son début
        while bloc := contenu.read(BLOC):
            tampon.write(bloc)
        tampon.seek(0)
        pose = depot.save(nom, File(tampon, name=nom))
    if pose != nom:
        depot.delete(pose)
        raise SauvegardeImpossible(f"Le stockage a refusé le nom « {nom} » : il l’aurait rangé sous « {pose} ».")
    return True
