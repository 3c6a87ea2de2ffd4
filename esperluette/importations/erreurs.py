"""Le refus d'un fichier à importer."""

from esperluette.commun.erreurs import ErreurMetier


class TrameRefusee(ErreurMetier):
    """Le fichier ne se lit pas ; `str(erreur)` dit pourquoi et comment faire."""
