"""Le découpage, réel ou réduit."""

from tests.fixtures_territoires import _decoupage_du_module, bretagne, decoupage

__all__ = ["_decoupage_du_module", "bretagne", "decoupage"]
