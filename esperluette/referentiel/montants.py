"""Un montant d'édition : écrit en texte, pour rester exact au centime."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator


def _montant(brut: Any) -> Any:
    """Un montant s'écrit en texte, pour rester exact : "10000.00"."""
    if brut is None or isinstance(brut, Decimal):
        return brut
    if not isinstance(brut, str):
        raise ValueError('un montant s\'écrit entre guillemets, par exemple "10000.00"')
    try:
        montant = Decimal(brut)
    except InvalidOperation:
        raise ValueError(f"montant illisible : « {brut} »") from None
    if not montant.is_finite() or montant < 0:
        raise ValueError(f"montant refusé : « {brut} »")
    return montant


Montant = Annotated[Decimal | None, BeforeValidator(_montant)]
