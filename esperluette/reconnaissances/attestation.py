"""L'attestation de reconnaissance : un PDF gardé avec son contexte et son empreinte."""

from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse

from esperluette.commun.dates import en_lettres
from esperluette.documents.actions import conserver
from esperluette.documents.contextes import EquipeImprimee, en_contexte
from esperluette.documents.models import DocumentProduit
from esperluette.dossiers.models import SignatureManuscrite
from esperluette.equipes.enums import FormeVisee
from esperluette.reconnaissances.lectures import regles_de
from esperluette.reconnaissances.models import Reconnaissance

GABARIT = "reconnaissances/attestation.html"
FONDEMENTS = {"pratique_regionale": "Une pratique régionale", "loi": "La loi", "reglement": "Un règlement"}


def contexte_de(reconnaissance: Reconnaissance) -> dict[str, Any]:
    """Qui, quoi, depuis quand, par quelle décision, sur quelles communes, et ce que vaut l'acte selon l'édition."""
    equipe, regles = reconnaissance.equipe, regles_de(reconnaissance)
    regime = regles.regime if regles else None
    implantation = equipe.implantation
    communes = sorted({c.nom for c in equipe.communes.all()} | {implantation.nom})
    contexte: dict[str, Any] = en_contexte(
        {
            "titre": "Attestation de reconnaissance",
            "reference": reconnaissance.numero,
            "equipe": EquipeImprimee(
                nom=equipe.nom, commune=implantation.nom, departement=implantation.departement.nom,
                region=reconnaissance.region.nom,
            ),
            "brouillon": False,
            "forme": str(FormeVisee(reconnaissance.forme).label),
            "ars": reconnaissance.region.nom,
            "depuis": reconnaissance.debut.isoformat(),
            "jusqu_au": reconnaissance.fin.isoformat() if reconnaissance.fin else "",
            "decision": reconnaissance.decision_texte,
            "decision_le": reconnaissance.decision_le.isoformat() if reconnaissance.decision_le else "",
            "reprise": reconnaissance.reprise,
            "communes": communes,
            "fondement": reconnaissance.fondement if not regime or reconnaissance.fondement != regime.texte else "",
            "regime": FONDEMENTS[regime.fondement] if regime else "",
            "regime_texte": regime.texte if regime else "",
            "pages_signees": _pages_signees(reconnaissance),
            "verifier": settings.ADRESSE_PUBLIQUE + reverse("reconnaissances:verifier"),
            "fictive": equipe.fictive,
        }
    )  # fmt: skip
    return contexte


def _pages_signees(reconnaissance: Reconnaissance) -> list[str]:
    """Le projet repris a été signé à la main : par qui, quand, et qui l'a joint ; dit en toutes lettres."""
    if not reconnaissance.reprise or reconnaissance.dossier_id is None:
        return []
    signees = SignatureManuscrite.objects.actives().filter(depot__dossier=reconnaissance.dossier_id)
    return [f"{s.nom}, le {en_lettres(s.signee_le)} ({s.mention})" for s in signees.select_related("jointe_par")]


def produire(reconnaissance: Reconnaissance) -> DocumentProduit:
    """Produit et garde l'attestation ; l'ancienne reste, telle qu'elle était. Hors de toute transaction."""
    regles = regles_de(reconnaissance)
    return conserver(
        GABARIT, contexte_de(reconnaissance), "pdf", objet=reconnaissance, acteur=reconnaissance.enregistree_par,
        edition=f"{regles.edition.region}/{regles.edition.numero}" if regles else "",
        nom=f"{reconnaissance.numero}-attestation.pdf", le=datetime.combine(reconnaissance.debut, time(12), UTC),
    )  # fmt: skip
