"""La part des décisions dans une archive : l'équipe emporte ce qu'elle a reçu, l'ARS tout ce qu'elle a préparé."""

from collections.abc import Iterator
from typing import Any

from esperluette.decisions.models import Courrier, Decision
from esperluette.documents.emport import Piece, Regard, piece_gardee, piece_json
from esperluette.dossiers.models import Dossier


def pieces(dossier: Dossier, regard: Regard) -> Iterator[Piece]:
    """Jamais un brouillon de décision, ni un visa, pour l'équipe."""
    decisions = Decision.objects.filter(dossier=dossier) if regard.est_ars else Decision.objects.recues()
    lues = decisions.filter(dossier=dossier).select_related("preparee_par", "relue_par").order_by("preparee_le", "pk")
    for rang, decision in enumerate(lues, start=1):
        nom, le = f"decisions/decision-{rang}", decision.notifiee_le or decision.preparee_le
        titre = f"Décision n° {rang} : {decision.sens_enum.label}"
        yield piece_json(f"{nom}.json", f"{titre} (données)", _donnees(decision, regard), le=le)
        courriers = decision.courriers.select_related("document").order_by("cree_le", "pk")
        for numero, courrier in enumerate(_du(courriers, regard), start=1):
            if courrier.document is not None:
                yield piece_gardee(
                    f"{nom}-courrier-{numero}.pdf", f"Courrier, {titre}", courrier.document.fichier,
                    empreinte=courrier.document.empreinte, le=le,
                )  # fmt: skip


def _du(courriers: Any, regard: Regard) -> Any:
    """Un courrier remplacé avant d'être signé est un brouillon."""
    return courriers if regard.est_ars else courriers.exclude(contexte=None)


def _donnees(decision: Decision, regard: Regard) -> dict[str, Any]:
    dit: dict[str, Any] = {
        "sens": decision.sens, "etat": decision.etat, "motif": decision.motif, "date": decision.date,
        "reserves": list(decision.liste_des_reserves), "avis": decision.avis, "signataire": decision.signataire,
        "qualite": decision.qualite, "signee_le": decision.signee_le, "notifiee_le": decision.notifiee_le,
        "consultee_le": decision.consultee_le, "finie_le": decision.finie_le, "fin_motif": decision.fin_motif,
        "signatures": list(decision.signatures.order_by("signee_le", "pk").values(
            "nom", "qualite", "empreinte", "signee_le", "methode", "annulee_le"
        )),
        "courriers": [_courrier(c) for c in _du(decision.courriers.order_by("cree_le", "pk"), regard)],
    }  # fmt: skip
    if regard.est_ars:
        dit |= {
            "preparee_le": decision.preparee_le, "preparee_par": str(decision.preparee_par),
            "relue_le": decision.relue_le, "relue_par": str(decision.relue_par) if decision.relue_par else "",
            "s_ecarte_de_l_avis": decision.s_ecarte_de_l_avis,
        }  # fmt: skip
    return dit


def _courrier(courrier: Courrier) -> dict[str, Any]:
    return {
        "nature": courrier.nature, "objet": courrier.objet, "corps": courrier.corps, "empreinte": courrier.empreinte,
        "cree_le": courrier.cree_le, "remplace_le": courrier.remplace_le,
    }  # fmt: skip
