"""Qui est qui dans la démonstration, et ce qu'on peut y faire."""

from dataclasses import dataclass

from esperluette.portail.demonstration.scenario import Personne, Scenario, scenarios


@dataclass(frozen=True, slots=True)
class Personnage:
    """Un compte fictif."""

    courriel: str
    nom: str
    ici: str


@dataclass(frozen=True, slots=True)
class Groupe:
    """Les comptes d'une équipe, de l'ARS fictive, ou d'une commission."""

    titre: str
    ici: str
    personnages: tuple[Personnage, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Une région de la démonstration : ses équipes, son ARS, ses commissions."""

    nom: str
    groupes: tuple[Groupe, ...]


def regions() -> list[Region]:
    """La démonstration, région par région."""
    return [Region(joue.nom, tuple(_groupes(joue))) for joue in scenarios()]


def groupes() -> list[Groupe]:
    """Toutes les équipes et tous les agents."""
    return [groupe for region in regions() for groupe in region.groupes]


def _groupes(joue: Scenario) -> list[Groupe]:
    """Les équipes d'une région, ses agents, puis ses commissions."""
    equipes = [
        Groupe(e.nom, e.ici, _personnages(*e.membres, *([e.accompagnateur] if e.accompagnateur else [])))
        for e in joue.equipes
    ]
    agents = Groupe(
        joue.organisme.nom, "Les agents qui reçoivent et instruisent les dossiers.", _personnages(*joue.agents)
    )
    commissions = [Groupe(c.nom, c.ici, _personnages(c.secretaire, *c.membres)) for c in joue.commissions]
    return [*equipes, agents, *commissions]


def _personnages(*personnes: Personne) -> tuple[Personnage, ...]:
    return tuple(Personnage(p.courriel, f"{p.prenom} {p.nom}", p.ici) for p in personnes)
