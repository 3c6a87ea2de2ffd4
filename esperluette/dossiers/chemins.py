"""Les chemins de réponse : « territoire », « axes » (liste des lignes), « axes/3f2a/objectifs » (une cellule).

Une cellule par réponse, donc une version par cellule : deux personnes sur deux axes ne se gênent pas.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from esperluette.commun.erreurs import ErreurMetier
from esperluette.referentiel.modele import Champ, Trame

_LIGNE = re.compile(r"^[a-z0-9]{4,16}$")
# Ces champs ne se saisissent pas dans la trame : leur valeur vient de l'équipe.
TYPES_DERIVES = frozenset({"membres"})


class CheminInconnu(ErreurMetier):
    """Ce chemin ne mène à aucun champ de la trame."""


def nouvelle_ligne() -> str:
    """Un identifiant de ligne, court et imprévisible."""
    return secrets.token_hex(4)


def champ_du_chemin(trame: Trame, chemin: str) -> Champ:
    """Le champ (ou la colonne de tableau) que désigne un chemin ; lève `CheminInconnu`."""
    morceaux = chemin.split("/")
    champ = next((c for _, c in trame.champs() if c.id == morceaux[0]), None)
    if champ is None or champ.type in TYPES_DERIVES or len(morceaux) not in (1, 3):
        raise CheminInconnu("Ce champ n’existe pas dans cette trame.")
    if len(morceaux) == 1:
        return champ
    colonne = next((c for c in champ.colonnes if c.id == morceaux[2]), None)
    if colonne is None or not _LIGNE.match(morceaux[1]):
        raise CheminInconnu("Ce champ n’existe pas dans cette trame.")
    return colonne


def assembler(trame: Trame, reponses: Mapping[str, Any]) -> dict[str, Any]:
    """Les valeurs par champ, telles que le référentiel les lit : un tableau devient une liste de lignes."""
    valeurs: dict[str, Any] = {}
    for _, champ in trame.champs():
        if champ.type in TYPES_DERIVES:
            continue
        if champ.type == "tableau":
            valeurs[champ.id] = [
                {"id": ligne, **{c.id: reponses.get(f"{champ.id}/{ligne}/{c.id}") for c in champ.colonnes}}
                for ligne in reponses.get(champ.id) or []
            ]
        else:
            valeurs[champ.id] = reponses.get(champ.id)
    return valeurs
