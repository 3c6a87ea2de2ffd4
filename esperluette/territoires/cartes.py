"""Cartes : un SVG rendu au serveur, le même à l'écran et dans un document, lisible en noir et blanc.

    carte = dessiner(titre="Zonage", communes=codes, classes=[Classe("zip", "ZIP")], classement={"22136": "zip"})
    carte.svg          # à écrire tel quel ; ni style ni script en ligne
    {% carte carte %}  # à l'écran : le dessin, sa légende et sa source

Les classes se distinguent par leur motif autant que par leur teinte, les points par leur forme. Rien ici ne touche
la base : on passe des codes INSEE, et les noms si l'on veut des infobulles.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from esperluette.territoires import contours as fonds
from esperluette.territoires.contours import METROPOLE, Boite, Contour

LARGEUR = 640
FORMES = ("rond", "carre", "triangle", "losange")
# Teinte de fond, teinte du motif, motif.
Motif = tuple[str, str, str]
# L'ordre est celui des classes ; au-delà, on recommence.
MOTIFS: tuple[Motif, ...] = (
    ("#6a6af4", "#000091", "plein"),
    ("#cacafb", "#000091", "hachures"),
    ("#e3e3fd", "#313178", "points"),
    ("#f5f5fe", "#6a6af4", "croisillons"),
    ("#fee7fc", "#6e445a", "contre-hachures"),
    ("#fceeac", "#716043", "tirets"),
)
# Des classes qui se suivent, du moins au plus : plus c'est haut, plus c'est encré, en couleurs comme en gris.
RAMPE: tuple[Motif, ...] = (
    ("#f5f5fe", "#6a6af4", "points"),
    ("#e3e3fd", "#313178", "hachures"),
    ("#cacafb", "#313178", "croisillons"),
    ("#8585f6", "#000091", "hachures-serrees"),
    ("#1b1b5e", "#1b1b5e", "plein"),
)
TU: Motif = ("#ffffff", "#666666", "tirets")  # une valeur que le producteur tait
SANS_CLASSE = "#ffffff"
TRAIT, BORD = "#777777", "#161616"
_MARGE = 8
_PAS_DE_LEGENDE = 22
_TEXTE_DE_LEGENDE, _SIGNE = 34, 6.5  # où commence le libellé, et la largeur d'un signe, large
# La hauteur d'une carte, en parts de sa largeur : seule, sa légende à côté, sa légende dessous.
_HAUTE, _LEGENDE_A_COTE, _LEGENDE_DESSOUS = 1.25, 0.85, 0.7
_COMMUNES, _AU_MOINS = 20, 0.55  # en deçà de tant de communes, la carte est moins haute, jusqu'à cette part
_A_PEINE_PLUS_PETITE = 0.75  # ce qu'une carte peut perdre de taille pour avoir sa légende à côté
_SUR = ("/", "#", "?", "https://", "http://")


@dataclass(frozen=True, slots=True)
class Classe:
    """Une classe de la légende ; son motif vient de son rang."""

    id: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Point:
    """Un point posé sur une commune ; `sorte` choisit sa forme (celle de la classe de points de même id)."""

    commune: str
    libelle: str
    sorte: str = ""
    lien: str = ""


@dataclass(frozen=True, slots=True)
class Legende:
    """Une ligne de légende : sa pastille (SVG décoratif), son libellé, le nombre de communes ou de points."""

    pastille: SafeString
    libelle: str
    nombre: int


@dataclass(frozen=True, slots=True)
class Carte:
    """Une carte prête à montrer. `sans_contour` : les communes qu'on ne sait pas dessiner."""

    titre: str
    description: str
    svg: SafeString
    legende: tuple[Legende, ...]
    source: str
    sans_contour: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Demande:
    """Tout ce qu'on a demandé, pour les fonctions de dessin."""

    identifiant: str
    motifs: Sequence[Motif]
    motif_de: Mapping[str, int]
    libelle_de: Mapping[str, str]
    classement: Mapping[str, str]
    noms: Mapping[str, str]
    liens: Mapping[str, str]
    dits: Mapping[str, str]
    forme_de: Mapping[str, str]
    points: Mapping[str, list[Point]]
    reperer: bool = False


@dataclass
class _Cadre:
    """Les contours d'un même repère, et la taille qui leur revient sur la carte."""

    communes: list[Contour] = field(default_factory=list)
    departements: list[Contour] = field(default_factory=list)

    @property
    def boite(self) -> Boite:
        return fonds.boite_commune(c.boite for c in (*self.communes, *self.departements))


