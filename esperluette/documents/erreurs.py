"""Ce qui peut empêcher un document de sortir."""

from esperluette.commun.erreurs import ErreurMetier


class ProductionImpossible(ErreurMetier):
    """Le document n'a pas été produit ; rien n'a été écrit. La cause technique est dans `__cause__`."""


class GabaritInvalide(ProductionImpossible):
    """Le gabarit n'existe pas, est mal écrit, ou nomme une variable que le contexte ne donne pas."""


class SceauImpossible(ProductionImpossible):
    """Le sceau ne peut pas être posé : certificat illisible, matériel ou horodatage muet. Rien n'a été gardé."""
