"""Des courbes en SVG, dessinées au serveur : lisibles en noir et blanc, sans style ni script en ligne.

Chaque série a sa couleur, son trait et sa marque, et son nom est écrit au bout ; le tableau de la page dit les mêmes
valeurs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LARGEUR, HAUTEUR = 640, 300
GAUCHE, DROITE, HAUT, BAS = 48, 16, 16, 40
# Couleur, trait (« stroke-dasharray »), marque.
STYLES = (("#000091", "", "rond"), ("#b34000", "7 4", "carre"), ("#18753c", "2 4", "triangle"))
GRILLE, TEXTE = "#dddddd", "#3a3a3a"
GRADUATIONS = 4
ABSCISSES_ECRITES = 12
Place = Callable[[int, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Serie:
    """Une ligne du graphique ; None : pas de valeur ce mois-là, la ligne s'interrompt."""

    libelle: str
    valeurs: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Legende:
    """Une ligne de légende : un bout de la courbe, et son nom."""

    trait: SafeString
    libelle: str


@dataclass(frozen=True, slots=True)
class Courbe:
    """Un graphique prêt à montrer."""

    titre: str
    svg: SafeString
    legende: tuple[Legende, ...]


def tracer(
    titre: str, abscisses: Sequence[str], series: Sequence[Serie], *, unite: str = "", identifiant: str = "courbe"
) -> Courbe:
    """Le graphique de ces séries. `abscisses` : ce qu'on écrit sous chaque point."""
    valeurs = [v for serie in series for v in serie.valeurs if v is not None]
    pas = _pas(max(valeurs, default=0))
    sommet = pas * GRADUATIONS
    largeur, hauteur = LARGEUR - GAUCHE - DROITE, HAUTEUR - HAUT - BAS
    ecart = largeur / max(len(abscisses) - 1, 1)

    def place(rang: int, valeur: float) -> tuple[float, float]:
        return GAUCHE + (rang * ecart if len(abscisses) > 1 else largeur / 2), HAUT + hauteur * (1 - valeur / sommet)

    morceaux = [_grille(pas, place), _sous(abscisses, place)]
    for rang, serie in enumerate(series):
        points = [None if v is None else place(n, v) for n, v in enumerate(serie.valeurs)]
        morceaux.append(_ligne(points, rang))
    description = " ".join(_resume(serie, abscisses, unite) for serie in series)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="esp-courbe" role="img" viewBox="0 0 {LARGEUR} {HAUTEUR}" '
        f'aria-labelledby="{identifiant}-titre {identifiant}-desc" font-family="Marianne, arial, sans-serif" '
        f'font-size="12"><title id="{identifiant}-titre">{escape(titre)}</title>'
        f'<desc id="{identifiant}-desc">{escape(description)}</desc>{"".join(morceaux)}</svg>'
    )
    legende = tuple(Legende(_bout(rang), serie.libelle) for rang, serie in enumerate(series))
    return Courbe(titre, mark_safe(svg), legende)  # noqa: S308 — tout texte reçu est échappé


def _pas(maximum: float) -> int:
    """Un pas rond : le sommet de l'axe, quatre pas, dépasse toujours la plus grande valeur."""
    dizaine = 1
    while True:
        for pas in (1 * dizaine, 2 * dizaine, *((25 * dizaine // 10,) if dizaine > 1 else ()), 5 * dizaine):
            if pas * GRADUATIONS >= maximum:
                return pas
        dizaine *= 10


def _grille(pas: int, place: Place) -> str:
    lignes = []
    for n in range(GRADUATIONS + 1):
        y = round(place(0, n * pas)[1], 1)
        lignes.append(
            f'<line x1="{GAUCHE}" x2="{LARGEUR - DROITE}" y1="{y}" y2="{y}" stroke="{GRILLE}"/>'
            f'<text x="{GAUCHE - 8}" y="{y + 4}" text-anchor="end" fill="{TEXTE}">{n * pas}</text>'
        )
    return "".join(lignes)


def _sous(abscisses: Sequence[str], place: Place) -> str:
    """Les abscisses écrites : toutes, ou une sur deux, trois… jusqu'à tenir."""
    saut = -(-len(abscisses) // ABSCISSES_ECRITES) or 1
    return "".join(
        f'<text x="{place(n, 0)[0]:.1f}" y="{HAUTEUR - 14}" text-anchor="middle" fill="{TEXTE}">{escape(mot)}</text>'
        for n, mot in enumerate(abscisses)
        if n % saut == 0
    )


def _ligne(points: Sequence[tuple[float, float] | None], rang: int) -> str:
    couleur, trait, _ = STYLES[rang % len(STYLES)]
    tirets = f' stroke-dasharray="{trait}"' if trait else ""
    chemin, leve = [], True
    for point in points:
        if point is not None:
            chemin.append(f"{'M' if leve else 'L'}{point[0]:.1f} {point[1]:.1f}")
        leve = point is None
    marques = "".join(_marque(*point, rang) for point in points if point is not None)
    trace = f'<path d="{"".join(chemin)}" fill="none" stroke="{couleur}" stroke-width="2"{tirets}/>' if chemin else ""
    return trace + marques


def _marque(x: float, y: float, rang: int) -> str:
    couleur, _, forme = STYLES[rang % len(STYLES)]
    if forme == "carre":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{couleur}"/>'
    if forme == "triangle":
        return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{couleur}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{couleur}"/>'


def _bout(rang: int) -> SafeString:
    trait = _ligne([(2, 8), (20, 8), (38, 8)], rang)
    svg = f'<svg width="40" height="16" aria-hidden="true" focusable="false">{trait}</svg>'
    return mark_safe(svg)  # noqa: S308 — des nombres et des couleurs à nous


def _resume(serie: Serie, abscisses: Sequence[str], unite: str) -> str:
    """Une phrase par série : d'où elle part, où elle arrive, son plus haut."""
    connues = [(mot, v) for mot, v in zip(abscisses, serie.valeurs, strict=True) if v is not None]
    if not connues:
        return f"{serie.libelle} : aucune valeur."
    (premier, debut), (dernier, fin) = connues[0], connues[-1]
    haut = max(connues, key=lambda paire: paire[1])
    return (
        f"{serie.libelle} : {_nombre(debut)}{unite} en {premier}, {_nombre(fin)}{unite} en {dernier}, "
        f"au plus {_nombre(haut[1])}{unite} en {haut[0]}."
    )


def _nombre(valeur: float) -> str:
    return f"{valeur:.1f}".replace(".", ",").removesuffix(",0")
