"""La couverture des sources : lire les tableaux de docs/couverture/, les comparer aux documents et aux fichiers cités.

Un passage y est un repère (ses premiers mots, ses chiffres, ses dates, ses adresses) et une empreinte : assez pour
vérifier que rien du document n'est oublié, sans le recopier.

`python -m tests.coherence.couverture DOCUMENT.txt` écrit le squelette du tableau d'un document : un passage par ligne.
`python -m tests.coherence.couverture --passage "Un texte."` écrit le repère et l'empreinte d'un passage.
`python -m tests.coherence.couverture --sommaire` récrit les comptes de docs/couverture-des-sources.md.
"""

import ast
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from esperluette.referentiel.yaml_situe import lire as lire_yaml
from tests.coherence.depot import RACINE

DOSSIER = RACINE / "docs" / "couverture"
SOMMAIRE = RACINE / "docs" / "couverture-des-sources.md"
COLONNES = ["passage", "empreinte", "où", "état", "remarque"]
ETATS = ("porté", "prévu", "hors outil")
ELLIPSE = "[…]"
PREMIERS_MOTS = 5
MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@dataclass(frozen=True)
class Ligne:
    """Un passage du document, et ce qu'on en fait."""

    fichier: str
    numero: int  # dans le fichier, pour la retrouver
    passage: str  # le repère, lisible
    empreinte: tuple[tuple[int, str], ...]  # par fragment : son nombre de mots, leur condensé
    ou: tuple[str, ...]
    etat: str
    remarque: str

    def __str__(self) -> str:
        return f"{self.fichier}:{self.numero}"


class TableauIllisible(ValueError):
    """Un tableau de couverture mal formé ; le message dit le fichier et la ligne."""


def tableaux() -> list[Path]:
    return sorted(DOSSIER.glob("*.md"))


@cache
def lire(fichier: Path) -> tuple[Ligne, ...]:
    """Les lignes du tableau, dans l'ordre du document. Lève `TableauIllisible`."""
    lignes = []
    for numero, brut in enumerate(fichier.read_text(encoding="utf-8").splitlines(), start=1):
        if not brut.startswith("|"):
            continue
        cellules = [c.strip() for c in brut.strip().strip("|").split("|")]
        if cellules == COLONNES or set("".join(cellules)) <= {"-", ":"}:
            continue
        if len(cellules) != len(COLONNES):
            raise TableauIllisible(f"{fichier.name}:{numero} : {len(cellules)} cellules, {len(COLONNES)} attendues")
        passage, empreinte, ou, etat, remarque = cellules
        fragments = tuple((int(n), condense) for n, condense in re.findall(r"(\d+):([0-9a-f]{8})\b", empreinte))
        renvois = tuple(re.findall(r"`([^`]+)`", ou))
        lignes.append(Ligne(fichier.name, numero, passage, fragments, renvois, etat, remarque))
    return tuple(lignes)


def compte(fichier: Path) -> dict[str, int]:
    """Le nombre de passages, puis celui de chaque état."""
    etats = Counter(ligne.etat for ligne in lire(fichier))
    return {"passages": len(lire(fichier)), **{etat: etats[etat] for etat in ETATS}}


# --- Comparer à un document -----------------------------------------------------------------------


def mots(texte: str) -> list[str]:
    """Les mots d'un texte, sans la mise en forme : ni signets de traitement de texte, ni gras, ni ponctuation."""
    return re.findall(r"\w+", re.sub(r"\[bookmark:[^\]]*\]", " ", texte))


def condense(voulus: list[str]) -> str:
    """Huit chiffres qui changent si un mot change."""
    return hashlib.sha256(" ".join(voulus).encode()).hexdigest()[:8]


def empreinte(passage: str) -> str:
    """Ce qu'écrit la colonne : « 12:ab34cd56 », un par fragment séparé par `[…]`."""
    fragments = [mots(f) for f in passage.split(ELLIPSE)]
    return " ".join(f"{len(f)}:{condense(f)}" for f in fragments if f)


def repere(passage: str) -> str:
    """Les premiers mots, puis les chiffres, les dates, les courriels, entiers. Un passage bref reste entier."""
    texte = " ".join(passage.replace(ELLIPSE, "…").split())
    coupes = list(re.finditer(r"\S+", texte))
    if len(coupes) <= PREMIERS_MOTS + 1:
        return texte
    coupe = coupes[PREMIERS_MOTS - 1].end()
    coupe = next((m.end() for m in EXACTS.finditer(texte) if m.start() < coupe < m.end()), coupe)
    debut, reste = texte[:coupe], texte[coupe:]
    exacts = [" ".join(m.group(0).split()).strip(" .,") for m in EXACTS.finditer(reste)]
    return f"{debut}… ({', '.join(exacts)})" if exacts else f"{debut}…"


