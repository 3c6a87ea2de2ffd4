"""Fabriquer une archive demandée, et la laisser expirer."""

import hashlib
import tempfile
import time
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.utils import timezone

from esperluette.archives.enums import EtatArchive
from esperluette.archives.fabrication import ecrire
from esperluette.archives.lectures import peut_emporter
from esperluette.archives.models import DUREE_DU_LIEN, Archive
from esperluette.documents.emport import Public, Regard

PALIER = 1.0  # secondes entre deux mots d'avancement
EN_MEMOIRE = 8 * 1024 * 1024
# Une préparation qui n'a pas fini d'ici là ne finira pas : elle se redemande.
PATIENCE = timedelta(hours=2)


def preparer(archive: Archive) -> None:
    """Fabrique l'archive et la garde ; rejouable. Le droit est revérifié : il a pu tomber depuis la demande."""
    if not archive.en_preparation:
        return
    permission = peut_emporter(archive.demandee_par, archive.dossier, Public(archive.pour))
    if not permission:
        _finir(archive, etat=EtatArchive.ECHOUEE)
        return
    Archive.objects.filter(pk=archive.pk).update(etat=EtatArchive.EN_COURS)
    regard = Regard(Public(archive.pour), archive.demandee_par)
    with tempfile.SpooledTemporaryFile(max_size=EN_MEMOIRE) as flux:
        try:
            bilan = ecrire(archive.dossier, regard, flux, progres=_dire(archive))
        except Exception:
            _finir(archive, etat=EtatArchive.ECHOUEE)
            raise
        empreinte, taille = _relire(flux)
        flux.seek(0)
        archive.fichier.save(f"{archive.dossier.reference}.zip", File(flux), save=False)
    maintenant = timezone.now()
    _finir(
        archive, etat=EtatArchive.PRETE, fichier=archive.fichier.name, taille=taille, empreinte=empreinte,
        alertes=len(bilan.alertes), prete_le=maintenant, expire_le=maintenant + DUREE_DU_LIEN,
    )  # fmt: skip


def _finir(archive: Archive, **champs: Any) -> None:
    Archive.objects.filter(pk=archive.pk).update(**champs)
    archive.refresh_from_db()


def _dire(archive: Archive) -> Any:
    """Note l'avancement, pas plus d'une fois par seconde."""
    dernier = 0.0

    def progres(fait: int, total: int) -> None:
        nonlocal dernier
        if time.monotonic() - dernier >= PALIER:
            dernier = time.monotonic()
            Archive.objects.filter(pk=archive.pk).update(fait=fait, total=total)

    return progres


def _relire(flux: IO[bytes]) -> tuple[str, int]:
    flux.seek(0)
    calcul, taille = hashlib.sha256(), 0
    while morceau := flux.read(1024 * 1024):
        calcul.update(morceau)
        taille += len(morceau)
    return calcul.hexdigest(), taille


def expirer() -> int:
    """Efface les fichiers dont le lien ne vaut plus, et rend les préparations enlisées ; rejouable."""
    maintenant = timezone.now()
    enlisees = Archive.objects.en_preparation().filter(demandee_le__lt=maintenant - PATIENCE)
    enlisees.update(etat=EtatArchive.ECHOUEE)
    perimees = list(Archive.objects.filter(etat=EtatArchive.PRETE, expire_le__lt=maintenant))
    for archive in perimees:
        archive.fichier.delete(save=False)
        Archive.objects.filter(pk=archive.pk).update(etat=EtatArchive.EXPIREE, fichier="")
    return len(perimees)
