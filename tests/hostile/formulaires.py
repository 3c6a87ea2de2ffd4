"""Ce qu'une page permet d'envoyer, lu dans son HTML : ses formulaires, et les paramètres de ses liens."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit


@dataclass
class Formulaire:
    """Un formulaire : où il va, comment, et ce qu'il enverrait tel quel."""

    action: str
    methode: str
    champs: dict[str, list[str]] = field(default_factory=dict)
    fichiers: set[str] = field(default_factory=set)

    @property
    def cle(self):
        return (self.action, tuple(sorted(self.champs)), tuple(sorted(self.fichiers)))


class _Lecteur(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.page, self.formulaires, self.nommes = page, [], {}
        self.courant = self.choix = self.zone = None
        self.liens = set()

    def handle_starttag(self, balise, attributs):
        a = {cle: valeur or "" for cle, valeur in attributs}
        if balise == "form":
            self.courant = Formulaire(
                urlsplit(urljoin(self.page, a.get("action") or self.page)).path, a.get("method", "get").lower()
            )
            self.formulaires.append(self.courant)
            self.nommes[a.get("id", "")] = self.courant
        elif (
            balise == "a"
            and "href" in a
            and urlsplit(urljoin(self.page, a.get("href", ""))).path == urlsplit(self.page).path
        ):
            self.liens |= {cle for cle, _ in parse_qsl(urlsplit(a["href"]).query, keep_blank_values=True)}
        elif balise == "option" and self.choix is not None:
            self._option(a)
        elif a.get("name") and (
            ou := self.nommes.get(a.get("form", ""), self.courant) if "form" in a else self.courant
        ):
            self._champ(balise, a, ou)

    def _champ(self, balise, a, ou):
        nom, valeurs = a["name"], ou.champs.setdefault(a["name"], [])
        if balise == "input" and a.get("type") == "file":
            ou.fichiers.add(nom)
        elif balise == "select":
            self.choix = (valeurs, "multiple" in a)
        elif balise == "textarea":
            self.zone = valeurs
            valeurs.append("")
        elif balise == "button" or a.get("type") not in {"checkbox", "radio"} or "checked" in a:
            valeurs.append(a.get("value", ""))

    def _option(self, a):
        valeurs, plusieurs = self.choix
        if "selected" in a or (not valeurs and not plusieurs and a.get("value")):
            valeurs[:] = [a.get("value", "")]

    def handle_data(self, texte):
        if self.zone is not None:
            self.zone[-1] += texte

    def handle_endtag(self, balise):
        if balise == "form":
            self.courant = None
        elif balise == "select":
            self.choix = None
        elif balise == "textarea":
            self.zone = None


def lire(html, page):
    """Les formulaires d'une page, et les paramètres que ses liens vers elle-même portent."""
    lecteur = _Lecteur(page)
    lecteur.feed(html)
    return lecteur.formulaires, lecteur.liens
