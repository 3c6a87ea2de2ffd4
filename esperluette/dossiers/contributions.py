"""Ce que les apps du dessus ajoutent aux pages d'un dossier, côté équipe ; elles s'y inscrivent au démarrage.

from esperluette.dossiers import contributions
contributions.ONGLETS.inscrire(mes_onglets)   # (dossier, compte) -> Iterable[Onglet], par exemple « Échanges »
contributions.BLOCS.inscrire(mes_blocs)       # (dossier, compte) -> Iterable[Bloc], en tête de « Où en est-on »
contributions.DEPOTS.inscrire(mon_ecoute)     # (depot, acteur) -> None, dans la transaction du dépôt
contributions.GESTES_DE_LA_LISTE.inscrire(mes_gestes)  # (compte) -> Iterable[Geste], sous « Mes dossiers »
contributions.GESTES_DU_CHAMP.inscrire(mes_gestes)     # (dossier, compte, champ) -> Iterable[Geste], dans sa marge
contributions.RELAIS.inscrire(mes_relais)     # (comptes) -> comptes, qui répond à la place des agents absents
contributions.USAGES.inscrire(mes_dossiers)   # (fichier) -> Iterable[Dossier] où ce fichier sert, hors pièces jointes
contributions.ARCHIVES.inscrire(mes_pieces)   # (dossier, regard) -> Iterable[Piece], ce que ce regard peut emporter
contributions.ACTIONS.inscrire(mon_action)    # (dossier, compte) -> Action | None, le bouton principal ; sans requête
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from esperluette.comptes.lectures import referents_de
from esperluette.comptes.models import Compte
from esperluette.documents.emport import Piece, Regard
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.registres import Registre
from esperluette.fichiers.models import Fichier
from esperluette.referentiel.modele import Champ


@dataclass(frozen=True, slots=True)
class Onglet:
    """Une page du dossier. `nombre` : ce qui y attend la personne, affiché à côté du nom s'il n'est pas nul."""

    cle: str
    libelle: str
    lien: str
    nombre: int = 0
    ordre: int = 50


@dataclass(frozen=True, slots=True)
class Action:
    """Le bouton principal de la fiche : son effet, et où il mène."""

    libelle: str
    adresse: str
    explication: str = ""


@dataclass(frozen=True, slots=True)
class Bloc:
    """Une chose à dire en tête de la fiche : un titre, une phrase, où agir. `urgent` : avant tout le reste."""

    cle: str
    titre: str
    texte: str
    lien: str = ""
    geste: str = ""
    urgent: bool = False
    ordre: int = 50


@dataclass(frozen=True, slots=True)
class Geste:
    """Un lien sous la liste des dossiers, ou dans la marge d'un champ."""

    libelle: str
    lien: str


ONGLETS: Registre[Callable[[Dossier, Any], Iterable[Onglet]]] = Registre("pages d'un dossier")
BLOCS: Registre[Callable[[Dossier, Any], Iterable[Bloc]]] = Registre("choses à dire en tête d'un dossier")
GESTES_DE_LA_LISTE: Registre[Callable[[Any], Iterable[Geste]]] = Registre("gestes de la liste des dossiers")
GESTES_DU_CHAMP: Registre[Callable[[Dossier, Any, Champ], Iterable[Geste]]] = Registre("gestes d'un champ")
DEPOTS: Registre[Callable[[Depot, Any], object]] = Registre("ce qui se fait quand un dossier est déposé")
ARCHIVES: Registre[Callable[[Dossier, Regard], Iterable[Piece]]] = Registre("ce qu'une archive du dossier contient")
ACTIONS: Registre[Callable[[Dossier, Any], Action | None]] = Registre("bouton principal d'un dossier déposé")
RELAIS: Registre[Callable[[Sequence[Compte]], list[Compte]]] = Registre("qui répond à la place des agents absents")
USAGES: Registre[Callable[[Fichier], Iterable[Dossier]]] = Registre("dossiers où un fichier sert")


def onglets_de(dossier: Dossier, compte: Any) -> list[Onglet]:
    """Les pages ajoutées à ce dossier, dans l'ordre."""
    return sorted((o for inscrite in ONGLETS for o in inscrite(dossier, compte)), key=lambda o: o.ordre)


def blocs_de(dossier: Dossier, compte: Any) -> list[Bloc]:
    """Ce qu'il faut dire de ce dossier, l'urgent d'abord."""
    blocs = (b for inscrite in BLOCS for b in inscrite(dossier, compte))
    return sorted(blocs, key=lambda b: (not b.urgent, b.ordre))


def agents_a_prevenir(dossier: Dossier) -> list[Compte]:
    """À qui écrire, côté ARS : l'agent du dossier, sinon les référents de sa commune ; absents, leurs relais."""
    agent = dossier.instruit_par or dossier.affecte_a
    agents = [agent] if agent is not None and agent.is_active else referents_de(dossier.equipe.implantation)
    for relayer in RELAIS:
        agents = relayer(agents)
    return list(dict.fromkeys(agents))