def dessiner(
    *,
    titre: str,
    description: str = "",
    communes: Iterable[str] = (),
    departements: Iterable[str] = (),
    classes: Sequence[Classe] = (),
    classement: Mapping[str, str] | None = None,
    points: Sequence[Point] = (),
    sortes: Sequence[Classe] = (),
    noms: Mapping[str, str] | None = None,
    liens: Mapping[str, str] | None = None,
    dits: Mapping[str, str] | None = None,
    motifs: Sequence[Motif] = MOTIFS,
    legende_dessinee: bool = False,
    identifiant: str = "carte",
    largeur: int = LARGEUR,
    reperer: bool = False,
) -> Carte:
    """La carte de ces communes, ou de ces départements en fond, avec classes ou points.

    `classement` : code de commune → id de classe. `points` : sur des communes, dessinées ou non. `noms`, `liens` :
    par code de commune, une infobulle et une adresse ; `dits` : ce que l'infobulle dit au lieu de la classe.
    `motifs` : celui de chaque classe, dans l'ordre. `legende_dessinee` : la légende fait partie du dessin, à côté
    d'un territoire étroit, sous un large ; le dessin se suffit alors hors d'une page, et prend moins de hauteur,
    surtout pour peu de communes. `identifiant` : unique dans la page. `reperer` : chaque commune porte son code
    (`data-esp-code`), pour un écran où l'on choisit sur la carte. Ce qu'on ne sait pas dessiner est dans
    `sans_contour`, jamais perdu.
    """
    demandees = list(dict.fromkeys(communes))
    tracees = fonds.contours(demandees)
    posees = fonds.contours(dict.fromkeys(p.commune for p in points))
    cadres = _cadres(tracees, posees, departements)
    groupes: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        groupes[point.commune].append(point)
    demande = _Demande(
        identifiant=escape(identifiant),
        motifs=motifs,
        motif_de={c.id: rang % len(motifs) for rang, c in enumerate(classes)},
        libelle_de={c.id: c.libelle for c in classes},
        classement=classement or {},
        noms=noms or {},
        liens=liens or {},
        dits=dits or {},
        forme_de={c.id: FORMES[rang % len(FORMES)] for rang, c in enumerate(sortes)},
        points=groupes,
        reperer=reperer,
    )
    legende = _legende(demande, demandees, classes, points, sortes)
    dessinee = legende if legende_dessinee else ()
    return Carte(
        titre=titre,
        description=description,
        svg=_svg(demande, cadres, posees, titre=titre, description=description, largeur=largeur, legende=dessinee),
        legende=legende,
        source=source(),
        sans_contour=tuple(c for c in (*demandees, *groupes) if c not in tracees and c not in posees),
    )


def carte_svg(communes: Iterable[str], *, titre: str, **options: object) -> SafeString:
    """Le seul dessin de `dessiner(communes=…, titre=…, …)`."""
    return dessiner(communes=communes, titre=titre, **options).svg  # type: ignore[arg-type]


def source() -> str:
    """La phrase qui cite les contours, à écrire sous chaque carte."""
    d = fonds.provenance()
    return f"Contours des communes : {d['producteur']}, millésime {d['millesime']}, simplifiés ({d['licence']})."


def _cadres(
    tracees: Mapping[str, Contour], posees: Mapping[str, Contour], departements: Iterable[str]
) -> dict[str, _Cadre]:
    """Ce qui se dessine, par repère."""
    cadres: dict[str, _Cadre] = defaultdict(_Cadre)
    for code in sorted(tracees):  # une commune avant ses arrondissements, qui se dessinent par-dessus
        cadres[tracees[code].repere].communes.append(tracees[code])
    for contour in fonds.contours_des_departements(dict.fromkeys(departements)).values():
        cadres[contour.repere].departements.append(contour)
    for contour in posees.values():
        if contour.repere not in cadres:
            cadres[contour.repere].communes.append(contour)
    return cadres


# --- Le dessin ----------------------------------------------------------------------------------------------------


