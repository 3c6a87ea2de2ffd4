"""Le diagnostic à imprimer : les mêmes chiffres et les mêmes dessins qu'à l'écran, en PDF, DOCX ou ODT. Sans base."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esperluette.documents.contextes import (
    ChampImprime,
    Colonne,
    ContexteBase,
    EquipeImprimee,
    Figure,
    RubriqueImprimee,
)
from esperluette.documents.contextes import Tableau as TableauImprime
from esperluette.indicateurs.dessins import Dessin, Tableau
from esperluette.indicateurs.ecriture import NOTE_PARTIEL, enumerer, nombre
from esperluette.indicateurs.fiche import Bloc, Fiche, ThemeEcrit, fiche
from esperluette.indicateurs.instantane import Instantane

GABARIT = "indicateurs/diagnostic.html"
TITRE = "Diagnostic de territoire"
PREMIERE, AUTRES = 25, 16  # parts de largeur : le nom du chiffre, puis chaque niveau
LARGEURS = 13, 40  # celles d'un autre tableau, de la plus étroite à la plus large
_NOMS_MONTRES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteDiagnostic(ContexteBase):
    """Le diagnostic d'un territoire : `indicateurs/diagnostic.html`."""

    sous_titre: str
    communes: str
    le: str  # date ISO du calcul
    demonstration: bool
    rubriques: tuple[RubriqueImprimee, ...]


def contexte_de(
    instantane: Instantane, *, nom: str = "", titre: str = TITRE, cartes: Sequence[Dessin] = ()
) -> ContexteDiagnostic:
    """Ce que le gabarit reçoit. `nom` : comment appeler le territoire ; `cartes` : dessinées d'avance."""
    lue = fiche(instantane, nom=nom)
    return ContexteDiagnostic(
        titre=titre,
        reference="",
        equipe=EquipeImprimee(nom=""),
        brouillon=False,
        sous_titre=nom or _noms(lue.communes, 3),
        communes=f"{nombre(len(lue.communes))} commune{'s' if len(lue.communes) > 1 else ''} : "
        f"{_noms(lue.communes, _NOMS_MONTRES)}.",
        le=lue.calcule_le.isoformat(),
        demonstration=lue.demonstration,
        rubriques=rubriques(lue, cartes=cartes),
    )


def rubriques(lue: Fiche, *, cartes: Sequence[Dessin] = ()) -> tuple[RubriqueImprimee, ...]:
    """La fiche en rubriques de document : tout ce que montre l'écran, plus la façon de calculer."""
    posees = [r for theme in lue.themes if (r := _theme(lue, theme)) is not None]
    if cartes:
        posees.append(_rubrique("Les cartes", [_figure(carte) for carte in cartes]))
    posees += [_bloc(bloc) for bloc in (lue.zonages, lue.vie_sante, lue.distances) if bloc]
    if lue.etablissements:
        posees.append(_rubrique("Les établissements et services, un par un", []))
        posees += [_bloc(bloc, niveau=2) for bloc in lue.etablissements]
    if lue.constats:
        posees.append(_rubrique("Ce que ces chiffres font remarquer", []))
        for genre, constats in lue.constats:
            lignes = tuple((c.phrase, c.source) for c in constats)
            posees.append(
                _rubrique(genre, [_tableau(Tableau(("Constat", "Source"), lignes), parts=(70, 30))], niveau=2)
            )
    posees.append(_methodes(lue))
    if lue.non_charges:
        lignes = tuple(lue.non_charges.items())
        posees.append(
            _rubrique("Ce qui n’est pas chargé", [_tableau(Tableau(("Jeu de données", "Ce qui le charge"), lignes))])
        )
    return tuple(posees)