EXACTS = re.compile(
    r"[\w.-]+@[\w-]+(?:\.[\w-]+)+"  # un courriel
    r"|https?://\S+"
    rf"|\b\d{{1,2}}(?:er)? (?:{'|'.join(MOIS)})(?: \d{{4}})?"
    r"|\b0\d(?:[ .]?\d\d){4}\b"  # un téléphone
    r"|\b\d[\d  ]*(?:[.,]\d{2})? ?(?:€|euros?\b)"
    r"|\b\w*\d[\w./-]*"
)


def oublies(document: str, lignes: tuple[Ligne, ...]) -> list[str]:
    """Ce que le document dit et que le tableau ne porte pas, ou pas à sa place. Vide : tout y est, dans l'ordre."""
    attendus, ici, problemes = mots(document), 0, []
    for ligne in lignes:
        if not ligne.empreinte:
            problemes.append(f"{ligne} : sans empreinte")
        for rang, (nombre, condense_) in enumerate(ligne.empreinte):
            debut = _chercher(attendus, nombre, condense_, ici)
            if debut is None:
                problemes.append(f"{ligne} : le document ne dit pas (ou pas ici) « {ligne.passage} »")
                continue
            if debut > ici and rang == 0:
                problemes.append(f"{ligne} : avant ce passage, rien ne porte « {' '.join(attendus[ici:debut])} »")
            ici = debut + nombre
    if reste := " ".join(attendus[ici:]):
        problemes.append(f"à la fin, rien ne porte « {reste} »")
    return problemes


def _chercher(mots_: list[str], nombre: int, condense_: str, depuis: int) -> int | None:
    for debut in range(depuis, len(mots_) - nombre + 1):
        if condense(mots_[debut : debut + nombre]) == condense_:
            return debut
    return None


def nombres(texte: str) -> Counter[str]:
    """Tous les nombres écrits en chiffres, y compris ceux d'une date, d'un montant ou d'un téléphone."""
    return Counter(re.findall(r"\d+", " ".join(mots(texte))))


def precisions(texte: str) -> set[str]:
    """Ce qui ne souffre pas d'à-peu-près, sous une forme unique : courriels, téléphones, montants, dates."""
    texte = texte.replace("\xa0", " ").replace("\u202f", " ")
    trouvees = set(re.findall(r"[\w.-]+@[\w-]+(?:\.[\w-]+)+", texte.lower()))
    trouvees |= {re.sub(r"\D", "", t) for t in re.findall(r"\b0\d(?:[ .]?\d\d){4}\b", texte)}
    for montant in re.findall(r"\b(\d[\d ]*(?:[.,]\d{2})?) ?(?:€|euros?\b)", texte):
        entier = re.sub(r"[.,]\d{2}$", "", montant)
        trouvees.add(entier.replace(" ", "") + " €")
    trouvees |= set(re.findall(r"\b\d{4}-\d\d-\d\d\b", texte))
    trouvees |= {f"{a}-{m}-{j}" for j, m, a in re.findall(r"\b(\d\d)/(\d\d)/(\d{4})\b", texte)}
    for jour, mois, annee in re.findall(rf"\b(\d{{1,2}})(?:er)? ({'|'.join(MOIS)}) (\d{{4}})\b", texte.lower()):
        trouvees.add(f"{annee}-{MOIS.index(mois) + 1:02}-{int(jour):02}")
    return trouvees


# --- Suivre un renvoi -------------------------------------------------------------------------------


class RenvoiPerdu(LookupError):
    """Un fichier ou un identifiant cité qui n'existe pas."""


def suivre(renvoi: str) -> str:
    """Le texte de l'élément cité (`editions/…/aides.yaml#id`) ; lève `RenvoiPerdu`."""
    nom, _, chemin = renvoi.partition("#")
    fichier = RACINE / ("esperluette/" + nom if nom.startswith("editions/") else nom)
    if not fichier.exists():
        raise RenvoiPerdu(f"« {nom} » n'existe pas")
    if not chemin:
        return fichier.read_text(encoding="utf-8") if fichier.is_file() else ""
    if fichier.suffix == ".py":
        return _dans_le_python(fichier, chemin)
    if fichier.suffix != ".yaml":
        raise RenvoiPerdu(f"« {renvoi} » : un identifiant ne se cite que dans un fichier YAML ou Python")
    contenu = lire_yaml(fichier.read_text(encoding="utf-8"), nom).contenu
    trouve = next(_au_bout(contenu, chemin.split("/")), None)
    if trouve is None:
        raise RenvoiPerdu(f"« {renvoi} » : rien ne s'appelle « {chemin} »")
    return _texte(trouve)


