"""Une permission répond oui, ou non avec sa raison : l'écran, le refus et l'essai lisent la même phrase."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """Réponse à « peut-il ? ». Vraie si accordée ; sinon `motif` est une phrase montrable."""

    accordee: bool
    motif: str = ""

    def __bool__(self) -> bool:
        return self.accordee


OUI = Permission(accordee=True)


def non(motif: str) -> Permission:
    """Refus motivé. `motif` est une phrase complète, adressée à la personne."""
    return Permission(accordee=False, motif=motif)
