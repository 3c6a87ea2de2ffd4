"""De l'arbre Pandoc au PDF : un arbre simple, en données, que `composition/document.typ` met en page.

Aucun code Typst n'est engendré : le texte saisi n'est jamais lu autrement que comme du texte.
"""

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from esperluette.documents import arbre as arbres
from esperluette.documents import figures
from esperluette.documents.arbre import Noeud
from esperluette.documents.erreurs import ProductionImpossible
from esperluette.documents.typographie import POLICE, avec_glyphes, dossier_police

NORMES = ["ua-1", "a-2a"]  # lecture accessible et archivage, dans le même fichier
DELAI = 60  # secondes
MEMOIRE = 2 * 1024**3  # octets d'espace d'adressage
PPP = 200
ENTETE_REPETE = 1_000  # signes : au-delà, l'en-tête d'un tableau ne s'écrit qu'une fois
RANGEE_ENTIERE = 1_000  # signes : au-delà, une rangée de tableau peut continuer sur la page suivante
_SIGNE, _GRAS, _MARGES = 6.4, 6.9, 18  # pixels : un signe d'une case, un signe d'en-tête ; les marges d'une case
_CAPITALE = 1.3  # la largeur d'une capitale, en signes
_COMPOSEUR = Path(__file__).with_name("composeur.py")
_MISE_EN_PAGE = Path(__file__).with_name("composition") / "document.typ"
_MOT_DEMESURE = re.compile(r"\S{31,}")
_ADRESSES = ("http://", "https://", "mailto:")
Simple = list[Any]


