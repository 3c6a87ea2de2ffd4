"""L'avenant : rouvrir un projet accepté, pour ce qui change seulement. La démarche est une donnée ; sans Django."""

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from esperluette.referentiel.procedures import Demarche, Piece, RegimeDecision, RenvoiTrame
from esperluette.referentiel.questionnaire import Champ, Rubrique, Trame
from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee

if TYPE_CHECKING:
    from esperluette.referentiel.modele import Edition

PREFIXE = "avenant-"


class NatureAvenant(Fige):
    """Ce qu'un avenant peut changer. Les rubriques du projet qui portent ces `champs` (ou nommées) se rouvrent."""

    id: Identifiant
    libelle: Phrase
    aide: str = ""
    champs: tuple[Literal["membres", "communes", "fiches"], ...] = ()
    rubriques: tuple[Identifiant, ...] = ()

    def concerne(self, rubrique: Rubrique) -> bool:
        """Vrai si cette rubrique du projet dit ce que l'avenant change."""
        return rubrique.id in self.rubriques or any(_sorte(champ) in self.champs for champ in rubrique.champs)


def _sorte(champ: Champ) -> str:
    return "fiches" if champ.presentation == "fiches" else champ.type


class Avenant(Sourcee):
    """La démarche légère qui modifie un projet accepté. Sans `regime` : celui du projet qu'elle modifie."""

    libelle: Phrase
    resume: Phrase
    trame: RenvoiTrame
    instance: Identifiant | None = None
    natures: tuple[NatureAvenant, ...]
    pieces: tuple[Piece, ...] = ()
    regime: RegimeDecision | None = None
    effets: tuple[Phrase, ...] = ()
    notes: tuple[Phrase, ...] = ()

    def demarche(self, projet: Demarche) -> Demarche:
        """La démarche d'avenant de ce projet."""
        return Demarche(
            id=PREFIXE + projet.id, libelle=self.libelle, formes=projet.formes, resume=self.resume, trame=self.trame,
            instance=self.instance, pieces=self.pieces, regime=self.regime or projet.regime, effets=self.effets,
            notes=self.notes, source=self.source,
        )  # fmt: skip

    def libelles(self, natures: tuple[str, ...]) -> list[str]:
        """Ce que l'avenant change, en mots, dans l'ordre de l'édition."""
        return [n.libelle for n in self.natures if n.id in natures]


@lru_cache(maxsize=512)
def trame_d_avenant(edition: "Edition", demarche: str, natures: tuple[str, ...]) -> Trame:
    """La trame courte de l'avenant, suivie des rubriques du projet que ces natures rouvrent. Lève `KeyError`."""
    assert edition.avenant is not None  # noqa: S101 — une démarche d'avenant n'existe qu'avec lui
    base, projet = edition.trame(demarche), edition.trame(demarche.removeprefix(PREFIXE))
    voulues = [n for n in edition.avenant.natures if n.id in natures]
    rouvertes = [r for r in projet.rubriques if r.champs and any(n.concerne(r) for n in voulues)]
    presents = {c.id for r in (*base.rubriques, *rouvertes) for c in r.champs}
    rubriques = (*base.rubriques, *(_rouverte(r, presents) for r in rouvertes))
    # Une trame neuve : une copie garderait l'index des champs de la trame courte.
    return Trame.model_construct(**{nom: getattr(base, nom) for nom in Trame.model_fields} | {"rubriques": rubriques})


def _rouverte(rubrique: Rubrique, presents: set[str]) -> Rubrique:
    """La rubrique sous le chapitre de l'avenant ; une condition qui vise un champ resté au projet ne tient plus."""
    champs = tuple(
        c.model_copy(update={"si": None}) if c.si is not None and c.si.champ not in presents else c
        for c in rubrique.champs
    )
    return rubrique.model_copy(update={"niveau": 2, "champs": champs})
