"""Un chiffre, commune par commune, sur une carte : des classes de même effectif, du moins au plus encré."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

import polars as pl

from esperluette.indicateurs.ages import taire
from esperluette.indicateurs.calcul import Etat, Valeur, par_commune
from esperluette.indicateurs.definitions import Definition, jeu_de, retenue, themes
from esperluette.indicateurs.ecriture import ABSENCES, mesure, nombre, titre_de
from esperluette.indicateurs.instantane import TERRITOIRE, Instantane
from esperluette.indicateurs.lectures import chiffres
from esperluette.indicateurs.svg import LARGEUR, Dessin, Tableau
from esperluette.indicateurs.tableaux import COMMUNE
from esperluette.territoires.cartes import RAMPE, TU, Classe, dessiner
from esperluette.territoires.jeux import jeux as jeux_de_zonage
from esperluette.territoires.lectures import communes as communes_de
from esperluette.territoires.zonages import carte_du_zonage, zonages_de

CARTES = ("apl_medecins", "evolution", "niveau_de_vie")  # celles d'un document, si elles sont chargées
ZONAGE = "zonage-medecins"
TUES = {Etat.SECRET: "Secret statistique", Etat.MASQUE: "Effectif trop faible, masqué"}
SECRET = "secret"  # noqa: S105 — le secret statistique


def carte_du_chiffre(
    codes: Iterable[str],
    definition_id: str,
    *,
    titre: str = "",
    identifiant: str = "carte",
    liens: Mapping[str, str] | None = None,
) -> Dessin:
    """La carte de ces communes, classées par ce chiffre ; lève `KeyError` s'il n'existe pas.

    Quatre requêtes au plus, quel que soit le nombre de communes. Une commune dont le chiffre n'est pas connu reste
    blanche, celle dont le producteur le tait a son propre motif : ni l'une ni l'autre n'est un zéro.
    """
    d = {x.id: x for theme in themes() for x in theme.chiffres}[definition_id]
    retenues = {(c.commune_mere or c).pk: (c.commune_mere or c).nom for c in communes_de(codes)}
    lus = chiffres()
    d = retenue(d, lus.table.columns)
    table = lus.table.filter(pl.col(COMMUNE).is_in(list(retenues)))
    brutes = par_commune(table, d)
    brutes |= _tues_par_les_ages(table, d, brutes)
    valeurs = {code: lus.sur_place(d, valeur) for code, valeur in brutes.items()}
    connues = {code: round(v.valeur, d.decimales) for code, v in valeurs.items() if v.valeur is not None}
    bornes = seuils(connues.values(), len(RAMPE), d.decimales)
    classement = {code: str(bisect_right(bornes, valeur)) for code, valeur in connues.items()}
    tues = {code: v.etat for code, v in valeurs.items() if v.etat in TUES}
    classement |= dict.fromkeys(tues, SECRET)
    motif_du_silence = " ou ".join(dict.fromkeys(TUES[etat] for etat in tues.values()))
    classes = [Classe(str(rang), libelle) for rang, libelle in enumerate(_libelles(bornes, d, connues.values()))]
    ecrites = {code: _ecrire(valeurs.get(code), d) for code in retenues}
    sources = tuple(str(lus.sources[jeu]) for jeu in _jeux_de(d) if jeu in lus.sources)
    titre = titre or f"{titre_de(d)}, commune par commune"
    texte = _texte(d, retenues, connues, tues)
    carte = dessiner(
        titre=titre,
        description=texte,
        communes=retenues,
        classes=[*classes, *([Classe(SECRET, motif_du_silence)] if tues else [])],
        classement=classement,
        motifs=[*rampe(len(classes)), TU],
        noms=retenues,
        dits=ecrites,
        liens=liens,
        legende_dessinee=True,
        identifiant=identifiant,
        largeur=LARGEUR,
    )
    lignes = tuple((nom, ecrites[code]) for code, nom in sorted(retenues.items(), key=lambda c: c[1]))
    return Dessin(
        titre, carte.svg, texte, Tableau(("Commune", titre_de(d)), lignes), " ; ".join([*sources, carte.source])
    )


def _tues_par_les_ages(table: pl.DataFrame, d: Definition, valeurs: Mapping[str, Valeur]) -> dict[str, Valeur]:
    """Les communes dont ce chiffre, croisé avec leur pyramide, laisserait lire un effectif trop faible."""
    theme = next((t for t in themes() if d.id in t.coupes), None)
    tranches = [i for t in theme.tranches for i in (t.hommes, t.femmes)] if theme else []
    if theme is None or not set(tranches) <= set(table.columns):
        return {}
    tues = {}
    for code, *effectifs in table.select(COMMUNE, *tranches).iter_rows():
        ages = {i: Valeur(e, Etat.CONNU, 1, 1) for i, e in zip(tranches, effectifs, strict=True)}
        if tue := taire(theme, {**ages, d.id: valeurs[code]}):
            tues[code] = tue[d.id]
    return tues


def carte_d_un_zonage(
    codes: Iterable[str], jeu: str, *, titre: str = "", identifiant: str = "carte-zonage"
) -> Dessin | None:
    """La carte du classement de ces communes par ce jeu ; rien si aucune n'est classée. Quatre requêtes."""
    dites = zonages_de(list(codes))
    if not any(c.classes.get(jeu) for c in dites.values()):
        return None
    decrit = jeux_de_zonage()[jeu]
    carte = carte_du_zonage(
        jeu,
        dites,
        titre=titre or decrit.titre,
        identifiant=identifiant,
        legende_dessinee=True,
        largeur=LARGEUR,
        dites=dites,
    )
    lignes = tuple((c.nom, c.classes.get(jeu) or "Non renseigné") for c in sorted(dites.values(), key=lambda c: c.nom))
    comptes = Counter(classe for _, classe in lignes)
    dit = " ; ".join(f"{classe} : {nombre(n)}" for classe, n in comptes.most_common())
    texte = f"{carte.titre}, nombre de communes. {dit}. Le tableau donne chaque commune."
    sources = dict.fromkeys(str(s) for c in dites.values() for s in c.sources.values() if s.jeu == jeu)
    return Dessin(
        carte.titre, carte.svg, texte, Tableau(("Commune", "Classement"), lignes), " ; ".join([*sources, carte.source])
    )