def _svg(
    demande: _Demande,
    cadres: Mapping[str, _Cadre],
    posees: Mapping[str, Contour],
    *,
    titre: str,
    description: str,
    largeur: int,
    legende: Sequence[Legende],
) -> SafeString:
    interactive = bool(demande.liens) or any(p.lien for groupe in demande.points.values() for p in groupe)
    numero = demande.identifiant
    corps, hauteur = [], 0.0
    ordre = sorted(cadres, key=lambda r: (r != METROPOLE, r))
    encarts = ordre[1:]
    x_legende = 0.0
    if ordre:
        place, a_cote = _place(cadres[ordre[0]], largeur, legende)
        texte, hauteur = _cadre(demande, cadres[ordre[0]], posees, (0, 0, *place))
        corps.append(texte)
        x_legende = place[0] if a_cote else 0.0
    cote = largeur / max(5, len(encarts)) - _MARGE
    for rang, repere in enumerate(encarts):
        coin = (rang * (cote + _MARGE), hauteur + _MARGE, cote, cote)
        corps.append(_cadre(demande, cadres[repere], posees, coin)[0])
    hauteur += (cote + 2 * _MARGE) if encarts else 0
    y_legende = _MARGE if x_legende else hauteur + _MARGE
    for rang, ligne in enumerate(legende):
        corps.append(_ligne_de_legende(ligne, x_legende, y_legende + rang * _PAS_DE_LEGENDE))
    if legende:
        hauteur = max(hauteur, y_legende + len(legende) * _PAS_DE_LEGENDE)
    desc = f'<desc id="{numero}-desc">{escape(description)}</desc>' if description else ""
    decrit = f' aria-describedby="{numero}-desc"' if description else ""
    # Avec des liens, « img » les cacherait aux lecteurs d'écran.
    role = "group" if interactive else "img"
    return mark_safe(  # noqa: S308 — tout texte reçu est échappé
        f'<svg xmlns="http://www.w3.org/2000/svg" class="esp-carte-dessin" role="{role}" '
        f'aria-labelledby="{numero}-titre"{decrit} viewBox="0 0 {largeur} {hauteur or 1:.0f}" width="{largeur}" '
        f'height="{hauteur or 1:.0f}"><title id="{numero}-titre">{escape(titre)}</title>{desc}{"".join(corps)}</svg>'
    )


def _place(cadre: _Cadre, largeur: float, legende: Sequence[Legende]) -> tuple[tuple[float, float], bool]:
    """La place (largeur, hauteur au plus) de ce repère ; vrai si la légende va à côté, où elle se lit mieux."""
    if not legende:
        return (largeur, largeur * _HAUTE), False
    colonne = _TEXTE_DE_LEGENDE + max(len(_dite(ligne)) for ligne in legende) * _SIGNE
    ampleur = min(1.0, max(_AU_MOINS, math.sqrt(len(cadre.communes) / _COMMUNES)))
    a_cote = largeur - colonne, largeur * _LEGENDE_A_COTE * ampleur
    dessous = largeur, largeur * _LEGENDE_DESSOUS * ampleur
    if a_cote[0] > 4 * _MARGE and (unite := _unite(cadre, *a_cote)) * _A_PEINE_PLUS_PETITE <= _unite(cadre, *dessous):
        gauche, _, droite, _ = cadre.boite
        return ((droite - gauche) / unite + 2 * _MARGE, a_cote[1]), True
    return dessous, False


def _dite(ligne: Legende) -> str:
    return f"{ligne.libelle} ({ligne.nombre})"


def _ligne_de_legende(ligne: Legende, x: float, y: float) -> str:
    """Sa pastille, son libellé et son nombre, dans le dessin."""
    pastille = ligne.pastille.replace("<svg ", f'<svg x="{x + 1:.0f}" y="{y:.0f}" ', 1)
    police = 'font-family="Marianne, Lato, arial, sans-serif" font-size="13"'
    ou = f'x="{x + _TEXTE_DE_LEGENDE:.0f}" y="{y + 13:.0f}"'
    return f'{pastille}<text {ou} {police} fill="{BORD}">{escape(_dite(ligne))}</text>'


def _unite(cadre: _Cadre, largeur: float, hauteur: float) -> float:
    """Un pixel du dessin, en pas de terrain, quand ce repère tient dans cette place."""
    gauche, haut, droite, bas = cadre.boite
    return max((droite - gauche) / (largeur - 2 * _MARGE), (bas - haut) / (hauteur - 2 * _MARGE), 0.05)


