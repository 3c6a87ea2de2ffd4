"""Comparer deux textes mot à mot. Sans Django."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Sorte = Literal["egal", "ajout", "retrait"]
_MOTS = re.compile(r"\w+(?:[’'-]\w+)*|\s+|[^\w\s]")
# Au-delà, deux blocs entièrement différents se montrent d'un tenant : le détail ne se lirait plus.
MOTS_MAX = 3_000


@dataclass(frozen=True, slots=True)
class Segment:
    """Un morceau de texte resté, ajouté ou retiré."""

    sorte: Sorte
    texte: str


def comparer(avant: str, apres: str) -> list[Segment]:
    """Les segments qui mènent d'`avant` à `apres` ; mis bout à bout sans les retraits, ils redonnent `apres`."""
    segments: list[Segment] = []
    lignes_avant, lignes_apres = avant.splitlines(keepends=True), apres.splitlines(keepends=True)
    for nature, a, b, c, d in SequenceMatcher(None, lignes_avant, lignes_apres, autojunk=False).get_opcodes():
        ancien, nouveau = "".join(lignes_avant[a:b]), "".join(lignes_apres[c:d])
        if nature == "equal":
            segments.append(Segment("egal", ancien))
        else:
            segments += _par_mots(ancien, nouveau)
    return _reunir(segments)


def _par_mots(avant: str, apres: str) -> list[Segment]:
    mots_avant, mots_apres = _MOTS.findall(avant), _MOTS.findall(apres)
    if max(len(mots_avant), len(mots_apres)) > MOTS_MAX:
        return [Segment("retrait", avant), Segment("ajout", apres)]
    segments: list[Segment] = []
    for nature, a, b, c, d in SequenceMatcher(None, mots_avant, mots_apres, autojunk=False).get_opcodes():
        if nature == "equal":
            segments.append(Segment("egal", "".join(mots_avant[a:b])))
            continue
        segments += [Segment("retrait", "".join(mots_avant[a:b])), Segment("ajout", "".join(mots_apres[c:d]))]
    return segments


def _reunir(segments: list[Segment]) -> list[Segment]:
    """Sans segment vide ni voisins de même sorte."""
    reunis: list[Segment] = []
    for segment in segments:
        if not segment.texte:
            continue
        if reunis and reunis[-1].sorte == segment.sorte:
            reunis[-1] = Segment(segment.sorte, reunis[-1].texte + segment.texte)
        else:
            reunis.append(segment)
    return reunis


def change_quelque_chose(segments: list[Segment]) -> bool:
    """Vrai si au moins un mot a été ajouté ou retiré."""
    return any(s.sorte != "egal" for s in segments)
