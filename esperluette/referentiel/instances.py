"""Les commissions consultatives d'une région : qui siège, comment elles délibèrent, ce dont elles connaissent."""

from typing import Literal

from esperluette.referentiel.sources import Fige, Identifiant, Phrase, Sourcee


class Siege(Fige):
    """Qui siège à une instance."""

    id: Identifiant
    libelle: Phrase
    observateur: bool = False


class Avis(Fige):
    id: Identifiant
    libelle: Phrase


class AvisPossibles(Sourcee):
    """Les avis qu'une instance peut rendre."""

    liste: tuple[Avis, ...]


class Fonctionnement(Sourcee):
    """Quorum, convocation, voix : la règle de l'instance, ou le droit commun."""

    quorum: Phrase
    convocation_jours: int
    voix_preponderante: bool
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
