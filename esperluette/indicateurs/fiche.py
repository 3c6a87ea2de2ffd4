"""Un instantané mis en mots : la même fiche sert à l'écran, au document et au champ inséré. Sans base."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from esperluette.indicateurs.dessins import Dessin, Tableau, barres, comparables, pyramide
from esperluette.indicateurs.ecriture import (
    ABSENCES,
    INCONNU,
    enumerer,
    mesure,
    niveaux,
    nombre,
    partielle,
    valeur_courte,
)
from esperluette.indicateurs.instantane import ConstatLu, Instantane, LigneLue

CHAMPS = {
    "ambulatoire": "Le champ ambulatoire",
    "hospitalier": "Le champ hospitalier",
    "medico_social": "Le champ médico-social",
    "appui": "L’appui et la coordination",
}
GENRES = {"force": "Forces", "fragilite": "Fragilités", "question": "Questions à se poser"}
AGES = "ages"  # le thème où se range la pyramide
_NON_CHARGE = ABSENCES["non_charge"]


@dataclass(frozen=True, slots=True)
class LigneEcrite:
    """Un chiffre, une cellule par niveau ; `absent` : aucun niveau ne le connaît, et pourquoi."""

    id: str
    libelle: str
    unite: str
    cellules: tuple[str, ...]
    methode: str
    sources: tuple[str, ...]
    absent: str = ""


@dataclass(frozen=True, slots=True)
class ThemeEcrit:
    """Des lignes qui se lisent ensemble, leurs dessins, leurs sources sans répétition.

    `partiel` : un chiffre au moins ne compte pas toutes les communes.
    """

    id: str
    titre: str
    lignes: tuple[LigneEcrite, ...]
    dessins: tuple[Dessin, ...]
    sources: tuple[str, ...]
    pyramide: Dessin | None = None
    partiel: bool = False


@dataclass(frozen=True, slots=True)
class Bloc:
    """Un tableau et ce qu'il faut en dire."""

    titre: str
    tableau: Tableau
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fiche:
    """Tout ce qu'un diagnostic montre. `entetes` : « Chiffre », puis le territoire et les niveaux comparés."""

    calcule_le: date
    communes: tuple[str, ...]
    entetes: tuple[str, ...]
    themes: tuple[ThemeEcrit, ...]
    pyramide: Dessin | None
    zonages: Bloc | None
    vie_sante: Bloc | None
    etablissements: tuple[Bloc, ...]
    distances: Bloc | None
    constats: tuple[tuple[str, tuple[ConstatLu, ...]], ...]
    non_charges: Mapping[str, str]
    demonstration: bool

    @property
    def sources(self) -> tuple[str, ...]:
        """Toutes les sources citées, une fois chacune."""
        citees = [s for theme in self.themes for s in theme.sources]
        blocs = (self.zonages, self.vie_sante, *self.etablissements, self.distances)
        citees += [s for bloc in blocs if bloc for s in bloc.sources]
        return _uniques([*citees, *([self.pyramide.source] if self.pyramide else [])])


def fiche(instantane: Instantane, *, nom: str = "", identifiant: str = "chiffres", avec_dessins: bool = True) -> Fiche:
    """La fiche de cet instantané. `nom` : comment appeler le territoire ; `identifiant` : unique dans la page."""
    noms = niveaux(instantane, nom)
    ages = pyramide(instantane, identifiant=f"{identifiant}-pyramide", nom=nom) if avec_dessins else None
    ou = next((t.id for t in instantane.themes if t.id == AGES), instantane.themes[0].id if instantane.themes else "")
    themes = []
    for theme in instantane.themes:
        lignes = tuple(_ligne(ligne, [cle for cle, _ in noms]) for ligne in theme.lignes)
        dessins = tuple(
            barres(instantane, ligne.id, identifiant=f"{identifiant}-{ligne.id}", nom=nom)
            for ligne in (comparables(instantane, theme.id) if avec_dessins else ())
        )
        partiel = any(partielle(v) for ligne in theme.lignes for v in ligne.valeurs.values())
        sources = _uniques(s for ligne in theme.lignes for s in ligne.sources)
        themes.append(
            ThemeEcrit(theme.id, theme.titre, lignes, dessins, sources, ages if theme.id == ou else None, partiel)
        )
    return Fiche(
        calcule_le=instantane.calcule_le,
        communes=tuple(c.nom for c in instantane.communes),
        entetes=("Chiffre", *(n for _, n in noms)),
        themes=tuple(themes),
        pyramide=ages,
        zonages=_zonages(instantane),
        vie_sante=_vie_sante(instantane),
        etablissements=_etablissements(instantane),
        distances=_distances(instantane),
        constats=tuple(
            (titre, tuple(c for c in instantane.constats if c.genre == genre))
            for genre, titre in GENRES.items()
            if any(c.genre == genre for c in instantane.constats)
        ),
        non_charges=dict(instantane.non_charges),
        demonstration=instantane.demonstration,
    )


