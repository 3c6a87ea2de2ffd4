"""Décisions d'essai : par les vraies actions, jusqu'à l'état voulu."""

from typing import Any

from esperluette.comptes.models import Compte
from esperluette.decisions.actions.depart import notifier
from esperluette.decisions.actions.preparation import preparer, signer
from esperluette.decisions.enums import Sens
from esperluette.decisions.lectures import empreinte_de
from esperluette.decisions.models import Decision
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from tests.fabriques import dossiers as fabrique
from tests.fabriques.commissions import dossier_recu
from tests.fabriques.fiche import reunion_tenue

MOTIF = "En droit : le cadre régional demande un projet pluriprofessionnel. En fait : le dossier n’en décrit pas."
RESERVES = "Préciser les protocoles.\nNommer un référent du système d’information."
QUALITE = "Directrice générale"
Acteurs = dict[str, Compte]


def projet_examine(acteurs: Acteurs, equipe: Equipe) -> Dossier:
    """Le même, entièrement rédigé et signé par les vraies actions : il a des réponses, un avenant les reprend."""
    dossier = fabrique.depose(equipe).dossier
    dossier = franchir(dossier, "prendre_en_instruction", acteur=acteurs["referente"])
    reunion_tenue(dossier, acteurs["referente"])  # la Bretagne en demande une avant l'inscription
    dossier = franchir(dossier, "inscrire", acteur=acteurs["referente"])
    return franchir(dossier, "rendre_avis", acteur=acteurs["presidente"])


def avis_rendu(acteurs: Acteurs, equipe: Equipe, **champs: Any) -> Dossier:
    """Un dossier inscrit, dont la commission vient de rendre l'avis : prêt à être décidé."""
    dossier = dossier_recu(equipe, etat=Etat.INSCRIT, instruit_par=acteurs["referente"], **champs)
    return franchir(dossier, "rendre_avis", acteur=acteurs["presidente"])


def preparee(dossier: Dossier, acteurs: Acteurs, sens: str = Sens.ACCORD, **champs: Any) -> Decision:
    """Une décision et son courrier, en préparation."""
    if sens not in Sens.FAVORABLES:
        champs.setdefault("motif", MOTIF)
    if sens == Sens.ACCORD_RESERVES:
        champs.setdefault("reserves", RESERVES)
    return preparer(dossier, acteur=acteurs["referente"], sens=sens, **champs)


def signee(dossier: Dossier, acteurs: Acteurs, sens: str = Sens.ACCORD, **champs: Any) -> Decision:
    """Une décision signée par l'autorité, à notifier."""
    decision = preparee(dossier, acteurs, sens, **champs)
    return signer(decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite=QUALITE)


def notifiee(dossier: Dossier, acteurs: Acteurs, sens: str = Sens.ACCORD, **champs: Any) -> Decision:
    """Une décision reçue par l'équipe."""
    return notifier(signee(dossier, acteurs, sens, **champs), acteur=acteurs["referente"])
