"""Ce que les apps du dessus ajoutent aux pages d'une séance ; elles s'y inscrivent au démarrage.

from esperluette.commissions import contributions
contributions.ONGLETS.inscrire(mes_onglets)    # (seance, compte) -> Iterable[Onglet] : « Présences », « PV »
contributions.LECTURES.inscrire(mon_adresse)   # (point) -> str : où un membre lit le dossier de ce point
contributions.DEPORTS.inscrire(ma_suite)       # (deport) -> None : dans la transaction qui le pose ; peut la refuser
contributions.QUORUMS.inscrire(il_manque)      # (seance) -> Permission : le quorum manque-t-il ? non, avec sa raison
"""

from collections.abc import Callable, Iterable
from typing import Any

from esperluette.commissions.models import Deport, Point, Seance
from esperluette.commun.permissions import Permission
from esperluette.dossiers.contributions import Onglet
from esperluette.equipes.registres import Registre

ONGLETS: Registre[Callable[[Seance, Any], Iterable[Onglet]]] = Registre("pages d'une séance")
LECTURES: Registre[Callable[[Point], str]] = Registre("adresse de lecture d'un point")
QUORUMS: Registre[Callable[[Seance], Permission]] = Registre("constat d'une absence de quorum")
DEPORTS: Registre[Callable[[Deport], None]] = Registre("suites d'un déport posé")


def onglets_de(seance: Seance, compte: Any) -> list[Onglet]:
    """Les pages ajoutées à cette séance, dans l'ordre."""
    return sorted((o for inscrite in ONGLETS for o in inscrite(seance, compte)), key=lambda o: o.ordre)


def lecture_de(point: Point) -> str:
    """Où lire le dossier de ce point ; vide si personne n'offre de page de lecture."""
    return next((adresse for inscrite in LECTURES if (adresse := inscrite(point))), "")
