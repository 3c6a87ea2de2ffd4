"""L'arbre Pandoc d'un document : ce que les trois formats ont en commun."""

from collections.abc import Iterator
from typing import Any

Noeud = dict[str, Any]

NIVEAUX_DU_SOMMAIRE = 2
SAISI = "unlisted"  # ni sommaire ni signet
HORS_SOMMAIRE = "hors-sommaire"  # un signet, pas de ligne au sommaire


def preparer(arbre: dict[str, Any]) -> dict[str, Any]:
    """Corrige l'arbre sur place : niveaux de titres sans saut, colonnes à largeur dite.

    Un titre saisi par une personne (dans un bloc « saisie ») se range sous celui de sa rubrique et n'entre
    pas au sommaire ; dans une case de tableau, il devient un paragraphe en gras.
    """
    _titres(arbre["blocks"], niveau=0, saisie=False)
    for noeud in parcourir(arbre["blocks"]):
        if noeud["t"] == "Table":
            _largeurs(noeud)
    return arbre


def meta(arbre: dict[str, Any], nom: str) -> str:
    """Une métadonnée de la page (`<title>`, `<meta name=…>`), en texte."""
    valeur = arbre["meta"].get(nom)
    return "" if valeur is None else texte_de(valeur)


def texte_de(noeuds: Any) -> str:
    """Le texte d'une suite de nœuds."""
    morceaux: list[str] = []
    for noeud in parcourir(noeuds):
        if noeud["t"] in {"Str", "MetaString"}:
            morceaux.append(noeud["c"])
        elif noeud["t"] == "Code":
            morceaux.append(noeud["c"][1])
        elif noeud["t"] in {"Space", "SoftBreak", "LineBreak"}:
            morceaux.append(" ")
    return "".join(morceaux)


def parcourir(noeud: Any) -> Iterator[Noeud]:
    """Tous les nœuds, dans l'ordre de lecture."""
    if isinstance(noeud, dict) and "t" in noeud:
        yield noeud
        yield from parcourir(noeud.get("c"))
    elif isinstance(noeud, list):
        for enfant in noeud:
            yield from parcourir(enfant)


def classes(div: Noeud) -> list[str]:
    """Les classes d'un Div."""
    trouvees: list[str] = div["c"][0][1]
    return trouvees


def titres(arbre: dict[str, Any]) -> list[tuple[int, str, str]]:
    """(niveau, ancre, texte) des titres du sommaire."""
    return [
        (n["c"][0], n["c"][1][0], texte_de(n["c"][2]))
        for n in parcourir(arbre["blocks"])
        if n["t"] == "Header" and au_sommaire(n)
    ]


def au_sommaire(titre: Noeud) -> bool:
    """Un titre du gabarit, assez haut pour paraître au sommaire, et que le gabarit n'en a pas écarté."""
    return titre["c"][0] <= NIVEAUX_DU_SOMMAIRE and not {SAISI, HORS_SOMMAIRE} & set(titre["c"][1][1])


def _titres(blocs: list[Noeud], *, niveau: int, saisie: bool) -> int:
    for bloc in blocs:
        if bloc["t"] == "Header":
            attributs = bloc["c"][1]
            if saisie:
                bloc["c"][0] = min(niveau + 1, 6)
                attributs[1].append(SAISI)
                attributs[0] = ""
            else:
                niveau = bloc["c"][0] = min(bloc["c"][0], niveau + 1)
        elif bloc["t"] == "Div":
            niveau = _titres(bloc["c"][1], niveau=niveau, saisie=saisie or "saisie" in classes(bloc))
        elif bloc["t"] in {"BulletList", "OrderedList", "BlockQuote", "Table"}:
            for noeud in parcourir(bloc["c"]):
                if noeud["t"] == "Header":
                    noeud.update(t="Para", c=[{"t": "Strong", "c": noeud["c"][2]}])
    return niveau


def _largeurs(tableau: Noeud) -> None:
    colonnes = tableau["c"][2]
    for colonne in colonnes:
        if colonne[1]["t"] == "ColWidthDefault":
            colonne[1] = {"t": "ColWidth", "c": 1 / len(colonnes)}
