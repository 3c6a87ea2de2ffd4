"""Les dessins d'un diagnostic : pyramide des âges, barres comparées, carte d'un chiffre (qui seule lit la base).

    dessin = barres(instantane, "apl_medecins")
    dessin.svg       # le même à l'écran et dans un document ; ni style ni script
    dessin.texte     # ce qui le remplace ; dessin.tableau : ce qu'il montre, en chiffres

Ce qu'on regarde est plein, ce à quoi on le compare est hachuré : la couleur ne porte rien à elle seule.
"""

from collections.abc import Sequence

from esperluette.indicateurs.choroplethes import carte_du_chiffre
from esperluette.indicateurs.ecriture import (
    LE_TERRITOIRE,
    ligne_de,
    mesure,
    niveaux,
    nombre,
    partielle,
    titre_de,
    valeur_ecrite,
)
from esperluette.indicateurs.instantane import TERRITOIRE, Instantane, LigneLue, PyramideLue, TrancheLue
from esperluette.indicateurs.svg import (
    ENCRE,
    HACHURE,
    LARGEUR,
    PETITE,
    PLEIN,
    SIGNE,
    TAILLE,
    Dessin,
    Tableau,
    couper,
    motifs,
    page,
    paragraphe,
    rectangle,
    remplir,
    texte,
    trait,
)

__all__ = ["Dessin", "Tableau", "barres", "carte_du_chiffre", "comparables", "pyramide"]

_BARRE, _PAS = 14, 39  # une barre, et ce qu'un niveau prend de hauteur avec une ligne de nom
_RESERVE = 92  # la place de la valeur au bout d'une barre
_COLONNE = 96  # le milieu d'une pyramide : le nom des tranches


def comparables(instantane: Instantane, theme: str = "") -> list[LigneLue]:
    """Les chiffres qu'il y a un sens à dessiner : ni des totaux, ni ce que deux niveaux au moins ne connaissent."""
    return [
        ligne
        for lu in instantane.themes
        if theme in ("", lu.id)
        for ligne in lu.lignes
        if not ligne.total
        and (propre := ligne.valeurs.get(TERRITOIRE)) is not None
        and propre.valeur is not None
        and sum(v.valeur is not None for v in ligne.valeurs.values()) > 1
    ]


# --- Barres comparées ---------------------------------------------------------------------------------------------


def barres(instantane: Instantane, ligne_id: str, *, identifiant: str = "", nom: str = "") -> Dessin:
    """Un chiffre du territoire face à chaque niveau ; lève `KeyError` si l'instantané ne l'a pas.

    `identifiant` : unique dans la page ; `nom` : comment appeler le territoire.
    """
    ligne = ligne_de(instantane, ligne_id)
    cle = identifiant or f"barres-{ligne_id}"
    noms = niveaux(instantane, nom)
    ecrites = {niveau: valeur_ecrite(ligne, niveau) for niveau, _ in noms}
    titre = titre_de(ligne)
    dit = f"{titre}. {' ; '.join(f'{n} : {ecrites[niveau]}' for niveau, n in noms)}."
    corps, y = [motifs(cle, {"hachure": HACHURE})], 0.0
    echelle = _Echelle([v.valeur for v in ligne.valeurs.values() if v.valeur is not None])
    for niveau, n in noms:
        dessin, y = _barre(ligne, niveau, n, cle, echelle, y)
        corps.append(dessin)
    tableau = Tableau(("Territoire", titre), tuple((n, ecrites[niveau]) for niveau, n in noms))
    return Dessin(titre, page(cle, titre, dit, "".join(corps), y), dit, tableau, " ; ".join(ligne.sources))


class _Echelle:
    """Du chiffre à l'abscisse : zéro compris, des deux côtés s'il le faut, la valeur écrite au bout de la barre."""

    def __init__(self, valeurs: Sequence[float]) -> None:
        bas, haut = min(0.0, *valeurs, 0.0), max(0.0, *valeurs, 0.0)
        gauche = _RESERVE if bas < 0 else 1
        droite = _RESERVE if haut > 0 or bas == 0 else 1
        self._pas = (LARGEUR - gauche - droite) / ((haut - bas) or 1)
        self.zero = gauche - bas * self._pas

    def long(self, valeur: float) -> float:
        """La longueur de la barre."""
        return abs(valeur) * self._pas


