"""Ce qui se lit avant de se lancer : missions, bénéfices, conseils, questions. Construit des éditions, jamais figé.

Le socle donne le commun ; une édition complète, et masque (`masquer`) ce qui ne vaut pas chez elle.
"""

from typing import Literal

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee


class Propos(Sourcee):
    """Une chose à comprendre, pour ces `formes` (vide : toutes)."""

    id: Identifiant
    formes: tuple[Identifiant, ...] = ()


class Texte(Propos):
    """Une mission, un conseil, un levier des élus, un objectif."""

    texte: Phrase


class Benefice(Texte):
    pour: Literal["patients", "professionnels", "territoire"]


class QuestionFrequente(Propos):
    question: Phrase
    reponse: Phrase


class Evolution(Texte):
    """Vers où l'équipe peut aller ensuite."""

    vers: Phrase


class Phase(Texte):
    """Une phase de l'accompagnement gradué, ou un point d'attention : un titre et ce qu'il recouvre."""

    titre: Phrase


class SansFinancement(Texte):
    """Ce qu'une équipe garde, ou perd, à se former sans s'engager avec l'ARS."""

    effet: Literal["garde", "perd"]


SECTIONS = (
    "missions", "benefices", "conseils", "elus", "questions", "evolutions", "objectifs", "phases", "sans_financement",
    "attentions",
)  # fmt: skip


class Comprendre(Fige):
    """comprendre.yaml, du socle ou d'une édition ; ou la réunion des deux."""

    missions: tuple[Texte, ...] = ()
    benefices: tuple[Benefice, ...] = ()
    conseils: tuple[Texte, ...] = ()
    elus: tuple[Texte, ...] = ()
    questions: tuple[QuestionFrequente, ...] = ()
    evolutions: tuple[Evolution, ...] = ()
    objectifs: tuple[Texte, ...] = ()
    phases: tuple[Phase, ...] = ()
    sans_financement: tuple[SansFinancement, ...] = ()
    attentions: tuple[Phase, ...] = ()
    masquer: tuple[Identifiant, ...] = ()

    def identifiants(self) -> set[str]:
        return {p.id for section in SECTIONS for p in getattr(self, section)}

    def avec(self, region: "Comprendre") -> "Comprendre":
        """Le commun, moins ce que la région masque, puis ce qu'elle ajoute."""
        fusion = {
            section: (
                *(p for p in getattr(self, section) if p.id not in region.masquer),
                *getattr(region, section),
            )
            for section in SECTIONS
        }
        return self.model_copy(update=fusion)

    def pour(self, forme: str) -> "Comprendre":
        """Ce qui vaut pour cette forme."""
        return self.model_copy(
            update={s: tuple(p for p in getattr(self, s) if not p.formes or forme in p.formes) for s in SECTIONS}
        )
