"""Le diagnostic d'un territoire : ses chiffres, face à ceux des territoires qui l'entourent."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl
from django.utils import timezone

from esperluette.indicateurs import alentours
from esperluette.indicateurs.ages import taire, tranches_lues
from esperluette.indicateurs.calcul import Etat, Valeur, agreger
from esperluette.indicateurs.constats import constats
from esperluette.indicateurs.definitions import Definition, Theme, definitions, jeu_de, retenue, themes
from esperluette.indicateurs.instantane import (
    TERRITOIRE,
    CommuneLue,
    Instantane,
    LigneLue,
    NiveauLu,
    PyramideLue,
    ThemeLu,
    ValeurLue,
)
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.lectures import Chiffres, Source, chiffres
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.models import Commune

FRANCE = "france"
FACE_A = ("region", "departement", FRANCE)  # ce à quoi la pyramide se compare : le premier dont on a les âges


@dataclass(frozen=True, slots=True)
class Niveau:
    """Ce à quoi l'on compare : une clé, un nom."""

    cle: str
    nom: str

    @property
    def court(self) -> str:
        """« region » pour « region:53 »."""
        return self.cle.split(":")[0]


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
    return _diagnostic(codes, chiffres())


def _diagnostic(codes: Iterable[str], lus: Chiffres) -> Diagnostic:
    trouvees = sorted({(c.commune_mere or c).pk: c.commune_mere or c for c in communes_de(codes)}.items())
    retenues = tuple(commune for _, commune in trouvees)
    niveaux = _niveaux(retenues)
    table = lus.table.filter(pl.col(COMMUNE).is_in([c.pk for c in retenues]))
    par_niveau = {TERRITOIRE: _du_territoire(lus, table)} | {n.court: _agrege(lus, n.cle) for n in niveaux}
    lignes = {
        d.id: Ligne(d, {niveau: valeurs[d.id] for niveau, valeurs in par_niveau.items()}, _sources(d, lus))
        for d in _retenues(lus).values()
    }
    return Diagnostic(retenues, niveaux, lignes, _manquent(lus, par_niveau[TERRITOIRE]))


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


def _retenues(lus: Chiffres) -> dict[str, Definition]:
    """Les chiffres, par identifiant, tels que les jeux chargés les calculent."""
    if "retenues" not in lus.memoire:
        lus.memoire["retenues"] = {d.id: retenue(d, lus.table.columns) for d in definitions()}
    gardees: dict[str, Definition] = lus.memoire["retenues"]
    return gardees


def _du_territoire(lus: Chiffres, table: pl.DataFrame) -> dict[str, Valeur]:
    retenues = _retenues(lus)
    valeurs = agreger(table, list(retenues.values()))
    for theme in themes():
        valeurs |= taire(theme, valeurs)
    return {cle: lus.sur_place(retenues[cle], valeur) for cle, valeur in valeurs.items()}


def _agrege(lus: Chiffres, niveau: str) -> dict[str, Valeur]:
    """Un niveau ne change qu'avec les jeux chargés : il se calcule une fois, et se garde avec eux.

    La démonstration ne charge que quelques communes : le département, la région, la France viennent de ses références.
    """
    if niveau not in lus.memoire:
        table = lus.table
        if niveau != FRANCE:
            colonne, code = niveau.split(":")
            table = table.filter(pl.col(colonne) == code)
        valeurs = _du_territoire(lus, table)
        if not niveau.startswith("epci:"):
            connues = {cle: lus.reference(niveau, d) for cle, d in _retenues(lus).items()}
            valeurs |= {cle: valeur for cle, valeur in connues.items() if valeur is not None}
        lus.memoire[niveau] = valeurs
    garde: dict[str, Valeur] = lus.memoire[niveau]
    return garde


def _manquent(lus: Chiffres, valeurs: Mapping[str, Valeur]) -> dict[str, str]:
    """Les jeux qui ne disent rien du territoire, et la commande de chacun."""
    parlent = {
        jeu_de()[c].id for cle, d in _retenues(lus).items() if valeurs[cle].etat != Etat.NON_CHARGE for c in d.colonnes
    }
    employes = {jeu_de()[c].id for d in _retenues(lus).values() for c in d.colonnes}
    return {
        cle: alentours.commande(cle)
        for cle in jeux()
        if cle not in lus.sources or (lus.sources[cle].demonstration and cle in employes and cle not in parlent)
    }


def _sources(d: Definition, lus: Chiffres) -> tuple[Source, ...]:
    cles = dict.fromkeys(jeu_de()[c].id for c in d.colonnes)
    return tuple(lus.sources[cle] for cle in cles if cle in lus.sources)


