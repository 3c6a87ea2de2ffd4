"""Réglages communs aux essais."""