def _cadre(
    demande: _Demande, cadre: _Cadre, posees: Mapping[str, Contour], place: tuple[float, float, float, float]
) -> tuple[str, float]:
    """Le dessin d'un repère dans la place donnée (x, y, largeur, hauteur au plus), et la hauteur prise."""
    x, y, largeur, hauteur_max = place
    gauche, haut, _, bas = cadre.boite
    unite = _unite(cadre, largeur, hauteur_max)
    marge = _MARGE * unite
    hauteur = min(hauteur_max, (bas - haut) / unite + 2 * _MARGE)
    boite = f"{gauche - marge:.0f} {haut - marge:.0f} {largeur * unite:.0f} {hauteur * unite:.0f}"
    cle = f"{demande.identifiant}-{cadre.communes[0].repere if cadre.communes else cadre.departements[0].repere}"
    repere = (cadre.communes or cadre.departements)[0].repere
    fond = _departements(cadre.departements, unite)
    poses = "".join(
        _points(demande, groupe, posees[code], unite)
        for code, groupe in demande.points.items()
        if code in posees and posees[code].repere == repere
    )
    ouvre = f'<svg x="{x:.0f}" y="{y:.0f}" width="{largeur:.0f}" height="{hauteur:.0f}" viewBox="{boite}">'
    return f"{ouvre}{_motifs(demande, cle, unite)}{fond}{_communes(demande, cadre, cle, unite)}{poses}</svg>", hauteur


def _departements(departements: list[Contour], unite: float) -> str:
    if not departements:
        return ""
    trace = "".join(c.trace for c in departements)
    attributs = f'fill="{SANS_CLASSE}" fill-rule="evenodd" stroke="{TRAIT}" stroke-width="{unite:.2f}"'
    return f'<path class="esp-carte-departements" d="{trace}" {attributs} stroke-linejoin="round"/>'


def _communes(demande: _Demande, cadre: _Cadre, cle: str, unite: float) -> str:
    if not cadre.communes:
        return ""
    dessins = []
    for contour in cadre.communes:
        code = contour.code
        classe = demande.classement.get(code, "")
        rang = demande.motif_de.get(classe)
        fill = "" if rang is None else f' fill="{remplissage(f"{cle}-m{rang}", demande.motifs[rang])}"'
        nom = demande.noms.get(code, "")
        libelle = demande.dits.get(code) or demande.libelle_de.get(classe, "")
        infobulle = " : ".join(m for m in (nom, libelle) if m) if nom else ""
        repere = f' data-esp-code="{code}"' if demande.reperer else ""
        trace = f'<path d="{contour.trace}"{fill}{repere}'
        dessin = f"{trace}><title>{escape(infobulle)}</title></path>" if infobulle else f"{trace}/>"
        lien = demande.liens.get(code, "")
        dessins.append(_lier(dessin, lien, infobulle or code))
    epaisseur = f'stroke-width="{unite * 0.5:.2f}"'
    groupe = f'<g fill="{SANS_CLASSE}" fill-rule="evenodd" stroke="{TRAIT}" {epaisseur} stroke-linejoin="round">'
    limite = fonds.limite_exterieure(cadre.communes)
    bord = f'fill="none" stroke="{BORD}" stroke-width="{unite * 1.3:.2f}" stroke-linejoin="round"'
    return f'{groupe}{"".join(dessins)}</g><path class="esp-carte-limite" d="{limite}" {bord}/>'


def _lier(dessin: str, lien: str, libelle: str) -> str:
    if not lien or not lien.startswith(_SUR):
        return dessin
    return f'<a href="{escape(lien)}" aria-label="{escape(libelle)}">{dessin}</a>'


def _points(demande: _Demande, groupe: list[Point], contour: Contour, unite: float) -> str:
    """Les points d'une commune ; à plusieurs, en couronne autour de son centre."""
    morceaux = []
    for rang, point in enumerate(groupe):
        x, y = contour.centre
        if len(groupe) > 1:
            angle = 2 * math.pi * rang / len(groupe)
            rayon = max(6.0, 12 * len(groupe) / (2 * math.pi)) * unite
            x, y = round(x + rayon * math.cos(angle)), round(y + rayon * math.sin(angle))
        forme = demande.forme_de.get(point.sorte, FORMES[0])
        dessin = _forme(forme, x, y, 5 * unite, f"<title>{escape(point.libelle)}</title>", unite)
        morceaux.append(_lier(dessin, point.lien, point.libelle))
    return f'<g class="esp-carte-points">{"".join(morceaux)}</g>'


def _forme(forme: str, x: float, y: float, r: float, interieur: str, unite: float) -> str:
    trait = f'fill="#000091" stroke="#ffffff" stroke-width="{unite * 1.2:.2f}"'
    if forme == "rond":
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" {trait}>{interieur}</circle>'
    sommets = {
        "carre": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0, -1.2), (1.1, 0.9), (-1.1, 0.9)),
        "losange": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    }[forme]
    d = " ".join(f"{x + dx * r:.2f},{y + dy * r:.2f}" for dx, dy in sommets)
    return f'<polygon points="{d}" {trait}>{interieur}</polygon>'


