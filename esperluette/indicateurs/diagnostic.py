"""Le diagnostic d'un territoire : ses chiffres, face à ceux des territoires qui l'entourent."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl
from django.utils import timezone

from esperluette.indicateurs.calcul import Valeur, agreger
from esperluette.indicateurs.definitions import Definition, Theme, definitions, jeu_de, themes
from esperluette.indicateurs.instantane import CommuneLue, Instantane, LigneLue, NiveauLu, ThemeLu, ValeurLue
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.lectures import Chiffres, Source, chiffres
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.models import Commune

TERRITOIRE, FRANCE = "territoire", "france"


@dataclass(frozen=True, slots=True)
class Niveau:
    """Ce à quoi l'on compare : une clé, un nom."""

    cle: str
    nom: str


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un chiffre : sa définition, ses valeurs par niveau, d'où il vient."""

    definition: Definition
    valeurs: Mapping[str, Valeur]
    sources: tuple[Source, ...]

    @property
    def valeur(self) -> Valeur:
        """Celle du territoire."""
        return self.valeurs[TERRITOIRE]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Les chiffres d'un territoire. `non_charges` : les jeux qui manquent, avec la commande qui les charge."""

    communes: tuple[Commune, ...]
    niveaux: tuple[Niveau, ...]
    lignes: Mapping[str, Ligne]
    non_charges: Mapping[str, str]

    @property
    def themes(self) -> list[tuple[Theme, list[Ligne]]]:
        """Les lignes, rangées par thème."""
        return [(theme, [self.lignes[d.id] for d in theme.chiffres]) for theme in themes()]


def diagnostic(codes: Iterable[str]) -> Diagnostic:
    """Le diagnostic de ces communes (codes d'hier admis, inconnus omis, ordre et répétitions indifférents).

    L'intercommunalité, le département et la région comparés sont ceux où vivent le plus d'habitants du territoire.
    """
    trouvees = sorted({(c.commune_mere or c).pk: c.commune_mere or c for c in communes_de(codes)}.items())
    retenues = tuple(commune for _, commune in trouvees)
    lus = chiffres()
    niveaux = _niveaux(retenues)
    table = lus.table.filter(pl.col(COMMUNE).is_in([c.pk for c in retenues]))
    par_niveau = {TERRITOIRE: agreger(table, definitions())}
    par_niveau |= {n.cle.split(":")[0]: _agrege(lus, n.cle) for n in niveaux}
    lignes = {
        d.id: Ligne(d, {niveau: valeurs[d.id] for niveau, valeurs in par_niveau.items()}, _sources(d, lus))
        for d in definitions()
    }
    manquent = {
        cle: f"esperluette donnees importer {cle}"
        for cle, jeu in jeux().items()
        if cle not in lus.sources and jeu.indicateurs
    }
    return Diagnostic(retenues, niveaux, lignes, manquent)


def _niveaux(retenues: Iterable[Commune]) -> tuple[Niveau, ...]:
    """Les niveaux à comparer, du plus proche au plus large : « epci:200… », « departement:22 », … « france »."""
    habitants: dict[str, Counter[str]] = {"epci": Counter(), "departement": Counter(), "region": Counter()}
    noms: dict[str, str] = {}
    for commune in retenues:
        for niveau, compte in habitants.items():
            if (objet := getattr(commune, niveau)) is not None:
                cle = f"{niveau}:{objet.pk}"
                compte[cle] += commune.population + 1
                noms[cle] = str(objet)
    premiers = [max(compte, key=lambda cle: (compte[cle], cle)) for compte in habitants.values() if compte]
    return (*(Niveau(cle, noms[cle]) for cle in premiers), Niveau(FRANCE, "France"))


def _agrege(lus: Chiffres, niveau: str) -> dict[str, Valeur]:
    """Un niveau ne change qu'avec les jeux chargés : il se calcule une fois, et se garde avec eux."""
    if niveau not in lus.memoire:
        table = lus.table
        if niveau != FRANCE:
            colonne, code = niveau.split(":")
            table = table.filter(pl.col(colonne) == code)
        lus.memoire[niveau] = agreger(table, definitions())
    garde: dict[str, Valeur] = lus.memoire[niveau]
    return garde


def _sources(d: Definition, lus: Chiffres) -> tuple[Source, ...]:
    cles = dict.fromkeys(jeu_de()[c].id for c in d.colonnes)
    return tuple(lus.sources[cle] for cle in cles if cle in lus.sources)


def instantane(codes: Iterable[str], *, themes_voulus: Collection[str] = ()) -> Instantane:
    """Le diagnostic de ces communes, mis à plat ; `themes_voulus` : leurs identifiants, tous si vide."""
    calcule = diagnostic(codes)
    return Instantane(
        calcule_le=timezone.localdate(),
        communes=tuple(CommuneLue(code=c.pk, nom=c.nom, population=c.population) for c in calcule.communes),
        niveaux=tuple(NiveauLu(cle=n.cle.split(":")[0], nom=n.nom) for n in calcule.niveaux),
        themes=tuple(
            ThemeLu(id=theme.id, titre=theme.titre, lignes=tuple(_lue(ligne) for ligne in lignes))
            for theme, lignes in calcule.themes
            if not themes_voulus or theme.id in themes_voulus
        ),
        non_charges=dict(calcule.non_charges),
        demonstration=any(s.demonstration for ligne in calcule.lignes.values() for s in ligne.sources),
    )


def _lue(ligne: Ligne) -> LigneLue:
    d = ligne.definition
    return LigneLue(
        id=d.id, libelle=d.libelle, unite=d.unite, decimales=d.decimales, methode=d.explication, sens=d.sens,
        total=bool(d.somme or d.difference),
        valeurs={
            niveau: ValeurLue(valeur=v.valeur, etat=v.etat, communes=v.communes, comptees=v.comptees, tues=v.tues)
            for niveau, v in ligne.valeurs.items()
        },
        sources=tuple(str(s) for s in ligne.sources),
    )  # fmt: skip
