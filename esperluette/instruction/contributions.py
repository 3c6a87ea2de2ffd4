"""Ce que chaque app ajoute à la fiche et à la liste des dossiers, côté agent.

from esperluette.instruction import contributions
contributions.ONGLETS.inscrire(mes_onglets)            # (dossier, compte) -> Iterable[Onglet]
contributions.GESTES.inscrire(mes_gestes)              # (dossier, compte) -> Iterable[Geste]
contributions.SIGNALEMENTS.inscrire(mes_signalements)  # (dossier, compte) -> Iterable[Signalement]
contributions.CORBEILLES.inscrire(mes_corbeilles)      # (compte) -> Iterable[Corbeille] ; la plus haute l'emporte
contributions.BLOCAGES.inscrire(mon_blocage)           # () -> Q sur Dossier : pas prêt pour la commission
contributions.LOTS.inscrire(mes_gestes_de_lot)         # (compte) -> Iterable[GesteDeLot]
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from esperluette.commun.permissions import Permission
from esperluette.dossiers.contributions import Onglet
from esperluette.dossiers.models import Dossier
from esperluette.equipes.registres import Registre

__all__ = [
    "Corbeille", "Geste", "GesteDeLot", "Onglet", "Signalement", "corbeilles_de", "gestes_de", "gestes_de_lot",
    "onglets_de", "signalements_de",
]  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Corbeille:
    """Un paquet de dossiers à regarder. `condition` : un Q sur Dossier, sans jointure multiple (`pk__in=…`).

    `si_vide` : montrée même sans dossier.
    """

    cle: str
    libelle: str
    condition: Q
    ordre: int = 50
    si_vide: bool = True


def _tels_quels(parametres: Mapping[str, Any]) -> Any:
    return parametres


@dataclass(frozen=True, slots=True)
class GesteDeLot:
    """Un geste sur plusieurs dossiers choisis dans la liste ; chacun réussit ou se refuse pour son compte.

    `permission(compte, dossier, lu)` et `effet(dossier, lu)` font l'aperçu, sans requête par dossier si possible ;
    `executer(dossier, acteur, lu)` agit, et lève `ErreurMetier` pour refuser. `formulaire(compte, dossiers, data)`
    rend ce qu'il faut choisir (`form.parametres()`, en JSON) ; None : rien. `lire(parametres)` rend `lu`, une fois.
    """

    cle: str
    libelle: str
    permission: Callable[[Any, Dossier, Any], Permission]
    effet: Callable[[Dossier, Any], str]
    executer: Callable[[Dossier, Any, Any], object]
    formulaire: Callable[[Any, Sequence[Dossier], Mapping[str, Any] | None], Any] | None = None
    lire: Callable[[Mapping[str, Any]], Any] = _tels_quels
    ordre: int = 50


ONGLETS: Registre[Callable[[Dossier, Any], Iterable[Onglet]]] = Registre("onglets de la fiche d'un dossier")
GESTES: Registre[Callable[[Dossier, Any], Iterable[Geste]]] = Registre("gestes de la fiche d'un dossier")
SIGNALEMENTS: Registre[Callable[[Dossier, Any], Iterable[Signalement]]] = Registre("signalements d'un dossier")
CORBEILLES: Registre[Callable[[Any], Iterable[Corbeille]]] = Registre("corbeilles de la liste")
BLOCAGES: Registre[Callable[[], Q]] = Registre("ce qui empêche de passer en commission")
LOTS: Registre[Callable[[Any], Iterable[GesteDeLot]]] = Registre("gestes par lot")


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


def corbeilles_de(compte: Any) -> list[Corbeille]:
    """Les corbeilles de ce compte, dans l'ordre ; sous une même clé, celle de l'app la plus haute l'emporte.

    Les apps du dessus s'inscrivent les premières : leur `ready()` passe avant celui de l'instruction.
    """
    par_cle: dict[str, Corbeille] = {}
    for inscrite in CORBEILLES:
        for corbeille in inscrite(compte):
            par_cle.setdefault(corbeille.cle, corbeille)
    return sorted(par_cle.values(), key=lambda c: c.ordre)


def gestes_de_lot(compte: Any) -> dict[str, GesteDeLot]:
    """Les gestes par lot, par clé, dans l'ordre."""
    gestes = sorted((g for inscrite in LOTS for g in inscrite(compte)), key=lambda g: g.ordre)
    return {g.cle: g for g in gestes}