# --- Motifs et légende --------------------------------------------------------------------------------------------


def _motifs(demande: _Demande, cle: str, unite: float) -> str:
    employes = sorted(set(demande.motif_de.values()))
    if not employes:
        return ""
    return "<defs>" + "".join(motif(f"{cle}-m{rang}", demande.motifs[rang], unite) for rang in employes) + "</defs>"


def remplissage(identifiant: str, choisi: Motif) -> str:
    """De quoi remplir par ce motif, écrit sous cet identifiant ; un plein n'a ni carreaux ni coutures."""
    return choisi[0] if choisi[2] == "plein" else f"url(#{identifiant})"


def motif(identifiant: str, choisi: Motif, unite: float) -> str:
    """Un motif à mettre dans `<defs>` ; `unite` : un pixel, dans le repère du dessin."""
    teinte, encre, nom = choisi
    pas = 6 * unite
    trait = f'stroke="{encre}" stroke-width="{unite:.2f}"'

    def ligne(x1: float, y1: float, x2: float, y2: float) -> str:
        return f'<path d="M{x1 * pas:.2f} {y1 * pas:.2f}L{x2 * pas:.2f} {y2 * pas:.2f}" {trait}/>'

    # Chaque oblique est doublée aux coins, pour se raccorder d'un carreau à l'autre.
    monte = ligne(0, 1, 1, 0) + ligne(-0.25, 0.25, 0.25, -0.25) + ligne(0.75, 1.25, 1.25, 0.75)
    descend = ligne(0, 0, 1, 1) + ligne(-0.25, 0.75, 0.25, 1.25) + ligne(0.75, -0.25, 1.25, 0.25)
    dessins = {
        "plein": "",
        "hachures": monte,
        "hachures-serrees": monte + ligne(0, 0.5, 0.5, 0) + ligne(0.5, 1, 1, 0.5),
        "contre-hachures": descend,
        "croisillons": monte + descend,
        "tirets": ligne(0, 0.5, 0.6, 0.5),
        "points": f'<circle cx="{pas / 2:.2f}" cy="{pas / 2:.2f}" r="{unite * 1.1:.2f}" fill="{encre}"/>',
    }
    carreau = f'width="{pas:.2f}" height="{pas:.2f}"'
    fond = f'<rect {carreau} fill="{teinte}"/>'
    return f'<pattern id="{identifiant}" patternUnits="userSpaceOnUse" {carreau}>{fond}{dessins[nom]}</pattern>'


def _legende(
    demande: _Demande,
    communes: list[str],
    classes: Sequence[Classe],
    points: Sequence[Point],
    sortes: Sequence[Classe],
) -> tuple[Legende, ...]:
    par_classe = Counter(demande.classement.get(code, "") for code in communes)
    lignes = []
    for classe in classes:
        rang = demande.motif_de[classe.id]
        cle = f"{demande.identifiant}-l{rang}"
        fond = remplissage(cle, demande.motifs[rang])
        dessin = f'<defs>{motif(cle, demande.motifs[rang], 1)}</defs><rect width="24" height="16" fill="{fond}" '
        lignes.append(Legende(_pastille(f'{dessin}stroke="{TRAIT}"/>'), classe.libelle, par_classe[classe.id]))
    autres = sum(n for classe, n in par_classe.items() if classe not in demande.motif_de)
    if classes and autres:
        vide = f'<rect width="24" height="16" fill="{SANS_CLASSE}" stroke="{TRAIT}"/>'
        lignes.append(Legende(_pastille(vide), "Non renseigné", autres))
    par_sorte = Counter(point.sorte for point in points)
    for sorte in sortes:
        dessin = _forme(demande.forme_de[sorte.id], 12, 8, 5, "", 1)
        lignes.append(Legende(_pastille(dessin), sorte.libelle, par_sorte[sorte.id]))
    return tuple(lignes)


def _pastille(dessin: str) -> SafeString:
    ouvre = '<svg xmlns="http://www.w3.org/2000/svg" class="esp-carte-pastille" width="24" height="16" '
    return mark_safe(f'{ouvre}viewBox="0 0 24 16" aria-hidden="true" focusable="false">{dessin}</svg>')  # noqa: S308
