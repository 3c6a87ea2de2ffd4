"""Esperluette : le chemin d'une équipe de soins, de la question à la reconnaissance."""

__version__ = "0.1.0"
