"""Ce que valent les documents d'un dépôt : le dossier lui-même, et son accusé de réception."""

from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import Origine, Signataire, signataires_de
from esperluette.dossiers.documents import GABARIT_ACCUSE
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures_fiche import manuscrites_de
from esperluette.dossiers.models import Depot


def depot(depot: Depot, document: DocumentProduit | None) -> Origine:
    """Le dossier déposé, ou son accusé : remplacé par un dépôt ou un avenant plus récent, rouvert, retiré."""
    dossier, equipe = depot.dossier, depot.dossier.equipe
    accuse = document is not None and document.gabarit == GABARIT_ACCUSE
    return Origine(
        libelle="Accusé de réception d’un dossier" if accuse else f"Dossier déposé : {dossier.demarche_libelle}",
        emetteur=f"Agence régionale de santé {equipe.implantation.region.nom}" if accuse else equipe.nom,
        reference=f"{dossier.reference}, version {depot.numero}",
        signataires=() if accuse else (*signataires_de(depot, empreinte=depot.empreinte), *_pages_signees(depot)),
        **_etat(depot),
    )


def _pages_signees(depot: Depot) -> list[Signataire]:
    """Les pages signées à la main d'un dossier repris ; dites comme telles, elles n'ont pas d'heure."""
    if not depot.contenu.get("reprise"):
        return []
    return [
        Signataire(nom=s.nom, qualite=s.qualite, le=None, methode=f"{s.mention}, datée du {en_lettres(s.signee_le)}")
        for s in manuscrites_de(depot)
    ]


def _etat(depot: Depot) -> dict[str, Any]:
    dossier = depot.dossier
    suivant = dossier.depots.filter(depose_le__isnull=False, numero__gt=depot.numero).order_by("numero").first()
    if suivant is not None and suivant.depose_le is not None:
        le = timezone.localdate(suivant.depose_le)
        return _dit(EtatDuDocument.REMPLACE, le, f"Une version plus récente a été déposée le {en_lettres(le)}.")
    if depot.annule_le is not None:
        le = timezone.localdate(depot.annule_le)
        phrase = f"La rédaction a été rouverte le {en_lettres(le)} : cette version et ses signatures ne valent plus."
        return _dit(EtatDuDocument.ANNULE, le, phrase)
    if dossier.etat == Etat.RETIRE:
        le = timezone.localdate(dossier.etat_depuis)
        return _dit(EtatDuDocument.RETIRE, le, f"L’équipe a retiré son dossier le {en_lettres(le)}.")
    avenant = dossier.avenants.filter(etat=Etat.ACCEPTE).order_by("etat_depuis").first()
    if avenant is not None:
        le = timezone.localdate(avenant.etat_depuis)
        return _dit(EtatDuDocument.REMPLACE, le, f"Un avenant accepté le {en_lettres(le)} l’a remplacé.")
    if depot.depose_le is None:
        return _dit(EtatDuDocument.EN_VIGUEUR, None, "Cette version attend des signatures : elle n’est pas déposée.")
    return _dit(EtatDuDocument.EN_VIGUEUR, None, "C’est la version la plus récente de ce dossier.")


def _dit(etat: EtatDuDocument, le: Any, phrase: str) -> dict[str, Any]:
    return {"etat": etat, "etat_le": le, "phrase": phrase}
