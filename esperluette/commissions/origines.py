"""Ce que vaut un livret de séance : un document de travail."""

from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Seance
from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import Origine


def livret(seance: Seance, _document: DocumentProduit | None) -> Origine:
    """Le livret remis aux membres d'une commission."""
    annulee = seance.etat == EtatDeSeance.ANNULEE
    phrase = "La séance a été annulée." if annulee else "Document de travail d’une commission : il ne décide de rien."
    return Origine(
        libelle="Livret de séance",
        emetteur=seance.instance.nom,
        reference=f"{seance.instance.sigle}-{seance.date:%Y-%m-%d}",
        etat=EtatDuDocument.ANNULE if annulee else EtatDuDocument.EN_VIGUEUR,
        phrase=phrase,
    )
