"""Les sortes de courriels : chaque gabarit appartient à l'une d'elles, et chacune se règle sur la page du compte.

Les apps inscrivent les leurs depuis `AppConfig.ready()` :
`sortes.inscrire(Sorte("messages", "…", Public.EQUIPE, gabarits=("echanges/message_de_l_ars",)))`.
Une sorte indispensable part toujours, et dit pourquoi. Un gabarit sans sorte est tenu pour indispensable : mieux
vaut un courriel de trop qu'un courriel perdu ; un essai vérifie qu'il n'y en a pas.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esperluette.notifications.enums import Public, Rythme


@dataclass(frozen=True, slots=True)
class Sorte:
    """Une sorte d'événement, à un titre. `indispensable` : la raison pour laquelle elle ne se coupe pas."""

    cle: str
    libelle: str
    public: Public
    gabarits: tuple[str, ...]
    defaut: Rythme = Rythme.IMMEDIAT
    indispensable: str = ""


_SORTES: dict[str, Sorte] = {}
_PAR_GABARIT: dict[str, Sorte] = {}
# Ce qui dit, d'un compte, s'il reçoit des courriels à ce titre ; sans réponse, la page montre la section.
_CONCERNES: dict[str, Callable[[Any], bool]] = {}


def inscrire(*sortes: Sorte) -> None:
    """Ajoute des sortes ; un gabarit n'appartient qu'à une seule."""
    for sorte in sortes:
        if _SORTES.get(sorte.cle, sorte) != sorte:
            raise ValueError(f"La sorte « {sorte.cle} » est déjà inscrite autrement.")
        for gabarit in sorte.gabarits:
            if _PAR_GABARIT.get(gabarit, sorte) != sorte:
                raise ValueError(f"Le courriel « {gabarit} » appartient déjà à une autre sorte.")
            _PAR_GABARIT[gabarit] = sorte
        _SORTES[sorte.cle] = sorte


def inscrire_public(public: Public, concerne: Callable[[Any], bool]) -> None:
    """`concerne(compte)` dit si ce compte reçoit des courriels à ce titre."""
    _CONCERNES[public] = concerne


def sorte_de(gabarit: str) -> Sorte | None:
    """La sorte de ce gabarit « app/nom »."""
    return _PAR_GABARIT.get(gabarit)


def toutes() -> list[Sorte]:
    """Les sortes connues, dans l'ordre de leur public puis de leur nom."""
    rangs = list(Public)
    return sorted(_SORTES.values(), key=lambda s: (rangs.index(s.public), bool(s.indispensable), s.libelle))


def publics_de(compte: Any) -> list[Public]:
    """À quels titres ce compte reçoit des courriels."""
    return [public for public in Public if public not in _CONCERNES or _CONCERNES[public](compte)]


inscrire(
    Sorte(
        "recapitulatif",
        "Le récapitulatif du jour",
        Public.COMPTE,
        ("notifications/quotidien",),
        indispensable="Il ne part que si vous avez choisi « une fois par jour », et s’il a quelque chose à dire.",
    )
)
