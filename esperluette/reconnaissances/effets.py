"""Ce que les reconnaissances font d'une décision notifiée, ou retirée ; inscrit auprès des décisions."""

from django.utils import timezone

from esperluette.comptes.models import Compte
from esperluette.decisions.enums import Sens
from esperluette.decisions.models import Decision
from esperluette.reconnaissances.actions.reconnaissance import reconnaitre_par_decision, retirer_avec_la_decision


def reconnaitre(decision: Decision, acteur: Compte) -> None:
    """Une décision favorable reconnaît l'équipe, si l'édition dit que la démarche y mène."""
    if decision.sens not in Sens.FAVORABLES:
        return
    reference = f"Décision sur le dossier {decision.dossier.reference}"
    le = decision.date or timezone.localdate()
    reconnaitre_par_decision(decision.dossier, acteur=acteur, decision=reference, decision_le=le)


def retirer(decision: Decision, acteur: Compte) -> None:
    """Une décision favorable retirée emporte la reconnaissance qu'elle avait ouverte."""
    retirer_avec_la_decision(decision.dossier, acteur=acteur)
