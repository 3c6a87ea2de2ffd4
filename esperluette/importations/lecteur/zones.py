"""Où l'on en est dans la trame pendant la lecture, et ce qui s'y est écrit."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from esperluette.importations.lecteur.blocs import Bloc
from esperluette.importations.lecteur.cases import Case, option_de
from esperluette.importations.lecteur.reperes import Reconnu
from esperluette.referentiel.modele import Champ, Option, Rubrique, Trame

Place = tuple[str, int, str]  # champ, rang de la fiche (-1 hors d'un tableau), colonne


@dataclass(slots=True)
class Zone:
    """Ce qui est écrit pour une question : des blocs, ou des cases."""

    champ: Champ
    rubrique: str
    blocs: list[Bloc] = field(default_factory=list)
    cochees: list[str] = field(default_factory=list)
    vues: int = 0  # cases trouvées, cochées ou non
    confiance: float = 1.0
    raisons: list[str] = field(default_factory=list)

    def douter(self, reconnu: Reconnu) -> None:
        self.confiance = min(self.confiance, reconnu.confiance)
        if reconnu.raison not in self.raisons:
            self.raisons.append(reconnu.raison)


@dataclass(slots=True)
class Position:
    """La question ouverte. `aussi` : les rubriques qu'un même titre réunit."""

    rubrique: Rubrique | None = None
    aussi: tuple[str, ...] = ()
    champ: Champ | None = None
    tableau: Champ | None = None
    rang: int = -1
    colonne: Champ | None = None
    reconnu: Reconnu | None = None
    rubrique_reconnue: Reconnu | None = None

    @property
    def rubriques(self) -> tuple[str, ...]:
        return (self.rubrique.id, *self.aussi) if self.rubrique else ()

    def fermer_la_fiche(self) -> None:
        self.tableau, self.rang, self.colonne = None, -1, None


def champs_a_options(trame: Trame, position: Position) -> Iterator[tuple[Champ, Place, str]]:
    """Les questions à cases du voisinage, la plus proche d'abord : colonne ouverte, champ ouvert, rubrique."""
    if position.tableau is not None and position.rang >= 0 and position.rubrique is not None:
        colonnes = [position.colonne] if position.colonne else []
        colonnes += [c for c in position.tableau.colonnes if c is not position.colonne]
        for colonne in colonnes:
            if colonne.type in {"cases", "choix"}:
                yield colonne, (position.tableau.id, position.rang, colonne.id), position.rubrique.id
    vus: set[str] = set()
    champs = [(position.rubrique.id, position.champ)] if position.rubrique and position.champ else []
    champs += [(r, c) for r in position.rubriques for c in trame.rubrique(r).champs]
    for rubrique, champ in champs:
        if champ.type in {"cases", "choix"} and champ.id not in vus:
            vus.add(champ.id)
            yield champ, (champ.id, -1, ""), rubrique


def option_du_voisinage(trame: Trame, position: Position, case: Case) -> tuple[Champ, Place, str, Option, str] | None:
    """(champ, place, rubrique, option, précision) de la première question qui propose cette réponse."""
    for champ, place, rubrique in champs_a_options(trame, position):
        option, reste = option_de(champ, case.libelle)
        if option is not None:
            return champ, place, rubrique, option, reste
    return None


def champ_de_precision(trame: Trame, champ: Champ, option: str) -> tuple[str, Champ] | None:
    """La question « précisez » qu'ouvre cette option."""
    for rubrique, autre in trame.champs():
        condition = autre.si
        if condition is None or condition.champ != champ.id or autre.type not in {"texte", "texte_riche"}:
            continue
        if option in (condition.vaut, condition.contient):
            return rubrique.id, autre
    return None
