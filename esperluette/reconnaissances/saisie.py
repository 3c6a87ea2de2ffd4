"""Ce qu'un motif doit être : écrit, lisible, sans caractère qu'une base refuse."""

from esperluette.commun.erreurs import ErreurMetier

LONGUEUR_MAX = 10_000


def motif_propre(texte: str, sans: str) -> str:
    """Le texte sans octet nul ni blancs autour ; lève ErreurMetier s'il n'en reste rien (`sans`) ou trop."""
    propre = texte.replace("\0", "").strip()
    if not propre:
        raise ErreurMetier(sans)
    if len(propre) > LONGUEUR_MAX:
        raise ErreurMetier(f"Ce texte dépasse {LONGUEUR_MAX} signes : raccourcissez-le.")
    return propre
