"""La patientèle commune : ce que des effectifs agrégés permettent d'en dire, sans savoir qui est qui. Sans base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esperluette.diagnostics.patienteles.reglages import effectif_minimal


@dataclass(frozen=True, slots=True)
class Encadrement:
    """Un nombre de patients suivis en commun, connu à l'unité (`minimum` = `maximum`) ou entre deux bornes."""

    minimum: int
    maximum: int

    @property
    def exact(self) -> bool:
        return self.minimum == self.maximum

    @property
    def phrase(self) -> str:
        """« 120 patients », « entre 80 et 140 patients », « au plus 140 patients »."""
        if self.maximum < effectif_minimal():
            return "aucun patient" if self.maximum == 0 else f"moins de {effectif_minimal()} patients"
        if self.exact:
            return f"{self.maximum} patients"
        if self.minimum < effectif_minimal():
            return f"au plus {self.maximum} patients"
        return f"entre {self.minimum} et {self.maximum} patients"


def suivis_a_plusieurs(total: int, membres: Sequence[int]) -> Encadrement | None:
    """Les patients suivis par au moins deux membres, quand le tableau de l'équipe compte chaque patient une fois.

    La somme des tableaux des membres compte un patient autant de fois qu'il est suivi : l'excédent dit les suivis en
    plus. À deux membres, c'est exactement leurs patients communs. None si les tableaux se contredisent.
    """
    excedent = sum(membres) - total
    if len(membres) < 2 or excedent < 0 or max(membres) > total:
        return None
    au_moins = -(-excedent // (len(membres) - 1))
    return Encadrement(au_moins, min(excedent, total))


def au_plus(un: Mapping[str, int], autre: Mapping[str, int], *, tus_un: int = 0, tus_autre: int = 0) -> int:
    """Les patients que deux membres peuvent partager, au plus : par commune, ceux du moins fourni des deux.

    `tus_…` : les patients de communes qu'on ne nomme pas ; dans chacune, ils sont moins que l'effectif minimal. Sans
    patient tu, un tableau peut en avoir laissé de côté moins que l'effectif minimal : ils comptent ici.
    """
    faible = effectif_minimal() - 1
    communs = sum(min(n, autre[code]) for code, n in un.items() if code in autre)
    communs += min(tus_un, sum(min(n, faible) for code, n in autre.items() if code not in un))
    communs += min(tus_autre, sum(min(n, faible) for code, n in un.items() if code not in autre))
    return communs + min(tus_un, tus_autre) + sum(faible for tus in (tus_un, tus_autre) if not tus)
