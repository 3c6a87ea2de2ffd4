"""Les constats calculés, et ce que l'équipe en a décidé."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from esperluette.diagnostics.enums import DecisionDeConstat, GenreDeConstat
from esperluette.diagnostics.models import ConstatRetenu
from esperluette.equipes.models import Equipe
from esperluette.indicateurs.instantane import ConstatLu


@dataclass(frozen=True, slots=True)
class ConstatVu:
    """Un constat et sa décision. `calcule` est faux si les chiffres d'aujourd'hui ne le donnent plus."""

    lu: ConstatLu
    retenu: ConstatRetenu | None = None
    calcule: bool = True

    @property
    def decision(self) -> str:
        """« garde », « modifie », « ecarte », ou vide s'il reste à trier."""
        return self.retenu.decision if self.retenu else ""

    @property
    def est_ecarte(self) -> bool:
        return self.decision == DecisionDeConstat.ECARTE

    @property
    def phrase(self) -> str:
        """Celle que l'équipe a gardée, sinon celle du calcul."""
        return self.retenu.phrase if self.retenu and not self.est_ecarte else self.lu.phrase

    @property
    def a_change(self) -> bool:
        """La phrase calculée n'est plus celle sur laquelle l'équipe a décidé."""
        return self.calcule and self.retenu is not None and self.retenu.phrase_origine != self.lu.phrase

    @property
    def vue(self) -> str:
        """L'empreinte de la phrase calculée que la page montre."""
        return hashlib.sha256(self.lu.phrase.encode()).hexdigest()[:16]


def retenus_de(equipe: Equipe) -> dict[str, ConstatRetenu]:
    """Les décisions de l'équipe, par identifiant de constat. Une requête."""
    return {r.constat: r for r in ConstatRetenu.objects.filter(equipe=equipe).select_related("par")}


def constats_vus(calcules: Iterable[ConstatLu], retenus: dict[str, ConstatRetenu]) -> list[ConstatVu]:
    """Les constats calculés, puis ceux, décidés, qui ne se calculent plus : rien ne disparaît sans se dire."""
    vus = [ConstatVu(lu, retenus.get(lu.id)) for lu in calcules]
    connus = {v.lu.id for v in vus}
    return [*vus, *(ConstatVu(_d_origine(r), r, calcule=False) for c, r in retenus.items() if c not in connus)]


def par_genre(vus: Iterable[ConstatVu]) -> list[tuple[GenreDeConstat, list[ConstatVu]]]:
    """Les forces, les fragilités, les questions ; un genre sans constat est omis."""
    ranges: dict[str, list[ConstatVu]] = {genre.value: [] for genre in GenreDeConstat}
    for vu in vus:
        ranges[vu.lu.genre].append(vu)
    return [(genre, ranges[genre.value]) for genre in GenreDeConstat if ranges[genre.value]]


def phrases_gardees(equipe: Equipe) -> list[ConstatRetenu]:
    """Les phrases que l'équipe garde, prêtes à se reprendre dans son projet : forces, fragilités, questions."""
    rang = {genre.value: i for i, genre in enumerate(GenreDeConstat)}
    return sorted(ConstatRetenu.objects.filter(equipe=equipe).gardes(), key=lambda r: (rang[r.genre], r.le, r.pk))


def _d_origine(retenu: ConstatRetenu) -> ConstatLu:
    return ConstatLu.model_validate(
        {
            "id": retenu.constat,
            "genre": retenu.genre,
            "phrase": retenu.phrase_origine,
            "ligne": "",
            "source": retenu.source,
        }
    )
