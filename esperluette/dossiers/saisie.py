"""Ce que le navigateur envoie pour un champ, et ce qu'on y affiche sans JavaScript.

Noms des contrôles : « territoire » (la valeur), « version:territoire » (le numéro de version lu),
« forme:territoire » (« html » quand l'éditeur enrichi a parlé ; sinon le texte est simple).
"""

import html
import re
from collections.abc import Iterator
from typing import Any, Protocol, cast

from django.core.exceptions import ValidationError

from esperluette.commun.texte_riche import nettoyer, texte_brut
from esperluette.diagnostics.encart import memes_mots, saisie_de
from esperluette.referentiel.modele import Champ
from esperluette.referentiel.normalisation import ValeurRefusee
from esperluette.territoires.champs import ChampCommunes, SaisieMultiple, WidgetCommunes
from esperluette.territoires.models import Commune

PREFIXE_VERSION = "version:"
PREFIXE_FORME = "forme:"
_PUCE = re.compile(r"^[-•*]\s+(.*)$")
_NUMERO = re.compile(r"^\d{1,3}[.)]\s+(.*)$")
# La plus profonde d'abord : rien n'y ouvre une autre liste.
_LISTE = re.compile(r"<(ul|ol)>((?:(?!<[uo]l>).)*?)</\1>", re.DOTALL)
_ELEMENT = re.compile(r"<li>(.*?)</li>", re.DOTALL)


class Formulaire(Protocol):
    """Ce qu'on lit d'un `QueryDict`."""

    def get(self, cle: str, defaut: Any = None, /) -> Any: ...
    def getlist(self, cle: str, /) -> list[Any]: ...
    def __contains__(self, cle: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


class CommunesARevoir(ValeurRefusee):
    """Une commune tapée n'est pas reconnue ; la page en propose d'autres et garde ce qui était tapé."""

    def __init__(self, message: str, saisie: SaisieMultiple, candidates: tuple[Commune, ...]) -> None:
        super().__init__(message)
        self.saisie, self.candidates = saisie, candidates


def extraire(champ: Champ, nom: str, envoi: Formulaire) -> Any:
    """La saisie brute d'un champ, prête pour `normaliser`. Lève `CommunesARevoir` pour une commune mal reconnue."""
    if champ.type == "communes":
        return _communes(nom, envoi)
    if champ.type == "cases":
        return [v for v in envoi.getlist(nom) if v]
    brut = str(envoi.get(nom) or "")
    if champ.type == "chiffres":
        return saisie_de(nom, envoi)
    if champ.type == "texte_riche" and envoi.get(PREFIXE_FORME + nom) != "html":
        return html_du_texte_simple(brut)
    return brut


def _communes(nom: str, envoi: Formulaire) -> list[str]:
    controle = ChampCommunes(required=False)
    widget = cast(WidgetCommunes, controle.widget)
    saisie = widget.value_from_datadict(envoi, None, nom)
    try:
        return [commune.pk for commune in controle.clean(saisie)]
    except ValidationError as refus:
        raise CommunesARevoir(" ".join(refus.messages), saisie, widget.candidates) from None


def version_lue(nom: str, envoi: Formulaire) -> int | None:
    """Le numéro de version que la page affichait, ou None si le champ n'y était pas."""
    brut = str(envoi.get(PREFIXE_VERSION + nom) or "")
    return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 10 else None


def texte_simple(contenu_html: str) -> str:
    """Un texte riche, lisible dans une zone de texte : une ligne vide entre paragraphes, « - » devant les puces."""

    def liste(trouvee: re.Match[str]) -> str:
        elements = _ELEMENT.findall(trouvee[2])
        numerotee = trouvee[1] == "ol"
        lignes = (f"{f'{n}.' if numerotee else '-'} {_sans_balise(e)}" for n, e in enumerate(elements, start=1))
        return "<p>" + html.escape("\n".join(lignes), quote=False) + "</p>"

    plat = re.sub(r"<br\s*/?>", "\n", contenu_html)
    precedent = None
    while precedent != plat:  # une liste dans une liste s'aplatit de l'intérieur vers l'extérieur
        precedent, plat = plat, _LISTE.sub(liste, plat)
    return texte_brut(plat.replace("</p>", "\n</p>").replace("</h4>", "\n</h4>")).strip()


def _sans_balise(contenu: str) -> str:
    return re.sub(r"\n{2,}", "\n", texte_brut(contenu.replace("</p>", "\n"))).strip()


def html_du_texte_simple(texte: str) -> str:
    """L'inverse : paragraphes, retours à la ligne, puces et numéros reconnus ; tout le reste est échappé."""
    blocs = re.split(r"\n\s*\n", texte.replace("\r\n", "\n").replace("\r", "\n").strip())
    return "".join(_bloc(bloc.split("\n")) for bloc in blocs if bloc.strip())


def _bloc(lignes: list[str]) -> str:
    lignes = [ligne.strip() for ligne in lignes]
    for balise, motif in (("ul", _PUCE), ("ol", _NUMERO)):
        trouvees = [motif.match(ligne) for ligne in lignes]
        if all(trouvees):
            elements = "".join(f"<li><p>{html.escape(t[1], quote=False)}</p></li>" for t in trouvees if t)
            return f"<{balise}>{elements}</{balise}>"
    return "<p>" + "<br>".join(html.escape(ligne, quote=False) for ligne in lignes) + "</p>"


def est_inchangee(champ: Champ, brut: Any, normalisee: Any, affichee: Any, *, forme_html: bool) -> bool:
    """Vrai si la personne n'a pas touché au champ : ce qu'elle renvoie est ce que la page lui montrait."""
    if champ.type == "chiffres":
        return memes_mots(normalisee or brut, affichee)
    if normalisee == affichee or (not normalisee and not affichee and normalisee != 0 and affichee != 0):
        return True
    if champ.type == "texte_riche" and not forme_html:
        # Affiché sans sa mise en forme, il revient sans elle : comparer ce qui se lisait.
        return texte_simple(nettoyer(str(brut))) == texte_simple(affichee or "")
    return False
