"""Les verbes d'une commission : la composer, réunir une séance, ordonner son ordre du jour, convoquer, se déporter."""

from esperluette.commissions.actions.convocations import (
    completer_les_convocations,
    convoquer,
    marquer_vue,
    relancer,
    repondre,
)
from esperluette.commissions.actions.deports import annuler_deport, deduire_les_deports, deporter
from esperluette.commissions.actions.instances import creer_instance, fixer_les_regles
from esperluette.commissions.actions.ordre import (
    deplacer,
    desinscrire,
    inscrire,
    ordonner,
    proposer_les_rapporteurs,
    regler_le_point,
)
from esperluette.commissions.actions.seances import (
    annuler_seance,
    convoquer_de_nouveau,
    creer_seance,
    modifier_seance,
    peut_convoquer_de_nouveau,
)
from esperluette.commissions.actions.sieges import (
    ajouter_siege,
    finir_mandat,
    mettre_hors_service,
    modifier_siege,
    nommer,
)

__all__ = [
    "ajouter_siege", "annuler_deport", "annuler_seance", "completer_les_convocations", "convoquer",
    "convoquer_de_nouveau", "creer_instance", "creer_seance", "deduire_les_deports", "deplacer", "deporter",
    "desinscrire", "finir_mandat", "fixer_les_regles", "inscrire", "marquer_vue", "mettre_hors_service",
    "modifier_seance", "modifier_siege", "nommer", "ordonner", "peut_convoquer_de_nouveau",
    "proposer_les_rapporteurs", "regler_le_point", "relancer", "repondre",
]  # fmt: skip
