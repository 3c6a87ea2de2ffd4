"""Ce que vaut un courrier de décision : toujours en vigueur, ou la décision a été retirée ou remplacée."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier
from esperluette.decisions.models import Courrier
from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.models import DocumentProduit
from esperluette.documents.registres import Origine, Signataire, signataires_de

FINIES = {
    EtatDecision.RETIREE: (EtatDuDocument.RETIRE, "L’ARS a retiré cette décision"),
    EtatDecision.REMPLACEE: (EtatDuDocument.REMPLACE, "Une autre décision l’a remplacée"),
    EtatDecision.ANNULEE: (EtatDuDocument.ANNULE, "Cette décision a été abandonnée avant d’être notifiée"),
}


def courrier(courrier: Courrier, _document: DocumentProduit | None) -> Origine:
    """Le courrier, qui l'a signé, et ce qu'est devenue la décision."""
    decision, retrait = courrier.decision, courrier.nature == NatureDeCourrier.RETRAIT
    dossier = decision.dossier
    return Origine(
        libelle="Courrier de retrait d’une décision" if retrait else "Courrier de décision",
        emetteur=f"Agence régionale de santé {dossier.equipe.implantation.region.nom}",
        reference=dossier.reference,
        signataires=signataires_de(decision, empreinte=courrier.empreinte) or _du_contexte(courrier),
        **_etat(courrier, retrait),
    )


def _du_contexte(courrier: Courrier) -> tuple[Signataire, ...]:
    """Le retrait se signe sans signature séparée : son courrier figé dit par qui."""
    fige = courrier.contexte or {}
    if not fige.get("signataire"):
        return ()
    le = datetime.fromisoformat(fige["signature"]) if fige.get("signature") else None
    return (Signataire(nom=fige["signataire"], qualite=fige["qualite"], le=le),)


def _etat(courrier: Courrier, retrait: bool) -> dict[str, Any]:
    decision = courrier.decision
    fini = None if retrait else FINIES.get(EtatDecision(decision.etat))
    if fini is None:
        return {"phrase": "La décision vaut toujours." if not retrait else "Ce retrait vaut toujours."}
    le = timezone.localdate(decision.finie_le) if decision.finie_le else None
    return {"etat": fini[0], "etat_le": le, "phrase": f"{fini[1]} le {en_lettres(le)}." if le else f"{fini[1]}."}
