"""Des chiffres demandés à l'ARS, par les vraies actions."""

from decimal import Decimal
from typing import Any

from esperluette.comptes.models import Compte
from esperluette.dossiers.models import Dossier
from esperluette.sollicitations import actions
from esperluette.sollicitations.models import Sollicitation

LIBELLE = "Patients de 16 ans et plus sans médecin traitant"
REPONSE = {
    "valeur": Decimal("1234.5"), "unite": "patients", "source": "Assurance maladie, SNDS", "millesime": "2024",
    "commentaire": "Communes du Lié seulement.",
}  # fmt: skip


def sollicitation(
    dossier: Dossier,
    *,
    acteur: Compte | None = None,
    libelle: str = LIBELLE,
    rubrique: str = "territoire",
    **suite: Any,
) -> Sollicitation:
    """Un chiffre demandé par la porteuse (ou `acteur`)."""
    acteur = acteur or dossier.equipe.porteur.compte
    assert acteur is not None
    return actions.demander(dossier, acteur=acteur, rubrique=rubrique, libelle=libelle, **suite)


def fournie(sollicitation: Sollicitation, acteur: Compte, **suite: Any) -> Sollicitation:
    """La réponse d'un agent : un chiffre."""
    return actions.fournir(sollicitation, acteur=acteur, **(REPONSE | suite))


def indisponible(sollicitation: Sollicitation, acteur: Compte) -> Sollicitation:
    """La réponse d'un agent : il ne l'a pas."""
    return actions.ne_pas_avoir(sollicitation, acteur=acteur, motif="Cette donnée ne se compte pas à la commune.")
