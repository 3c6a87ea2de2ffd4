"""Les commissions consultatives d'une région : qui siège, comment elles délibèrent, ce dont elles connaissent."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee


def _part(texte: str) -> str:
    try:
        part = Fraction(texte)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"« {texte} » n'est pas une part : écrivez « 1/2 », « 2/3 »") from None
    if not 0 < part <= 1:
        raise ValueError(f"« {texte} » n'est pas une part : entre 0 (exclu) et 1")
    return texte


# Une part des membres, exacte : « 1/2 », « 2/3 ».
Part = Annotated[str, Field(pattern=r"^[0-9]{1,3}/[0-9]{1,3}$"), AfterValidator(_part)]
EffetDAvis = Literal["favorable", "reserves", "ajournement", "defavorable"]


class Siege(Fige):
    """Qui siège à une instance."""

    id: Identifiant
    libelle: Phrase
    observateur: bool = False


class Avis(Fige):
    """Un avis possible. `effet` : ce qu'il veut dire pour la suite, quel que soit son nom."""

    id: Identifiant
    libelle: Phrase
    effet: EffetDAvis


class AvisPossibles(Sourcee):
    """Les avis qu'une instance peut rendre."""

    liste: tuple[Avis, ...]


class Fonctionnement(Sourcee):
    """Quorum, convocation, voix : la règle de l'instance, ou le droit commun.

    `quorum` le dit en mots, `part_de_quorum` en nombre (« 1/2 ») ; `seconde_sans_quorum` : faute de quorum, on
    convoque de nouveau sur le même ordre du jour, et l'on délibère quel que soit le nombre de présents.
    """

    quorum: Phrase
    part_de_quorum: Part
    seconde_sans_quorum: bool
    convocation_jours: Annotated[int, Field(ge=0, le=90)]
    voix_preponderante: bool
    mandats_par_membre: Annotated[int, Field(ge=0, le=9)]
    texte: Phrase


class Affaire(Fige):
    """Une sorte d'affaires que l'instance examine, et les démarches qui y mènent."""

    id: Identifiant
    libelle: Phrase
    demarches: tuple[Identifiant, ...] = ()


class Instance(Sourcee):
    """Une commission consultative. `reunion_sur_site` : une réunion sur place la précède."""

    id: Identifiant
    sigle: Phrase
    nom: Phrase
    niveau: Literal["regional", "departemental"]
    competences: tuple[Phrase, ...]
    sieges: tuple[Siege, ...]
    fonctionnement: Fonctionnement
    avis: AvisPossibles
    affaires: tuple[Affaire, ...] = ()
    porteurs_presentent: bool = False
    reunion_sur_site: bool = False