def _theme(lue: Fiche, theme: ThemeEcrit) -> RubriqueImprimee | None:
    """Un thème : son tableau, ses sources, ses dessins ; rien s'il n'a aucun chiffre chargé."""
    lignes = tuple(
        (f"{ligne.libelle}, {ligne.unite}" if ligne.unite else ligne.libelle, *ligne.cellules)
        for ligne in theme.lignes
        if not ligne.absent
    )
    if not lignes:
        return None
    champs = [
        _tableau(Tableau(lue.entetes, lignes), parts=(PREMIERE, *(AUTRES for _ in lue.entetes[1:]))),
        *_sources(theme.sources, note=NOTE_PARTIEL if theme.partiel else ""),
    ]
    if theme.pyramide:
        champs += [_figure(theme.pyramide), _tableau(theme.pyramide.tableau)]
    dite = " ; ".join(theme.sources)  # sous le tableau : ne pas la répéter sous chaque dessin
    return _rubrique(theme.titre, [*champs, *(_figure(d, avec_source=d.source != dite) for d in theme.dessins)])


def _bloc(bloc: Bloc, *, niveau: int = 1) -> RubriqueImprimee:
    return _rubrique(bloc.titre, [_tableau(bloc.tableau), *_sources(bloc.sources)], niveau=niveau)


def _methodes(lue: Fiche) -> RubriqueImprimee:
    """Les chiffres d'un thème qui se calculent pareil, de la même source, se disent ensemble."""
    lignes = []
    for theme in lue.themes:
        ensemble: dict[tuple[str, str], list[str]] = {}
        for ligne in theme.lignes:
            if not ligne.absent:
                ensemble.setdefault((ligne.methode, " ; ".join(ligne.sources)), []).append(ligne.libelle)
        lignes += [(" ; ".join(libelles), methode, sources) for (methode, sources), libelles in ensemble.items()]
    tableau = _tableau(Tableau(("Chiffre", "Façon de calculer", "Source"), tuple(lignes)), parts=(30, 36, 34))
    return _rubrique("Comment ces chiffres se calculent", [tableau])


def _rubrique(titre: str, champs: Iterable[ChampImprime], *, niveau: int = 1) -> RubriqueImprimee:
    return RubriqueImprimee(numero="", titre=titre, niveau=niveau, champs=tuple(champs))


def _tableau(tableau: Tableau, *, parts: Sequence[int] = ()) -> ChampImprime:
    larges = parts or _parts(tableau)
    colonnes = tuple(Colonne(libelle=e, part=p) for e, p in zip(tableau.entetes, larges, strict=True))
    return ChampImprime(libelle="", type="tableau", valeur=TableauImprime(colonnes=colonnes, lignes=tableau.lignes))


def _parts(tableau: Tableau) -> tuple[int, ...]:
    """À chaque colonne selon ce qu'elle a à dire de plus long ; un en-tête peut tenir sur deux lignes, un mot non."""
    etroite, large = LARGEURS
    parts = []
    for entete, *cases in zip(tableau.entetes, *tableau.lignes, strict=True):
        longueurs = (len(entete) // 2, *map(len, cases))
        mots = (len(mot) for texte in (entete, *cases) for mot in texte.replace("-", " ").split())
        parts.append(max(etroite, min(large, max(longueurs) + 2), *(9 * mot // 5 for mot in mots)))
    return tuple(parts)


def _figure(dessin: Dessin, *, avec_source: bool = True) -> ChampImprime:
    source = f"Source : {dessin.source.removesuffix('.')}." if dessin.source and avec_source else ""
    legende = " ".join(filter(None, (dessin.note, source)))
    figure = Figure(svg=str(dessin.svg), texte=dessin.texte, legende=legende, titre=dessin.titre)
    return ChampImprime(libelle="", type="figure", valeur=figure)


def _sources(sources: Sequence[str], *, note: str = "") -> list[ChampImprime]:
    """Ce qui se lit sous un tableau : d'où il vient, et ce qu'il faut savoir pour le lire."""
    libelle = "Sources" if len(sources) > 1 else "Source"
    dites = [f"{libelle} : {' ; '.join(sources)}."] if sources else []
    lignes = [*dites, *([note] if note else [])]
    return [ChampImprime(libelle="", type="texte", valeur="\n".join(lignes))] if lignes else []


def _noms(noms: Sequence[str], montres: int) -> str:
    """Les noms, ou les premiers et combien il en reste."""
    if len(noms) <= montres:
        return enumerer(list(noms))
    return f"{', '.join(noms[:montres])} et {nombre(len(noms) - montres)} autres"