def _barre(ligne: LigneLue, niveau: str, nom: str, cle: str, echelle: _Echelle, y: float) -> tuple[str, float]:
    """Le nom d'un niveau, sa barre et sa valeur au-dessous ; et où commence le suivant."""
    propre = niveau == TERRITOIRE
    nom_ecrit, lignes = paragraphe(1, y + TAILLE, nom, largeur=LARGEUR, gras=propre)
    haut = y + lignes * (TAILLE + 4) + 2
    lue = ligne.valeurs.get(niveau)
    axe = trait(echelle.zero, haut - 3, echelle.zero, haut + _BARRE + 3, couleur=ENCRE)
    if lue is None or lue.valeur is None:
        dessin = texte(echelle.zero + 6, haut + TAILLE, valeur_ecrite(ligne, niveau))
    else:
        long = echelle.long(lue.valeur)
        x = echelle.zero - long if lue.valeur < 0 else echelle.zero
        bout, ancre = (x - 6, "end") if lue.valeur < 0 else (x + long + 6, "start")
        ecrit = mesure(lue.valeur, ligne.decimales, ligne.unite)
        dessin = rectangle(
            x, haut, long, _BARRE, remplir(cle, "plein", PLEIN) if propre else remplir(cle, "hachure", HACHURE)
        )
        dessin += texte(bout, haut + TAILLE, ecrit, ancre=ancre, gras=propre)
        if partielle(lue):
            retrait = (len(ecrit) + 1) * SIGNE
            ou = bout - retrait if lue.valeur < 0 else bout + retrait
            dessin += texte(ou, haut + TAILLE, "partiel", ancre=ancre, taille=PETITE)
    return nom_ecrit + dessin + axe, y + _PAS + (lignes - 1) * (TAILLE + 4)


# --- Pyramide des âges --------------------------------------------------------------------------------------------


def pyramide(instantane: Instantane, *, identifiant: str = "pyramide", nom: str = "") -> Dessin | None:
    """La population par sexe et par âge, en parts, face au niveau de comparaison ; rien si elle n'est pas chargée."""
    lue = instantane.pyramide
    if lue is None or not lue.tranches:
        return None
    total = sum(t.hommes + t.femmes for t in lue.tranches)
    titre = "La population par sexe et par âge"
    dit = _dire(lue, total)
    corps = _pyramide(lue, total, identifiant, nom or LE_TERRITOIRE)
    svg = page(identifiant, titre, dit, *corps)
    return Dessin(titre, svg, dit, _tableau(lue, total), lue.source, lue.note)


def _parts(t: TrancheLue, total: float) -> tuple[float, float]:
    """La part des hommes et celle des femmes de cette tranche, en % de tous les habitants."""
    return (t.hommes / total * 100, t.femmes / total * 100) if total else (0.0, 0.0)


