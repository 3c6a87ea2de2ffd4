"""Les fichiers que plus rien ne désigne : en base sans dossier, ou dans le stockage sans ligne en base."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import Exists, FileField, Model, OuterRef, QuerySet

from esperluette.fichiers.models import Fichier

LOT = 500
# Là où Esperluette range ses fichiers, et nulle part ailleurs : le stockage peut servir à autre chose.
DOSSIERS = ("archives/", "documents/", "fichiers/", "vignettes/")


def sans_usage(avant: datetime) -> QuerySet[Fichier]:
    """Les fichiers reçus avant cette date qu'aucun modèle ne désigne, quel qu'il soit."""
    fichiers = Fichier.objects.filter(depose_le__lt=avant).order_by("pk")
    for modele, champ in liens():
        fichiers = fichiers.exclude(Exists(modele._base_manager.filter(**{champ: OuterRef("pk")})))
    return fichiers


def liens() -> list[tuple[type[Model], str]]:
    """Chaque colonne, de chaque table, qui désigne un fichier reçu ; liens sans nom de retour compris."""
    return [
        (modele, champ.name)
        for modele in apps.get_models(include_auto_created=True)
        for champ in modele._meta.concrete_fields
        if champ.remote_field is not None and champ.remote_field.model is Fichier
    ]


def hors_base(avant: datetime) -> Iterator[str]:
    """Les noms, dans le stockage, qu'aucune ligne ne porte et qui datent d'avant."""
    colonnes = [
        (modele, champ.name)
        for modele in apps.get_models()
        for champ in modele._meta.concrete_fields
        if isinstance(champ, FileField)
    ]
    lot: list[str] = []
    for nom in chain.from_iterable(_noms(dossier) for dossier in DOSSIERS):
        lot.append(nom)
        if len(lot) == LOT:
            yield from _inconnus(lot, colonnes, avant)
            lot = []
    yield from _inconnus(lot, colonnes, avant)


def _inconnus(noms: list[str], colonnes: list[tuple[type, str]], avant: datetime) -> Iterator[str]:
    connus: set[str] = set()
    for modele, champ in colonnes:
        manager = modele._base_manager  # type: ignore[attr-defined]
        connus |= set(manager.filter(**{f"{champ}__in": noms}).values_list(champ, flat=True))
    for nom in noms:
        if nom not in connus and default_storage.get_modified_time(nom) < avant:
            yield nom


def _noms(dossier: str) -> Iterator[str]:
    try:
        dossiers, fichiers = default_storage.listdir(dossier)
    except FileNotFoundError:  # rien n'a encore été gardé
        return
    for nom in sorted(fichiers):
        yield f"{dossier}{nom}"
    for sous in sorted(dossiers):
        yield from _noms(f"{dossier}{sous}/")