def en_pdf(arbre: dict[str, Any], *, instant: int) -> bytes:
    """Le PDF balisé (PDF/UA-1 et PDF/A-2a) de cet arbre préparé, daté d'`instant` (secondes)."""
    traduction = _Traduction()
    document = {
        "titre": avec_glyphes(arbres.meta(arbre, "title")),
        "auteur": avec_glyphes(arbres.meta(arbre, "auteur")),
        "reference": avec_glyphes(arbres.meta(arbre, "reference")),
        "brouillon": bool(arbres.meta(arbre, "brouillon")),
        "verification": arbres.meta(arbre, "verification"),
        "niveaux": arbres.NIVEAUX_DU_SOMMAIRE,
        "blocs": traduction.blocs(arbre["blocks"]),
    }
    with tempfile.TemporaryDirectory(prefix="esperluette-pdf-") as nom:
        dossier = Path(nom)
        shutil.copy(_MISE_EN_PAGE, dossier / "document.typ")
        (dossier / "document.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        for fichier, svg in traduction.images.items():
            (dossier / fichier).write_bytes(figures.avec_police(svg, POLICE))
        return _composer(dossier, sorte="pdf", normes=NORMES, instant=instant)[0]


def en_png(dessins: list[bytes]) -> list[bytes]:
    """Chaque SVG en PNG : Word n'affiche pas partout le SVG."""
    if not dessins:
        return []
    with tempfile.TemporaryDirectory(prefix="esperluette-png-") as nom:
        noms = [f"figure-{rang}.svg" for rang in range(len(dessins))]
        for fichier, svg in zip(noms, dessins, strict=True):
            (Path(nom) / fichier).write_bytes(figures.avec_police(svg, POLICE))
        return _composer(Path(nom), sorte="png", figures=noms, ppp=PPP)


def _composer(dossier: Path, **demande: Any) -> list[bytes]:
    demande |= {"dossier": str(dossier), "polices": str(dossier_police()), "delai": DELAI, "memoire": MEMOIRE}
    try:
        fini = subprocess.run(  # noqa: S603 — notre programme, sans argument
            [sys.executable, "-I", str(_COMPOSEUR)],
            input=json.dumps(demande).encode(),
            capture_output=True,
            timeout=DELAI,
            check=True,
            # Peu de fils et d'arènes : la mémoire réservée ne dépend pas du nombre de cœurs.
            env={"LANG": "C.UTF-8", "HOME": str(dossier), "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"},
        )
    except subprocess.TimeoutExpired as erreur:
        raise ProductionImpossible("Le document est trop long à produire. Réessayez, ou allégez-le.") from erreur
    except subprocess.CalledProcessError as erreur:
        cause = RuntimeError(erreur.stderr.decode("utf-8", "replace")[:4000])
        raise ProductionImpossible("Le document n'a pas pu être mis en page.") from cause
    return [base64.b64decode(sortie) for sortie in json.loads(fini.stdout)]


def _coupable(noeud: Simple) -> list[Simple]:
    """Le même texte, où un mot démesuré peut passer à la ligne : sans cela il sortirait de la page."""
    if noeud[0] != "texte" or not _MOT_DEMESURE.search(noeud[1]):
        return [noeud]
    coupe = _MOT_DEMESURE.sub(lambda m: "\0".join(re.findall(r".{1,10}", m[0])), noeud[1]).split("\0")
    suite: list[Simple] = [["texte", coupe[0]]]
    for morceau in coupe[1:]:
        suite += [["coupe"], ["texte", morceau]]
    return suite


def _mot_le_plus_long(texte: str) -> float:
    """Sa longueur, en signes ordinaires ; un mot composé passe à la ligne à son trait d'union."""
    mots = re.split(r"[\s/-]+", texte)
    return max(sum(_CAPITALE if signe.isupper() else 1 for signe in mot) for mot in mots)


class _Traduction:
    """Traduit l'arbre Pandoc en listes `[sorte, …]` que la mise en page sait lire, et met les images de côté."""

    def __init__(self) -> None:
        self.images: dict[str, bytes] = {}
        self._blocs: dict[str, Callable[[Any], Simple]] = {
            "Para": lambda c: ["para", self.ligne(c)],
            "Plain": lambda c: ["serre", self.ligne(c)],
            "Header": self._titre,
            "BulletList": lambda c: ["puces", [self.blocs(item) for item in c]],
            "OrderedList": lambda c: ["numeros", c[0][0], [self.blocs(item) for item in c[1]]],
            "BlockQuote": lambda c: ["citation", self.blocs(c)],
            "Div": self._div,
            "Table": self._tableau,
            "Figure": self._figure,
        }
        self._lignes: dict[str, Callable[[Any], Simple]] = {
            "Strong": lambda c: ["gras", self.ligne(c)],
            "Emph": lambda c: ["italique", self.ligne(c)],
            "Span": lambda c: ["suite", self.ligne(c[1])],
            "Code": lambda c: ["code", avec_glyphes(c[1])],
            "Link": self._lien,
            "Image": lambda c: ["image", self._image(c), avec_glyphes(arbres.texte_de(c[1]))],
        }

    def blocs(self, noeuds: list[Noeud]) -> Simple:
        """Les blocs ; une sorte inconnue devient un paragraphe de son texte, rien ne se perd."""
        traduits = []
        for noeud in noeuds:
            traduire = self._blocs.get(noeud["t"])
            if traduire:
                traduits.append(traduire(noeud["c"]))
            elif contenu := arbres.texte_de(noeud):
                traduits.append(["para", [["texte", avec_glyphes(contenu)]]])
        return traduits

    def ligne(self, noeuds: list[Noeud]) -> Simple:
        """Le texte courant, les mots voisins réunis."""
        suite: Simple = []
        for noeud in noeuds:
            if noeud["t"] == "LineBreak":
                suite.append(["retour"])
            elif noeud["t"] in {"Str", "Space", "SoftBreak"}:
                morceau = avec_glyphes(noeud["c"]) if noeud["t"] == "Str" else " "
                if suite and suite[-1][0] == "texte":
                    suite[-1][1] += morceau
                else:
                    suite.append(["texte", morceau])
            elif traduire := self._lignes.get(noeud["t"]):
                suite.append(traduire(noeud["c"]))
            else:
                suite.append(["texte", avec_glyphes(arbres.texte_de(noeud))])
        return [morceau for noeud in suite for morceau in _coupable(noeud)]

    def _div(self, c: Any) -> Simple:
        """Hors du titre, le texte d'un bloc est un paragraphe : c'est ainsi qu'un lecteur d'écran s'y arrête."""
        classe = (c[0][1] or [""])[0]
        contenu = [n | {"t": "Para"} if n["t"] == "Plain" and classe != "titre" else n for n in c[1]]
        return ["div", classe, self.blocs(contenu)]

    def _titre(self, c: Any) -> Simple:
        classes = c[1][1]
        return ["titre", c[0], self.ligne(c[2]), arbres.HORS_SOMMAIRE not in classes, arbres.SAISI not in classes]

    def _lien(self, c: Any) -> Simple:
        adresse, contenu = c[2][0], self.ligne(c[1])
        return ["lien", adresse, contenu] if adresse.startswith(_ADRESSES) else ["suite", contenu]

    def _image(self, c: Any) -> str:
        nom = f"figure-{len(self.images)}.svg"
        self.images[nom] = figures.contenu(c[2][0])
        return nom

    def _figure(self, c: Any) -> Simple:
        image = next(n["c"] for n in arbres.parcourir(c[2]) if n["t"] == "Image")
        legende = [noeud for b in c[1][1] if b["t"] in {"Plain", "Para"} for noeud in self.ligne(b["c"])]
        nom = self._image(image)
        return [
            "figure",
            nom,
            avec_glyphes(arbres.texte_de(image[1])),
            legende,
            figures.part_de_colonne(self.images[nom]),
        ]

    def _tableau(self, c: Any) -> Simple:
        corps = [ligne for partie in c[4] for ligne in partie[2] + partie[3]] + c[5][1]
        largeurs = [colonne[1]["c"] for colonne in c[2]]
        tete = [self._rangee(r, largeurs, signe=_GRAS) for r in c[3][1]]
        # Répéter un en-tête plus haut que la page ne finirait pas.
        repete = len(arbres.texte_de(c[3])) < ENTETE_REPETE
        return ["tableau", largeurs, tete, [self._rangee(r, largeurs) for r in corps], repete]

    def _rangee(self, rangee: Any, largeurs: list[float], *, signe: float = _SIGNE) -> Simple:
        """Chaque case : [lignes, colonnes, blocs, césure, coupure]. Rien ne s'y coupe qui puisse rester entier."""
        coupure = len(arbres.texte_de(rangee)) > RANGEE_ENTIERE
        cases: Simple = []
        rang = 0
        for _, _, hauteur, largeur, contenu in rangee[1]:
            place = sum(largeurs[rang : rang + largeur]) / sum(largeurs) * figures.COLONNE - _MARGES
            cesure = _mot_le_plus_long(arbres.texte_de(contenu)) * signe > place
            cases.append([hauteur, largeur, self.blocs(contenu), cesure, coupure])
            rang += largeur
        return cases
