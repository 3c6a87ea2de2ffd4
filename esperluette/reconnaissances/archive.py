"""La part des reconnaissances dans une archive : ce que la décision a ouvert, et ce qui lui est arrivé depuis."""

from collections.abc import Iterator
from typing import Any

from esperluette.documents.emport import Piece, Regard, piece_gardee, piece_json
from esperluette.dossiers.models import Dossier
from esperluette.reconnaissances.models import Reconnaissance


def pieces(dossier: Dossier, _regard: Regard) -> Iterator[Piece]:
    """L'équipe et l'ARS lisent la même chose : suspensions, retraits et alertes lui ont été notifiés."""
    siennes = Reconnaissance.objects.filter(dossier=dossier).select_related("attestation").order_by("pk")
    for reconnaissance in siennes.prefetch_related("suspensions", "retraits", "alertes"):
        nom = f"reconnaissance/{reconnaissance.numero}"
        yield piece_json(f"{nom}.json", f"Reconnaissance {reconnaissance.numero}", _donnees(reconnaissance))
        if (attestation := reconnaissance.attestation) is not None:
            yield piece_gardee(
                f"{nom}-attestation.pdf", "Attestation de reconnaissance", attestation.fichier,
                empreinte=attestation.empreinte, le=attestation.produit_le,
            )  # fmt: skip


def _donnees(reconnaissance: Reconnaissance) -> dict[str, Any]:
    return {
        "numero": reconnaissance.numero, "forme": reconnaissance.forme, "debut": reconnaissance.debut,
        "fin": reconnaissance.fin, "retiree_le": reconnaissance.retiree_le, "fondement": reconnaissance.fondement,
        "decision": reconnaissance.decision_texte, "decision_le": reconnaissance.decision_le,
        "suspensions": [
            {"debut": s.debut, "fin": s.fin, "motif": s.motif, "prononcee_le": s.prononcee_le, "levee_le": s.levee_le}
            for s in sorted(reconnaissance.suspensions.all(), key=lambda s: s.pk)
        ],
        "retraits": [
            {
                "motif": r.motif, "notifie_le": r.notifie_le, "reponse_avant_le": r.reponse_avant_le,
                "observations": r.observations, "observations_le": r.observations_le, "issue": r.issue,
                "decide_le": r.decide_le, "decision_motif": r.decision_motif,
            }
            for r in sorted(reconnaissance.retraits.all(), key=lambda r: r.pk)
        ],
        "alertes": [
            {"ouverte_le": a.ouverte_le, "constats": a.constats, "delai_le": a.delai_le, "close_le": a.close_le}
            for a in sorted(reconnaissance.alertes.all(), key=lambda a: a.pk)
        ],
    }  # fmt: skip