def _au_bout(noeud: Any, etapes: list[str]) -> Iterator[Any]:
    """Ce que désigne le chemin : une étape et une démarche peuvent porter le même nom, on les essaie toutes."""
    if not etapes:
        yield noeud
        return
    for suivant in _descendants(noeud, etapes[0]):
        yield from _au_bout(suivant, etapes[1:])


def _dans_le_python(fichier: Path, nom: str) -> str:
    source = fichier.read_text(encoding="utf-8")
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.FunctionDef | ast.ClassDef) and noeud.name == nom:
            return ast.get_source_segment(source, noeud) or ""
    raise RenvoiPerdu(f"« {fichier.name}#{nom} » : ni fonction ni classe de ce nom")


def _descendants(noeud: Any, nom: str) -> Iterator[Any]:
    """Les éléments de cet `id`, ou de cette date, ou rangés sous cette clé ; les plus proches d'abord."""
    niveau = [noeud]
    while niveau:
        suivant: list[Any] = []
        for element in niveau:
            if isinstance(element, dict):
                if nom in {str(element.get(cle)) for cle in ("id", "date")} and element is not noeud:
                    yield element
                if element.get(nom) is not None:
                    yield element[nom]
                suivant.extend(element.values())
            elif isinstance(element, tuple | list):
                suivant.extend(element)
        niveau = suivant


def _texte(noeud: Any) -> str:
    if isinstance(noeud, dict):
        return " \n".join(f"{cle} : {_texte(valeur)}" for cle, valeur in noeud.items())
    if isinstance(noeud, tuple | list):
        return " \n".join(_texte(element) for element in noeud)
    return str(noeud)


# --- Le sommaire ------------------------------------------------------------------------------------

DEBUT, FIN = "<!-- compte : début -->", "<!-- compte : fin -->"


def titre(fichier: Path) -> str:
    return fichier.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def tableau_du_sommaire() -> str:
    """Le tableau des comptes, tel qu'il doit être dans le sommaire."""
    lignes = ["| document | passages | " + " | ".join(ETATS) + " |", "|---" * (len(ETATS) + 2) + "|"]
    ensemble: Counter[str] = Counter()
    for fichier in tableaux():
        nombre = compte(fichier)
        ensemble.update(nombre)
        lignes.append(
            f"| [{titre(fichier)}](couverture/{fichier.name}) | " + " | ".join(map(str, nombre.values())) + " |"
        )
    totaux = " | ".join(str(ensemble[cle]) for cle in ("passages", *ETATS))
    return "\n".join([*lignes, f"| **Ensemble** | {totaux} |"])


def sommaire_a_jour(texte: str) -> str:
    """Le sommaire, ses comptes refaits."""
    avant, _, suite = texte.partition(DEBUT)
    _, _, apres = suite.partition(FIN)
    return f"{avant}{DEBUT}\n\n{tableau_du_sommaire()}\n\n{FIN}{apres}"


# --- À la main --------------------------------------------------------------------------------------


def squelette(document: str) -> Iterator[str]:
    """Une ligne de tableau par phrase ou par puce du document, à compléter."""
    yield "| " + " | ".join(COLONNES) + " |"
    yield "|---" * len(COLONNES) + "|"
    propre = re.sub(r"\[bookmark:[^\]]*\]|\*\*|☐", "", document).replace("\xa0", " ").replace("|", "/")
    propre = re.sub(r"(?m)^[ \t•]*(\d+)\.?[ \t]*\n\s*", r"\1. ", propre)  # un numéro seul va avec ce qui le suit
    for ligne in propre.splitlines():
        for phrase in re.split(r"(?<=[.?!])(?<!\d\.)(?<!cf\.) +(?=[A-ZÀ-Ý«])", " ".join(ligne.split())):
            if mots(phrase):
                yield f"| {repere(phrase.strip('•·- '))} | {empreinte(phrase)} |  |  |  |"


def main(arguments: list[str]) -> None:
    if arguments == ["--sommaire"]:
        SOMMAIRE.write_text(sommaire_a_jour(SOMMAIRE.read_text(encoding="utf-8")), encoding="utf-8")
        return
    if arguments[:1] == ["--passage"]:
        sys.stdout.write(f"| {repere(arguments[1])} | {empreinte(arguments[1])} |\n")
        return
    for nom in arguments:
        sys.stdout.write("\n".join(squelette(Path(nom).read_text(encoding="utf-8"))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
