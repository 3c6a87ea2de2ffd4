"""Ce qui suit l'antivirus et l'examen d'un fichier : le journal du dossier, et qui est prévenu. Jamais le contenu."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from esperluette.documents.models import DocumentProduit
from esperluette.dossiers.contributions import USAGES, agents_a_prevenir
from esperluette.dossiers.models import Dossier, PieceJointe
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.registres import Garde
from esperluette.journal.actions import consigner
from esperluette.notifications.actions import envoyer


def suivre(fichier: Fichier) -> None:
    """Quarantaine : qui l'a déposé le sait, et l'ARS si elle l'a reçu. Avertissement : au journal, rien de plus."""
    pieces = PieceJointe.objects.filter(fichier=fichier).select_related(
        "dossier__equipe__implantation", "dossier__affecte_a", "dossier__instruit_par"
    )
    for piece in pieces:
        if fichier.en_quarantaine:
            consigner("piece_en_quarantaine", piece.dossier, acteur=None, piece=piece.pk)
        else:
            consigner("piece_avertie", piece.dossier, acteur=None, piece=piece.pk, sortes=list(fichier.vigilances))
    if fichier.en_quarantaine:
        ailleurs = [dossier for usages in USAGES for dossier in usages(fichier)]
        _prevenir(fichier, [p.dossier for p in pieces], ailleurs)


def _prevenir(fichier: Fichier, dossiers: list[Dossier], ailleurs: list[Dossier]) -> None:
    tous = list(dict.fromkeys([*dossiers, *ailleurs]))
    if fichier.depose_par is not None:
        lien = settings.ADRESSE_PUBLIQUE
        if dossiers:
            lien += reverse("dossiers:pieces", args=[dossiers[0].reference])
        envoyer(
            "dossiers/fichier_en_quarantaine", a=fichier.depose_par, objet_lie=tous[0] if tous else None,
            contexte={"fichier": fichier, "dossier": tous[0] if tous else None, "lien": lien},
        )  # fmt: skip
    for dossier in tous:
        if dossier.depose_le is None:
            continue
        for agent in agents_a_prevenir(dossier):
            if agent != fichier.depose_par:
                contexte = {"dossier": dossier, "chemin": f"/instruction/{dossier.reference}/"}
                envoyer("dossiers/quarantaine_agent", a=agent, objet_lie=dossier, contexte=contexte)


def documents_gardes() -> Iterable[Garde]:
    """Les documents produits, pour la vérification des empreintes."""
    for document in DocumentProduit.objects.only("pk", "fichier", "empreinte").order_by("pk").iterator(chunk_size=200):
        yield Garde("document", document.pk, str(document.fichier.name), document.empreinte, document.fichier.storage)
