"""Le glossaire public : celui de la documentation, lu tel quel, et les zonages du référentiel. Une seule donnée."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

ICI = Path(__file__).parent
# Dans la roue, le fichier est rangé ici ; dans le dépôt, il est à sa place parmi la documentation.
CHEMINS = (ICI / "glossaire.md", ICI.parents[1] / "docs" / "glossaire.md")
HORS_PUBLIC = "Des modèles aux mots"
MAISON = "maison"

_TITRE = re.compile(r"^## (.+)$")
_LIGNE = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$")
_GRAS = re.compile(r"\*\*(.+?)\*\*")
_ITALIQUE = re.compile(r"\*(.+?)\*")
_CODE = re.compile(r"`(.+?)`")
_LIEN = re.compile(r"\[(.+?)\]\([^)]+\)")


@dataclass(frozen=True, slots=True)
class Mot:
    """Un mot et ce qu'il veut dire. `source` est vide pour un mot de la maison."""

    ancre: str
    mot: SafeString
    sens: SafeString
    source: str


@dataclass(frozen=True, slots=True)
class Chapitre:
    titre: str
    mots: tuple[Mot, ...]

    @property
    def ancre(self) -> str:
        return f"chapitre-{slugify(self.titre)}"


@cache
def chapitres() -> tuple[Chapitre, ...]:
    """Les chapitres du glossaire, sans la table qui ne sert qu'aux développeurs."""
    fichier = next(chemin for chemin in CHEMINS if chemin.is_file())
    trouves: dict[str, list[Mot]] = {}
    titre = ""
    for ligne in fichier.read_text(encoding="utf-8").splitlines():
        if entete := _TITRE.match(ligne):
            titre = entete[1]
        elif titre and titre != HORS_PUBLIC and (cellules := _LIGNE.match(ligne)) and cellules[1] != "mot":
            trouves.setdefault(titre, []).append(_mot(*cellules.groups()))
    return tuple(Chapitre(nom, tuple(mots)) for nom, mots in trouves.items())


def _mot(mot: str, sens: str, source: str) -> Mot:
    nu = re.sub(r"[*`]", "", mot)
    return Mot(f"mot-{slugify(nu)}", _en_html(mot), _en_html(sens), "" if source == MAISON else source)


def _en_html(texte: str) -> SafeString:
    """Le peu de Markdown qu'emploie le glossaire ; les liens internes à la documentation perdent leur adresse."""
    html = escape(_LIEN.sub(r"\1", texte), quote=False)
    html = _GRAS.sub(r"<strong>\1</strong>", html)
    html = _ITALIQUE.sub(r"<em>\1</em>", html)
    return mark_safe(_CODE.sub(r"<code>\1</code>", html))  # noqa: S308 — échappé à l'instant
