"""Le refus d'un fichier."""

from esperluette.commun.erreurs import ErreurMetier


class FichierRefuse(ErreurMetier):
    """Le fichier n'est pas gardé ; `str(erreur)` dit pourquoi et comment faire."""
