"""La forme de chaque fichier d'une édition et du socle."""

import datetime

from pydantic import BaseModel

from esperluette.referentiel.avenants import Avenant
from esperluette.referentiel.communs import AvisCommuns, FonctionnementCommun, RegimeCommun
from esperluette.referentiel.comprendre import Comprendre
from esperluette.referentiel.courriers import FichierCourriers
from esperluette.referentiel.grilles import FichierGrilles
from esperluette.referentiel.modele import Aide, Critere, Demarche, Entete, Etape, Instance, Local
from esperluette.referentiel.socle import AutreMetier, Famille, Forme, Groupe, Profession, Recours, Zonage
from esperluette.referentiel.sources import Document, Fige, Phrase, Source


class EnteteDuSocle(Fige):
    numero: Phrase
    libelle: Phrase
    en_vigueur_du: datetime.date


class FichierTextes(Fige):
    documents: tuple[Document, ...]
    recours: tuple[Recours, ...]


class FichierProfessions(Fige):
    source: Source
    familles: tuple[Famille, ...]
    professions: tuple[Profession, ...]
    groupes: tuple[Groupe, ...]
    autres_metiers: tuple[AutreMetier, ...] = ()


class FichierZonages(Fige):
    zonages: tuple[Zonage, ...]


class FichierFormes(Fige):
    formes: tuple[Forme, ...]


class FichierRegimes(Fige):
    """Ce qu'une région reprend par `commun: identifiant`."""

    regimes: tuple[RegimeCommun, ...] = ()
    fonctionnements: tuple[FonctionnementCommun, ...] = ()
    avis: tuple[AvisCommuns, ...] = ()
    # Ce qui vaut pour toute région qui ne règle pas elle-même l'avenant.
    avenant: Avenant | None = None


class FichierCriteres(Fige):
    criteres: tuple[Critere, ...]


class FichierDemarches(Fige):
    chemin: tuple[Etape, ...] = ()
    demarches: tuple[Demarche, ...] = ()
    avenant: Avenant | None = None


class FichierAides(Fige):
    aides: tuple[Aide, ...] = ()


class FichierInstances(Fige):
    instances: tuple[Instance, ...] = ()


FICHIERS_DU_SOCLE: dict[str, type[BaseModel]] = {
    "edition.yaml": EnteteDuSocle,
    "textes.yaml": FichierTextes,
    "professions.yaml": FichierProfessions,
    "formes.yaml": FichierFormes,
    "zonages.yaml": FichierZonages,
    "regimes.yaml": FichierRegimes,
    "grilles.yaml": FichierGrilles,
    "comprendre.yaml": Comprendre,
    "courriers.yaml": FichierCourriers,
}
FICHIERS_D_UNE_EDITION: dict[str, type[BaseModel]] = {
    "edition.yaml": Entete,
    "criteres.yaml": FichierCriteres,
    "demarches.yaml": FichierDemarches,
    "aides.yaml": FichierAides,
    "instances.yaml": FichierInstances,
    "grilles.yaml": FichierGrilles,
    "local.yaml": Local,
    "comprendre.yaml": Comprendre,
    "courriers.yaml": FichierCourriers,
}
FACULTATIFS = {
    "demarches.yaml", "aides.yaml", "instances.yaml", "local.yaml", "comprendre.yaml", "regimes.yaml",
    "courriers.yaml",
    "grilles.yaml",
}  # fmt: skip
ELEMENTS_DU_SOCLE: dict[str, type[BaseModel]] = {
    "familles": Famille,
    "professions": Profession,
    "groupes": Groupe,
    "autres_metiers": AutreMetier,
    "formes": Forme,
    "zonages": Zonage,
    "recours": Recours,
}
