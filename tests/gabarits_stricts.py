"""Une variable de gabarit indéfinie fait échouer l'essai.

Django la rend par du vide : une faute de frappe ne se verrait qu'à l'écran. Ici, dans les gabarits de la
maison, un nom absent du contexte ou un attribut absent d'un objet est une erreur. Restent permis la suite
d'un `None` (`{{ equipe.porteur.nom }}` sans porteur), et ce que `{% if %}` et `{% for %}` acceptent déjà.
L'option `--fail-on-template-vars` de pytest-django refuse aussi les gabarits des bibliothèques, et les `None`.
"""

import sys
from types import FrameType

import pytest
from django.conf import settings
from django.template import VariableDoesNotExist


class VariableIndefinie(str):
    """Prend la place de `string_if_invalid`, que Django regarde (`if string_if_invalid`) dans son `except`."""

    def __bool__(self) -> bool:
        erreur, cadre = sys.exc_info()[1], sys._getframe(1)
        if not isinstance(erreur, VariableDoesNotExist) or cadre.f_code.co_name != "resolve":
            return False
        sujet = erreur.params[1]  # ce dans quoi on a cherché : le contexte, ou un objet
        gabarit = _gabarit(cadre)
        if sujet is None or isinstance(sujet, VariableIndefinie) or not gabarit.startswith(str(settings.PAQUET)):
            return False
        expression = cadre.f_locals["self"].var
        pytest.fail(f"variable de gabarit indéfinie : « {expression} » dans {gabarit}", pytrace=False)


def _gabarit(cadre: FrameType | None) -> str:
    """Le fichier du gabarit en train d'être rendu, d'après la pile."""
    while cadre is not None:
        if cadre.f_code.co_name == "render" and (origine := getattr(cadre.f_locals.get("self"), "origin", None)):
            return str(origine.name)
        cadre = cadre.f_back
    return ""
