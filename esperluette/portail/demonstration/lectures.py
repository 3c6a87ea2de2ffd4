"""Qui est qui dans la démonstration, et ce qu'on peut y faire."""

from dataclasses import dataclass

from esperluette.portail.demonstration.scenario import Personne, scenario


@dataclass(frozen=True, slots=True)
class Personnage:
    """Un compte fictif."""

    courriel: str
    nom: str
    ici: str


@dataclass(frozen=True, slots=True)
class Groupe:
    """Les comptes d'une équipe, ou ceux de l'ARS fictive."""

    titre: str
    ici: str
    personnages: tuple[Personnage, ...]


def groupes() -> list[Groupe]:
    """Les équipes du scénario, puis les agents."""
    joue = scenario()
    equipes = [
        Groupe(e.nom, e.ici, _personnages(*e.membres, *([e.accompagnateur] if e.accompagnateur else [])))
        for e in joue.equipes
    ]
    agents = Groupe(
        joue.organisme.nom, "Les agents qui reçoivent et instruisent les dossiers.", _personnages(*joue.agents)
    )
    return [*equipes, agents]


def _personnages(*personnes: Personne) -> tuple[Personnage, ...]:
    return tuple(Personnage(p.courriel, f"{p.prenom} {p.nom}", p.ici) for p in personnes)
