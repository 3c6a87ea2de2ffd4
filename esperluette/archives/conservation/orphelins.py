"""Les fichiers que plus rien ne désigne : en base sans dossier, ou dans le stockage sans ligne en base."""

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import Exists, FileField, OuterRef, QuerySet

from esperluette.fichiers.models import Fichier

LOT = 500


def sans_usage(avant: datetime) -> QuerySet[Fichier]:
    """Les fichiers reçus avant cette date qu'aucun modèle ne désigne, quel qu'il soit."""
    fichiers = Fichier.objects.filter(depose_le__lt=avant).order_by("pk")
    for lien in Fichier._meta.related_objects:
        if lien.field is not None and lien.field.concrete:
            designe = lien.related_model._base_manager.filter(**{lien.field.name: OuterRef("pk")})
            fichiers = fichiers.exclude(Exists(designe))
    return fichiers


def hors_base(avant: datetime) -> Iterator[str]:
    """Les noms, dans le stockage, qu'aucune ligne ne porte et qui datent d'avant."""
    colonnes = [
        (modele, champ.name)
        for modele in apps.get_models()
        for champ in modele._meta.concrete_fields
        if isinstance(champ, FileField) and champ.storage == default_storage
    ]
    lot: list[str] = []
    for nom in _noms(""):
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
