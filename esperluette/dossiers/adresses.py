"""Convertisseur d'adresse : le chemin d'un champ ou d'une cellule."""


class CheminDeChamp:
    """« territoire » ou « axes/3f2a/objectifs »."""

    regex = "[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+)?"

    def to_python(self, valeur: str) -> str:
        return valeur

    def to_url(self, valeur: str) -> str:
        return valeur
