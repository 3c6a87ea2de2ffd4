"""La table des gestes d'une décision : d'où, vers où. `cycle.avancer` est seul à les faire."""

from dataclasses import dataclass

from esperluette.commun.erreurs import Conflit
from esperluette.decisions.enums import EtatDecision as E
from esperluette.decisions.models import Decision


class GesteImpossible(Conflit):
    """La décision n'est pas, ou plus, dans un état qui permet ce geste."""


@dataclass(frozen=True, slots=True)
class Geste:
    """Un geste : d'où, vers où, et ce qu'il fait, à l'infinitif."""

    nom: str
    depuis: frozenset[str]
    vers: E
    libelle: str


GESTES: dict[str, Geste] = {
    g.nom: g
    for g in (
        Geste("rediger", frozenset(E.EN_PREPARATION), E.BROUILLON, "Reprendre la décision"),
        Geste("viser", frozenset({E.BROUILLON}), E.RELUE, "Viser la décision"),
        Geste("signer", frozenset(E.EN_PREPARATION), E.SIGNEE, "Signer la décision"),
        Geste("rouvrir", frozenset({E.SIGNEE}), E.BROUILLON, "Remplacer le courrier"),
        Geste("notifier", frozenset({E.SIGNEE}), E.NOTIFIEE, "Notifier la décision"),
        Geste("abandonner", frozenset(E.AVANT_NOTIFICATION), E.ANNULEE, "Abandonner la décision"),
        Geste("remplacer", frozenset({E.NOTIFIEE}), E.REMPLACEE, "Réexaminer la décision"),
        Geste("retirer", frozenset({E.NOTIFIEE}), E.RETIREE, "Retirer la décision"),
    )
}


def possible(decision: Decision, nom: str) -> str:
    """Vide si ce geste est possible depuis cet état ; sinon la raison, montrable."""
    geste = GESTES[nom]
    if decision.etat in geste.depuis:
        return ""
    etats = " ou ".join(f"« {e.label} »" for e in E if e in geste.depuis)
    return f"« {geste.libelle} » demande une décision {etats} ; celle-ci est « {decision.etat_enum.label} »."