def _ligne(ligne: LigneLue, cles: list[str]) -> LigneEcrite:
    ecrites = tuple(valeur_courte(ligne, cle) for cle in cles)
    absent = ecrites[0] if set(ecrites) == {_NON_CHARGE} else ""
    return LigneEcrite(
        ligne.id, ligne.libelle, _unite(ligne), ecrites, ligne.methode, tuple(ligne.sources), absent
    )  # fmt: skip


def _unite(ligne: LigneLue) -> str:
    """L'unité, si ni le libellé ni la cellule ne la disent déjà."""
    return "" if ligne.unite == "%" or ligne.unite.lower() in ligne.libelle.lower() else ligne.unite


def _zonages(instantane: Instantane) -> Bloc | None:
    """Une ligne par commune, une colonne par zonage."""
    if not instantane.zonages:
        return None
    noms = {c.code: c.nom for c in instantane.communes}
    colonnes = list(dict.fromkeys(z.zonage for z in instantane.zonages))
    dits: dict[str, dict[str, str]] = {}
    for z in instantane.zonages:
        deja = dits.setdefault(z.code, {}).get(z.zonage)
        dit = z.libelle or "Non renseigné"
        dits[z.code][z.zonage] = f"{deja} ; {dit}" if deja else dit
    lignes = tuple(
        (noms.get(code, code), *(par_zonage.get(c, INCONNU) for c in colonnes)) for code, par_zonage in dits.items()
    )
    return Bloc(
        "Les zonages, commune par commune",
        Tableau(("Commune", *colonnes), lignes),
        _uniques(z.source for z in instantane.zonages),
    )


def _vie_sante(instantane: Instantane) -> Bloc | None:
    """Les territoires de vie-santé : leurs communes d'ici, et la densité de généralistes de tout leur bassin."""
    if not instantane.vie_sante:
        return None
    noms = {c.code: c.nom for c in instantane.communes}
    lignes = tuple(
        (
            t.nom,
            enumerer([noms.get(code, code) for code in t.communes]),
            ABSENCES.get(t.etat.value, INCONNU) if t.densite is None else nombre(t.densite, 1),
        )
        for t in instantane.vie_sante
    )
    entetes = ("Territoire de vie-santé", "Ses communes d’ici", "Généralistes libéraux pour 10 000 habitants")
    return Bloc(
        "Les territoires de vie-santé", Tableau(entetes, lignes), _uniques(t.source for t in instantane.vie_sante)
    )


def _etablissements(instantane: Instantane) -> tuple[Bloc, ...]:
    """Un tableau par champ de la trame."""
    noms = {c.code: c.nom for c in instantane.communes}
    blocs = []
    for champ, titre in CHAMPS.items():
        siens = [e for e in instantane.etablissements if e.champ == champ]
        lignes = tuple((e.nom, e.categorie, noms.get(e.commune, e.commune)) for e in siens)
        if lignes:
            tableau = Tableau(("Établissement ou service", "Catégorie", "Commune"), lignes)
            blocs.append(Bloc(titre, tableau, _uniques(e.source for e in siens)))
    return tuple(blocs)


def _distances(instantane: Instantane) -> Bloc | None:
    if not instantane.distances:
        return None
    lignes = tuple(
        (d.libelle, _km(d.km, d.commune), _km(d.km_moyen), _km(d.km_maximum, d.commune_eloignee))
        for d in instantane.distances
    )
    entetes = ("Offre", "La plus proche", "En moyenne, pour un habitant", "De la commune la plus éloignée")
    return Bloc(
        "L’offre la plus proche, à vol d’oiseau entre centres de communes",
        Tableau(entetes, lignes),
        _uniques(d.source for d in instantane.distances),
    )


def _km(km: float | None, commune: str = "") -> str:
    """« 23,4 km (Pontivy) » ; « sur place » quand elle y est."""
    if km is None:
        return INCONNU
    ecrit = mesure(km, 1, "km") if km else "sur place"
    return f"{ecrit} ({commune})" if commune else ecrit


def _uniques(textes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for t in textes if t))