def _pyramide(lue: PyramideLue, total: float, cle: str, nom: str) -> tuple[str, float]:
    pas = 26 if len(lue.tranches) <= 10 else 17
    cote = (LARGEUR - _COLONNE) / 2
    gauche, droite = cote, LARGEUR - cote
    references = [r for t in lue.tranches for r in (t.hommes_reference, t.femmes_reference) if r is not None]
    plus_grand = max([*references, *(p for t in lue.tranches for p in _parts(t, total))]) or 1
    echelle = (cote - 50) / plus_grand
    corps = [motifs(cle, {"hachure": HACHURE})]
    legende, y = _legende(lue, cle, nom, avec_reference=bool(references))
    corps.append(legende)
    for t in reversed(lue.tranches):
        hommes, femmes = _parts(t, total)
        base = y + (pas + TAILLE) / 2 - 2
        corps += [
            rectangle(gauche - hommes * echelle, y + 2, hommes * echelle, pas - 5, remplir(cle, "plein", PLEIN)),
            rectangle(droite, y + 2, femmes * echelle, pas - 5, remplir(cle, "hachure", HACHURE)),
            texte(LARGEUR / 2, base, t.libelle, ancre="middle"),
        ]
        for sens, bord, propre, reference in (
            (-1, gauche, hommes, t.hommes_reference),
            (1, droite, femmes, t.femmes_reference),
        ):
            loin = max(propre, reference or 0)
            if reference is not None:
                x = bord + sens * reference * echelle
                corps.append(_repere(x, y, pas))
            ancre = "start" if sens > 0 else "end"
            ecrit = mesure(propre, 1, "%")
            corps.append(texte(bord + sens * (loin * echelle + 6), base, ecrit, ancre=ancre, taille=PETITE))
        y += pas
    return "".join(corps), y + 4


def _repere(x: float, y: float, pas: float) -> str:
    """La part du niveau de comparaison : un trait noir bordé de blanc, qui se lit sur le plein comme sur le vide."""
    return trait(x, y, x, y + pas - 1, epaisseur=4, couleur="#ffffff") + trait(
        x, y, x, y + pas - 1, epaisseur=2, couleur=ENCRE
    )


def _legende(lue: PyramideLue, cle: str, nom: str, *, avec_reference: bool) -> tuple[str, float]:
    corps = [
        rectangle(1, 3, 22, 13, remplir(cle, "plein", PLEIN)), texte(30, 14, "Hommes"),
        rectangle(101, 3, 22, 13, remplir(cle, "hachure", HACHURE)), texte(130, 14, "Femmes"),
    ]  # fmt: skip
    y = 22.0
    corps.append(texte(LARGEUR, 14, "en % des habitants", ancre="end", taille=PETITE))
    if avec_reference:
        corps.append(_repere(12, y, 16))
        phrase, lignes = paragraphe(30, y + TAILLE, f"La même part : {lue.reference}", largeur=LARGEUR - 30)
        corps.append(phrase)
        y += lignes * (TAILLE + 4)
    rappel = couper(nom, LARGEUR)
    for rang, ligne in enumerate(rappel):
        corps.append(texte(1, y + TAILLE + 2 + rang * (TAILLE + 4), ligne, gras=True))
    return "".join(corps), y + len(rappel) * (TAILLE + 4) + 8


def _dire(lue: PyramideLue, total: float) -> str:
    """La part de chaque tranche, tous sexes réunis, face à la comparaison."""
    morceaux = []
    for t in lue.tranches:
        part = sum(_parts(t, total))
        references = [r for r in (t.hommes_reference, t.femmes_reference) if r is not None]
        face = f" ({mesure(sum(references), 1, '%')} : {lue.reference})" if len(references) == 2 else ""
        morceaux.append(f"{t.libelle} : {mesure(part, 1, '%')}{face}")
    return f"Pyramide des âges de {nombre(total)} habitants. {' ; '.join(morceaux)}."


def _tableau(lue: PyramideLue, total: float) -> Tableau:
    def reference(valeur: float | None) -> str:
        return "" if valeur is None else mesure(valeur, 1, "%")

    avec = any(t.hommes_reference is not None or t.femmes_reference is not None for t in lue.tranches)
    entetes = ["Âge", "Hommes", "Femmes", "Hommes, part", "Femmes, part"]
    entetes += [f"Hommes, {lue.reference}", f"Femmes, {lue.reference}"] if avec else []
    lignes = []
    for t in lue.tranches:
        hommes, femmes = _parts(t, total)
        ligne = [t.libelle, nombre(t.hommes), nombre(t.femmes), mesure(hommes, 1, "%"), mesure(femmes, 1, "%")]
        ligne += [reference(t.hommes_reference), reference(t.femmes_reference)] if avec else []
        lignes.append(tuple(ligne))
    return Tableau(tuple(entetes), tuple(lignes))
