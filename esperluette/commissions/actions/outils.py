"""Ce que partagent les verbes : le droit d'abord, un texte qui ne déborde pas."""

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.commun.permissions import Permission

LONGUEUR_MOTIF = 2000


class ChampRefuse(ErreurMetier):
    """Un refus qui porte sur un champ du formulaire : il s'affiche à côté de lui."""

    def __init__(self, message: str, champ: str = "") -> None:
        super().__init__(message)
        self.champ = champ


def exiger(permission: Permission) -> None:
    """Lève `Refus`, avec sa raison."""
    if not permission:
        raise Refus(permission.motif)


def exiger_un_motif(motif: str, message: str, champ: str = "motif") -> str:
    """Le motif, débarrassé de ses blancs ; lève `ChampRefuse` s'il manque ou déborde."""
    motif = motif.replace("\x00", "").strip()
    if not motif:
        raise ChampRefuse(message, champ)
    if len(motif) > LONGUEUR_MOTIF:
        raise ChampRefuse(f"Ce motif dépasse {LONGUEUR_MOTIF} signes.", champ)
    return motif
