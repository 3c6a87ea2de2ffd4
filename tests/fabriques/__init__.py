"""Fabriques : des objets parlants pour les essais, sans hasard sur les états."""