def cartes_du_territoire(instantane: Instantane) -> list[Dessin]:
    """Les cartes d'un document : le zonage, puis les chiffres qui se lisent le mieux sur un territoire.

    Un territoire d'une commune n'en a pas, ni un chiffre que rien ne charge. Lit la base ; l'instantané seul ne dit
    pas chaque commune.
    """
    codes = [c.code for c in instantane.communes]
    if len(codes) < 2:
        return []
    connues = {
        ligne.id
        for theme in instantane.themes
        for ligne in theme.lignes
        if (propre := ligne.valeurs.get(TERRITOIRE)) is not None and propre.valeur is not None
    }
    zonage = carte_d_un_zonage(codes, ZONAGE)
    return [
        *([zonage] if zonage else []),
        *(carte_du_chiffre(codes, c, identifiant=f"carte-{c}") for c in CARTES if c in connues),
    ]


def seuils(valeurs: Iterable[float], classes: int, decimales: int) -> list[float]:
    """Les bornes basses des classes après la première : des quantiles, distincts, tels qu'ils s'écriront."""
    rangees = sorted(valeurs)
    if not rangees:
        return []
    voulus = {round(rangees[len(rangees) * rang // classes], decimales) for rang in range(1, classes)}
    return sorted(voulus - {rangees[0]})


def rampe(classes: int) -> list[tuple[str, str, str]]:
    """Les motifs de tant de classes, écartés le plus possible du moins au plus encré."""
    if classes <= 1:
        return [RAMPE[1]][:classes]
    return [RAMPE[round(rang * (len(RAMPE) - 1) / (classes - 1))] for rang in range(classes)]


def _libelles(bornes: list[float], d: Definition, valeurs: Iterable[float]) -> list[str]:
    rangees = sorted(valeurs)
    if not rangees:
        return []

    def ecrit(valeur: float) -> str:
        return mesure(valeur, d.decimales, d.unite)

    if not bornes:
        return [ecrit(rangees[0]) if rangees[0] == rangees[-1] else f"De {ecrit(rangees[0])} à {ecrit(rangees[-1])}"]
    milieux = [f"De {ecrit(bas)} à moins de {ecrit(haut)}" for bas, haut in pairwise(bornes)]
    return [f"Moins de {ecrit(bornes[0])}", *milieux, f"{ecrit(bornes[-1])} et plus"]


def _ecrire(valeur: Valeur | None, d: Definition) -> str:
    if valeur is None:
        return ABSENCES[Etat.MANQUANT.value]
    return ABSENCES[valeur.etat.value] if valeur.valeur is None else mesure(valeur.valeur, d.decimales, d.unite)


def _texte(d: Definition, retenues: Mapping[str, str], connues: Mapping[str, float], tues: Collection[str]) -> str:
    """Ce que dit la carte à qui ne la voit pas : les extrêmes, les manques, et où est le détail."""
    communes = len(retenues)
    debut = f"Carte de {nombre(communes)} commune{'s' if communes > 1 else ''}. {titre_de(d)}"
    if not connues:
        return f"{debut}. Aucune valeur connue."
    bas, haut = (choisir(connues, key=lambda code: (connues[code], code)) for choisir in (min, max))
    extremes = (
        f"de {mesure(connues[bas], d.decimales, d.unite)} ({retenues[bas]}) "
        f"à {mesure(connues[haut], d.decimales, d.unite)} ({retenues[haut]})"
    )
    manque = communes - len(connues) - len(tues)
    manques = ((len(tues), "sous secret statistique ou masquées"), (manque, "sans valeur connue"))
    suite = [f"{n} {quoi}" for n, quoi in manques if n]
    return f"{debut} : {extremes}{' ; ' + ', '.join(suite) if suite else ''}. Le tableau donne chaque commune."


def _jeux_de(d: Definition) -> list[str]:
    return list(dict.fromkeys(jeu_de()[c].id for c in d.colonnes))
