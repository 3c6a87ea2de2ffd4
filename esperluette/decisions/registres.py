"""Ce que les apps du dessus font d'une décision ; elles s'inscrivent depuis leur `ready()`.

from esperluette.decisions import registres
registres.EFFETS.inscrire(reconnaitre)            # (decision, acteur) -> None, dans la transaction de la notification
registres.RETRAITS.inscrire(mettre_fin)           # (decision, acteur) -> None, dans la transaction du retrait
registres.SUITES.inscrire(ma_page)                # (dossier) -> str, où l'équipe lit ce qu'elle a ouvert

Une `ErreurMetier` levée par un effet annule la notification de cette décision, et sa phrase paraît au compte rendu.
"""

from collections.abc import Callable

from esperluette.comptes.models import Compte
from esperluette.decisions.models import Decision
from esperluette.dossiers.models import Dossier
from esperluette.equipes.registres import Registre

EFFETS: Registre[Callable[[Decision, Compte], None]] = Registre("effets d'une décision notifiée")
RETRAITS: Registre[Callable[[Decision, Compte], None]] = Registre("effets du retrait d'une décision")
SUITES: Registre[Callable[[Dossier], str]] = Registre("page où l'équipe lit ce qu'une décision a ouvert")


def page_de_la_suite(dossier: Dossier) -> str:
    """Où l'équipe lit ce que la décision a ouvert ; vide si rien ne l'est encore."""
    return next((adresse for inscrite in SUITES if (adresse := inscrite(dossier))), "")
