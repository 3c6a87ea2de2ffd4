"""Écrire un dessin : des fonctions qui rendent du SVG, tout texte échappé, sans style ni script. Sans base.

La largeur vaut pour un téléphone comme pour une page : à 360 pixels, le texte reste lisible.
"""

import textwrap
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from esperluette.territoires.cartes import Motif, motif, remplissage

LARGEUR = 440
TAILLE, PETITE = 13, 11  # corps du texte
SIGNE = 6.9  # largeur d'un signe au corps ordinaire : large, pour que rien ne déborde
ENCRE, DISCRET, FILET = "#161616", "#595959", "#777777"
POLICE = "Marianne, Lato, arial, sans-serif"
# Deux motifs qui se distinguent sans couleur : plein pour ce qu'on regarde, hachuré pour ce à quoi on le compare.
PLEIN: Motif = ("#000091", "#000091", "plein")
HACHURE: Motif = ("#e3e3fd", "#313178", "hachures")


@dataclass(frozen=True, slots=True)
class Tableau:
    """Ce que le dessin montre, en tableau."""

    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Dessin:
    """Un dessin prêt à montrer et à imprimer : le SVG, le texte qui le remplace, le tableau qui le double."""

    titre: str
    svg: SafeString
    texte: str
    tableau: Tableau
    source: str
    note: str = ""  # ce qu'il faut savoir pour le lire


def page(identifiant: str, titre: str, texte: str, corps: str, hauteur: float) -> SafeString:
    """Le dessin entier, nommé par son titre et décrit par son texte. `identifiant` : unique dans la page."""
    cle = escape(identifiant)
    cadre = f'viewBox="0 0 {LARGEUR} {hauteur:.0f}" width="{LARGEUR}" height="{hauteur:.0f}"'
    return mark_safe(  # noqa: S308 — tout texte reçu est échappé ici et dans `texte`
        f'<svg xmlns="http://www.w3.org/2000/svg" class="esp-dessin" role="img" aria-labelledby="{cle}-titre" '
        f'aria-describedby="{cle}-desc" {cadre} '
        f'font-family="{POLICE}" font-size="{TAILLE}" fill="{ENCRE}"><title id="{cle}-titre">{escape(titre)}</title>'
        f'<desc id="{cle}-desc">{escape(texte)}</desc>{corps}</svg>'
    )


def texte(x: float, y: float, contenu: str, *, ancre: str = "start", gras: bool = False, taille: int = TAILLE) -> str:
    """Une ligne de texte, posée sur sa ligne de base."""
    a = "" if ancre == "start" else f' text-anchor="{ancre}"'
    g = ' font-weight="bold"' if gras else ""
    t = "" if taille == TAILLE else f' font-size="{taille}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{a}{g}{t}>{escape(contenu)}</text>'


def paragraphe(x: float, y: float, contenu: str, *, largeur: float, gras: bool = False) -> tuple[str, int]:
    """Un texte coupé aux mots à cette largeur, et le nombre de lignes prises."""
    lignes = couper(contenu, largeur)
    return "".join(texte(x, y + rang * (TAILLE + 4), x_, gras=gras) for rang, x_ in enumerate(lignes)), len(lignes)


def couper(contenu: str, largeur: float) -> list[str]:
    """Les lignes d'un texte coupé aux mots ; un mot démesuré se coupe aussi."""
    return textwrap.wrap(contenu, width=max(4, int(largeur / SIGNE))) or [""]


def rectangle(x: float, y: float, largeur: float, hauteur: float, remplissage: str) -> str:
    """Une barre, bordée : elle se voit même quand son motif est pâle."""
    forme = f'x="{x:.1f}" y="{y:.1f}" width="{max(largeur, 0):.1f}" height="{hauteur:.1f}"'
    return f'<rect {forme} fill="{remplissage}" stroke="{ENCRE}" stroke-width="0.6"/>'


def trait(x1: float, y1: float, x2: float, y2: float, *, epaisseur: float = 1, couleur: str = FILET) -> str:
    """Un segment."""
    return (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{couleur}" stroke-width="{epaisseur}" fill="none"/>'
    )


def motifs(identifiant: str, choisis: dict[str, Motif]) -> str:
    """Les motifs à poser en tête du dessin ; `remplir` les emploie."""
    return f"<defs>{''.join(motif(f'{escape(identifiant)}-{cle}', m, 1) for cle, m in choisis.items())}</defs>"


def remplir(identifiant: str, cle: str, choisi: Motif) -> str:
    """Le remplissage par un motif de `motifs`."""
    return remplissage(f"{escape(identifiant)}-{cle}", choisi)
