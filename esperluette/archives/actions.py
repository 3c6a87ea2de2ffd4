"""Demander une archive."""

from typing import Any

from django.db import IntegrityError, transaction

from esperluette.archives.lectures import peut_emporter
from esperluette.archives.models import Archive
from esperluette.archives.taches import preparer_archive
from esperluette.commun.erreurs import Refus
from esperluette.documents.emport import Public
from esperluette.dossiers.models import Dossier
from esperluette.journal.actions import consigner


def demander(dossier: Dossier, *, pour: Public, acteur: Any) -> Archive:
    """Met la préparation en file, et rend l'archive ; celle qui se prépare déjà pour cette personne, s'il y en a une.

    Lève `Refus`. L'acte est au journal de l'équipe, pas à celui du dossier : deux archives du même état restent
    les mêmes octets.
    """
    if not (permission := peut_emporter(acteur, dossier, pour)):
        raise Refus(permission.motif)
    en_cours = Archive.objects.de(acteur).en_preparation().filter(dossier=dossier, pour=pour)
    if (deja := en_cours.first()) is not None:
        return deja
    try:
        with transaction.atomic():
            archive = Archive.objects.create(dossier=dossier, pour=pour, demandee_par=acteur)
            consigner("dossier_emporte", dossier.equipe, acteur=acteur, dossier=dossier.reference, pour=str(pour))
            transaction.on_commit(lambda: preparer_archive.enqueue(archive.pk))
    except IntegrityError:  # deux clics au même instant
        return en_cours.get()
    return archive
