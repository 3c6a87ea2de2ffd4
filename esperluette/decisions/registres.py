"""Ce que les apps du dessus font d'une décision ; elles s'inscrivent depuis leur `ready()`.

from esperluette.decisions import registres
registres.EFFETS.inscrire(reconnaitre)            # (decision, acteur) -> None, dans la transaction de la notification
registres.RETRAITS.inscrire(mettre_fin)           # (decision, acteur) -> None, dans la transaction du retrait

Une `ErreurMetier` levée par un effet annule la notification de cette décision, et sa phrase paraît au compte rendu.
"""

from collections.abc import Callable

from esperluette.comptes.models import Compte
from esperluette.decisions.models import Decision
from esperluette.equipes.registres import Registre

EFFETS: Registre[Callable[[Decision, Compte], None]] = Registre("effets d'une décision notifiée")
RETRAITS: Registre[Callable[[Decision, Compte], None]] = Registre("effets du retrait d'une décision")
