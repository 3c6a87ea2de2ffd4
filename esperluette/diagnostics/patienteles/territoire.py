"""Territoire primaire, territoire secondaire : les communes d'où viennent les patients, de la plus à la moins
représentée. Sans base.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from esperluette.diagnostics.patienteles.reglages import reglages


class Rang(StrEnum):
    """La place d'une commune dans la patientèle ; les définitions sont dans donnees/patientele.yaml."""

    PRIMAIRE = "primaire"
    SECONDAIRE = "secondaire"
    AU_DELA = "au_dela"

    @property
    def libelle(self) -> str:
        return {"primaire": "Territoire primaire", "secondaire": "Territoire secondaire"}.get(self, "Au-delà")


@dataclass(frozen=True, slots=True)
class Place:
    """Une commune : ses patients, leur part (%) et celle des communes au moins aussi représentées, elle comprise."""

    code: str
    effectif: int
    part: float
    cumul: float
    rang: Rang


def places(effectifs: Mapping[str, int], total: int) -> list[Place]:
    """Chaque commune à sa place, la plus représentée d'abord ; à égalité, par code.

    Une commune est d'un territoire si celles qui la précèdent n'en atteignent pas encore la part : la commune qui
    fait franchir le seuil en est.
    """
    if total <= 0:
        return []
    rangees, cumul = [], 0
    primaire, secondaire = (s.valeur for s in (reglages().territoire_primaire, reglages().territoire_secondaire))
    for code, effectif in sorted(effectifs.items(), key=lambda paire: (-paire[1], paire[0])):
        avant, cumul = cumul, cumul + effectif
        if avant * 100 < primaire * total:
            rang = Rang.PRIMAIRE
        elif avant * 100 < secondaire * total:
            rang = Rang.SECONDAIRE
        else:
            rang = Rang.AU_DELA
        rangees.append(Place(code, effectif, 100 * effectif / total, 100 * cumul / total, rang))
    return rangees


def part_de(effectifs: Mapping[str, int], total: int, codes: Collection[str]) -> float:
    """La part (%) des patients qui vivent dans ces communes."""
    return 100 * sum(n for code, n in effectifs.items() if code in codes) / total if total else 0.0
