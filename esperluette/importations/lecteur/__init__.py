"""Lire une trame remplie dans Word ou LibreOffice. Sans base : un fichier et une trame donnent des propositions."""