def instantane(codes: Iterable[str], *, themes_voulus: Collection[str] = ()) -> Instantane:
    """Le diagnostic de ces communes, mis à plat ; `themes_voulus` : leurs identifiants, tous si vide.

    Les zonages, les distances et les territoires de vie-santé vont avec le thème « acces », les établissements avec
    « etablissements », la pyramide avec « ages » ; un constat, avec le thème de son chiffre.
    """
    lus = chiffres()
    calcule = _diagnostic(codes, lus)

    def voulu(theme: str) -> bool:
        return not themes_voulus or theme in themes_voulus

    autour = alentours.alentours(calcule.communes, lus, acces=voulu("acces"), fiches=voulu("etablissements"))
    releve = Instantane(
        calcule_le=timezone.localdate(),
        communes=tuple(CommuneLue(code=c.pk, nom=c.nom, population=c.population) for c in calcule.communes),
        niveaux=tuple(NiveauLu(cle=n.court, nom=n.nom) for n in calcule.niveaux),
        themes=tuple(
            ThemeLu(id=theme.id, titre=theme.titre, lignes=tuple(_lue(ligne) for ligne in lignes))
            for theme, lignes in calcule.themes
            if voulu(theme.id)
        ),
        pyramide=_pyramide(calcule) if voulu("ages") else None,
        zonages=autour.zonages,
        vie_sante=autour.vie_sante,
        etablissements=autour.etablissements,
        distances=autour.distances,
        non_charges={**calcule.non_charges, **autour.non_charges},
        demonstration=autour.demonstration
        or any(s.demonstration for ligne in calcule.lignes.values() for s in ligne.sources),
    )
    return releve.model_copy(update={"constats": constats(releve)})


def _lue(ligne: Ligne) -> LigneLue:
    d = ligne.definition
    return LigneLue(
        id=d.id, libelle=d.libelle, unite=d.unite, decimales=d.decimales, methode=d.explication, sens=d.sens,
        total=bool(d.somme or d.difference),
        valeurs={
            niveau: ValeurLue(
                valeur=v.valeur, etat=v.etat, communes=v.communes, comptees=v.comptees, tues=v.tues,
                poids=None if v.poids is None else round(v.poids, 3),
            )
            for niveau, v in ligne.valeurs.items()
        },
        sources=tuple(str(s) for s in ligne.sources),
    )  # fmt: skip


def _pyramide(calcule: Diagnostic) -> PyramideLue | None:
    """Celle du territoire, si tous ses âges sont connus et qu'il compte assez d'habitants."""
    theme = next((t for t in themes() if t.tranches), None)
    if theme is None:
        return None
    indicateurs = [i for t in theme.tranches for i in (t.hommes, t.femmes)]
    face_a = {
        n.court: {i: calcule.lignes[i].valeurs[n.court] for i in indicateurs}
        for cle in FACE_A
        for n in calcule.niveaux
        if n.court == cle and _plus_large(calcule.lignes[indicateurs[0]], n.court)
    }
    cle = next((cle for cle, v in face_a.items() if all(x.valeur is not None for x in v.values())), "")
    barres = tranches_lues(
        theme.tranches,
        {i: calcule.lignes[i].valeur for i in indicateurs},
        face_a.get(cle, {}),
        masquer_sous=theme.masquer_sous,
    )
    if not barres:
        return None
    return PyramideLue(
        tranches=barres,
        reference=next((n.nom for n in calcule.niveaux if n.court == cle), ""),
        source=str(calcule.lignes[indicateurs[0]].sources[0]),
        note=_note(theme, [calcule.lignes[i].valeur for i in indicateurs], reunies=len(barres) < len(theme.tranches)),
    )


def _plus_large(ligne: Ligne, niveau: str) -> bool:
    """Une région entière n'a ni elle-même ni un de ses départements pour référence."""
    return ligne.valeurs[niveau].communes > ligne.valeur.communes


def _note(theme: Theme, ages: Iterable[Valeur], *, reunies: bool) -> str:
    """Ce qu'il faut savoir pour lire la pyramide : ce qui y manque, ce qui en a été réuni."""
    dites = []
    if partiels := [v for v in ages if v.etat == Etat.INCOMPLET]:
        comptees = min(v.comptees for v in partiels)
        dites.append(
            f"Pyramide partielle ; communes dont les âges sont connus : {comptees} sur {partiels[0].communes}."
        )
    if reunies:
        dites.append(f"Des tranches de moins de {theme.masquer_sous} personnes sont réunies à leur voisine.")
    return " ".join(dites)
