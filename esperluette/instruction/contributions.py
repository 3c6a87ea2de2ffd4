"""Ce que chaque app ajoute à la fiche d'un dossier, côté agent : ses onglets, ses gestes, ses signalements.

from esperluette.instruction import contributions
contributions.ONGLETS.inscrire(mes_onglets)            # (dossier, compte) -> Iterable[Onglet]
contributions.GESTES.inscrire(mes_gestes)              # (dossier, compte) -> Iterable[Geste]
contributions.SIGNALEMENTS.inscrire(mes_signalements)  # (dossier, compte) -> Iterable[Signalement]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from esperluette.dossiers.contributions import Onglet
from esperluette.dossiers.models import Dossier
from esperluette.equipes.registres import Registre

__all__ = ["Geste", "Onglet", "Signalement", "gestes_de", "onglets_de", "signalements_de"]


@dataclass(frozen=True, slots=True)
class Geste:
    """Un geste du bandeau. `principal` : le seul bouton plein de l'écran (le premier inscrit l'emporte).

    `direct` : le bouton poste à `lien` ; sinon il y mène.
    """

    cle: str
    libelle: str
    lien: str
    principal: bool = False
    direct: bool = False
    ordre: int = 50


@dataclass(frozen=True, slots=True)
class Signalement:
    """Ce que l'agent doit savoir, sans que rien ne soit bloqué. `ton` : info, attention ou erreur."""

    titre: str
    texte: str
    ton: str = "info"
    lien: str = ""
    geste: str = ""


ONGLETS: Registre[Callable[[Dossier, Any], Iterable[Onglet]]] = Registre("onglets de la fiche d'un dossier")
GESTES: Registre[Callable[[Dossier, Any], Iterable[Geste]]] = Registre("gestes de la fiche d'un dossier")
SIGNALEMENTS: Registre[Callable[[Dossier, Any], Iterable[Signalement]]] = Registre("signalements d'un dossier")


def onglets_de(dossier: Dossier, compte: Any) -> list[Onglet]:
    """Les onglets de ce dossier, dans l'ordre."""
    return sorted((o for inscrite in ONGLETS for o in inscrite(dossier, compte)), key=lambda o: o.ordre)


def gestes_de(dossier: Dossier, compte: Any) -> list[Geste]:
    """Les gestes possibles maintenant, le principal d'abord."""
    return sorted(
        (g for inscrite in GESTES for g in inscrite(dossier, compte)), key=lambda g: (not g.principal, g.ordre)
    )


def signalements_de(dossier: Dossier, compte: Any) -> list[Signalement]:
    """Ce qui est à signaler sur ce dossier, dans l'ordre des inscriptions."""
    return [s for inscrite in SIGNALEMENTS for s in inscrite(dossier, compte)]
