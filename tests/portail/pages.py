"""Lire une page comme un visiteur : son titre, ses liens, ses ancres."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit


@dataclass
class Lecture(HTMLParser):
    """Ce qu'on retient d'une page."""

    liens: list[str] = field(default_factory=list)
    ancres: list[str] = field(default_factory=list)
    titres: list[str] = field(default_factory=list)
    description: str = ""
    titre: str = ""
    _dans: str = ""

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        valeurs = dict(attrs)
        if valeurs.get("id"):
            self.ancres.append(valeurs["id"])
        if tag == "a" and valeurs.get("href"):
            self.liens.append(valeurs["href"])
        if tag == "meta" and valeurs.get("name") == "description":
            self.description = valeurs.get("content") or ""
        if tag in {"h1", "title"}:
            self._dans = tag
            if tag == "h1":
                self.titres.append("")

    def handle_endtag(self, tag):
        if tag == self._dans:
            self._dans = ""

    def handle_data(self, data):
        if self._dans == "h1":
            self.titres[-1] += data
        elif self._dans == "title":
            self.titre += data


def lire(html: str) -> Lecture:
    """La page, lue."""
    lecture = Lecture()
    lecture.feed(html)
    return lecture


def internes(lecture: Lecture, page: str) -> list[tuple[str, str]]:
    """Les (adresse, ancre) des liens qui restent sur le site."""
    retenus = []
    for lien in lecture.liens:
        adresse, ancre = urldefrag(lien)
        if urlsplit(lien).scheme or lien.startswith("//"):
            continue
        chemin = adresse or page
        if chemin.startswith("?"):
            chemin = page.partition("?")[0] + chemin
        retenus.append((chemin, unquote(ancre)))
    return retenus
