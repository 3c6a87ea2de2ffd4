"""La petite Bretagne, avec ou sans ses fiches d'édition."""

from tests.interlocuteurs.conftest import (
    _decoupage_du_module,
    bretagne,
    charges,
    decoupage,
    edition_suivante,
    territoire,
)

__all__ = ["_decoupage_du_module", "bretagne", "charges", "decoupage", "edition_suivante", "territoire"]
