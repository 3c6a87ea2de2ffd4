"""Ce que les gabarits des sollicitations disent d'une demande."""

from collections.abc import Sequence
from typing import Any

from django import template

from esperluette.sollicitations.enums import EtatSollicitation

register = template.Library()

TONS = {
    EtatSollicitation.EN_ATTENTE: "info",
    EtatSollicitation.A_INSERER: "attention",
    EtatSollicitation.INSERE: "succes",
    EtatSollicitation.OTE: "neutre",
    EtatSollicitation.FOURNI: "succes",
    EtatSollicitation.INDISPONIBLE: "attention",
    EtatSollicitation.RETIRE: "neutre",
}


@register.filter
def ton(etat: EtatSollicitation) -> str:
    """Le ton de la pastille ; le libellé dit tout, la couleur rien de plus."""
    return TONS[etat]


@register.filter
def en_liste(elements: Sequence[Any]) -> str:
    """« A, B et C »."""
    mots = [str(element) for element in elements]
    return " et ".join(filter(None, (", ".join(mots[:-1]), *mots[-1:])))
