"""Ce que les apps du dessus apportent à l'équipe ; elles s'y inscrivent depuis `AppConfig.ready()`.

Les équipes ne connaissent ni les dossiers ni l'instruction : elles appellent, dans l'ordre
d'inscription, les fonctions que ces apps ont laissées ici. Inscrire deux fois la même fonction
n'a pas d'effet.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Q

from esperluette.commun.permissions import Permission
from esperluette.referentiel.faits import Constat

F = TypeVar("F", bound=Callable[..., Any])


class Registre(Generic[F]):
    """Une liste ordonnée de fonctions, sans doublon."""

    def __init__(self, promesse: str) -> None:
        self.promesse = promesse
        self._fonctions: dict[str, F] = {}

    def inscrire(self, fonction: F) -> F:
        """Inscrit `fonction` et la rend, pour servir aussi de décorateur."""
        self._fonctions[self._nom(fonction)] = fonction
        return fonction

    def retirer(self, fonction: F) -> None:
        """Retire `fonction` ; sert aux essais."""
        self._fonctions.pop(self._nom(fonction), None)

    def noms(self) -> list[str]:
        """Les inscrits, par nom complet : un essai en fige la liste."""
        return list(self._fonctions)

    def __iter__(self) -> Iterator[F]:
        return iter(list(self._fonctions.values()))

    @staticmethod
    def _nom(fonction: F) -> str:
        return f"{fonction.__module__}.{fonction.__qualname__}"


# fonction(compte) -> Q sur Equipe : les équipes que ce compte voit à un autre titre que membre
# ou accompagnateur. Préférer `Q(pk__in=…)` à une jointure, qui ferait des doublons.
VISIBILITES: Registre[Callable[[Any], Q]] = Registre("Q des équipes visibles par un compte")

# fonction(equipe, *, changement, membre, acteur) -> Permission : refuse, avec sa raison, un
# changement de composition (un projet déposé, par exemple). `membre` vaut None pour un ajout.
GARDES_COMPOSITION: Registre[Callable[..., Permission]] = Registre("permission de changer la composition")

# fonction(equipes, cle) -> {pk de l'équipe: Constat} : ce que des actes établissent d'un fait qu'on déclarerait.
# Pour une clé qui n'est pas la sienne, rend {} sans requête.
CONSTATS: Registre[Callable[[Sequence[Any], str], Mapping[int, Constat]]] = Registre("faits établis par des actes")

# fonction(equipe, *, acteur) : appelée dans la transaction, après l'entrée, la sortie ou le changement d'un membre.
SUITES_COMPOSITION: Registre[Callable[..., None]] = Registre("suites d'un changement de composition")

# fonction(request, equipe) -> HttpResponse : la page du territoire et de son diagnostic ; une seule app la tient.
PAGE_DU_TERRITOIRE: Registre[Callable[..., Any]] = Registre("page du territoire")


def composition_changee(equipe: Any, *, acteur: Any) -> None:
    """Prévient les inscrits que la composition vient de changer."""
    for suite in SUITES_COMPOSITION:
        suite(equipe, acteur=acteur)
