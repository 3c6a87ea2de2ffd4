"""Lire du YAML 1.2 en gardant la ligne de chaque valeur ; refuser ce qui prête à confusion."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from esperluette.referentiel.sources import suggestion

Chemin = tuple[int | str, ...]
_ETIQUETTE = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Probleme:
    """Ce qui empêche de charger un fichier, dit à la personne qui l'écrit."""

    fichier: str
    ligne: int
    cause: str

    def __str__(self) -> str:
        return f"{self.fichier}, ligne {self.ligne} : {self.cause}"


class FichierInvalide(Exception):
    """Un fichier qui ne se charge pas ; `fichier`, `ligne` et `cause` sont ceux du premier problème."""

    def __init__(self, problemes: Iterable[Probleme]) -> None:
        self.problemes = tuple(problemes)
        premier = self.problemes[0]
        self.fichier, self.ligne, self.cause = premier.fichier, premier.ligne, premier.cause
        super().__init__("\n".join(str(p) for p in self.problemes))


@dataclass(frozen=True)
class FichierLu:
    """Le contenu d'un fichier YAML et la ligne de chacune de ses valeurs."""

    nom: str
    contenu: Any
    lignes: dict[Chemin, int]

    def ligne(self, chemin: Sequence[int | str]) -> int:
        """La ligne de la valeur, sinon celle de son plus proche parent connu."""
        connu: Chemin = ()
        for morceau in chemin:
            if (*connu, morceau) in self.lignes:
                connu = (*connu, morceau)
        return self.lignes.get(connu, 1)

    def probleme(self, chemin: Sequence[int | str], cause: str) -> Probleme:
        return Probleme(self.nom, self.ligne(chemin), cause)


@lru_cache(maxsize=64)
def lire(texte: str, nom: str) -> FichierLu:
    """Lit un document YAML 1.2 ; lève `FichierInvalide` avec la ligne et la cause.

    Gardé en mémoire : quand un fichier d'une édition change, les autres ne se relisent pas. Le contenu rendu ne se
    modifie pas.
    """
    try:
        racine = YAML(typ="safe", pure=True).compose(texte)
    except MarkedYAMLError as erreur:
        marque = erreur.problem_mark or erreur.context_mark
        ligne = marque.line + 1 if marque is not None else 1
        raise FichierInvalide([Probleme(nom, ligne, f"YAML illisible ({erreur.problem})")]) from erreur
    except (YAMLError, ValueError) as erreur:
        raise FichierInvalide([Probleme(nom, 1, f"YAML illisible ({erreur})")]) from erreur
    except RecursionError as erreur:
        raise FichierInvalide([Probleme(nom, 1, "YAML trop imbriqué")]) from erreur
    if racine is None:
        raise FichierInvalide([Probleme(nom, 1, "fichier vide")])
    lecteur = _Lecteur(nom)
    contenu = lecteur.valeur(racine, ())
    return FichierLu(nom, contenu, lecteur.lignes)


class _Lecteur:
    """Convertit les nœuds : séquences en tuples, dates en dates, et rien d'autre que les types simples."""

    def __init__(self, nom: str) -> None:
        self.nom = nom
        self.lignes: dict[Chemin, int] = {}
        self._vus: set[int] = set()

    def valeur(self, noeud: Node, chemin: Chemin) -> Any:
        self.lignes.setdefault(chemin, noeud.start_mark.line + 1)
        if noeud.anchor is not None or id(noeud) in self._vus:
            raise self._refus(noeud, "les renvois YAML (&, *) ne sont pas admis : recopiez la valeur")
        self._vus.add(id(noeud))
        etiquette = str(noeud.tag).removeprefix(_ETIQUETTE)
        if isinstance(noeud, MappingNode) and etiquette == "map":
            return self._dictionnaire(noeud, chemin)
        if isinstance(noeud, ScalarNode):
            return self._scalaire(noeud, etiquette)
        if etiquette == "seq":
            return tuple(self.valeur(n, (*chemin, i)) for i, n in enumerate(noeud.value))
        raise self._refus(noeud, f"étiquette YAML non admise : {noeud.tag}")

    def _dictionnaire(self, noeud: MappingNode, chemin: Chemin) -> dict[str, Any]:
        resultat: dict[str, Any] = {}
        for cle, valeur in noeud.value:
            if not isinstance(cle, ScalarNode) or cle.tag != _ETIQUETTE + "str":
                brut = cle.value if isinstance(cle, ScalarNode) else "…"
                raise self._refus(cle, f'une clé est un texte : écrivez "{brut}" entre guillemets')
            if cle.value in resultat:
                raise self._refus(cle, f"clé « {cle.value} » écrite deux fois")
            self.lignes[(*chemin, cle.value)] = cle.start_mark.line + 1
            resultat[cle.value] = self.valeur(valeur, (*chemin, cle.value))
        return resultat

    def _scalaire(self, noeud: ScalarNode, etiquette: str) -> Any:
        brut: str = noeud.value
        try:
            match etiquette:
                case "str":
                    return brut
                case "null":
                    return None
                case "bool":
                    return brut.lower() == "true"
                case "int":
                    return int(brut.replace("_", ""), 0 if brut.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"} else 10)
                case "float":
                    return float(brut.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
                case "timestamp" if _DATE.fullmatch(brut):
                    return datetime.date.fromisoformat(brut)
                case "timestamp":
                    return brut
        except ValueError:
            raise self._refus(noeud, f"valeur illisible : {brut}") from None
        raise self._refus(noeud, f"étiquette YAML non admise : {noeud.tag}")

    def _refus(self, noeud: Node, cause: str) -> FichierInvalide:
        return FichierInvalide([Probleme(self.nom, noeud.start_mark.line + 1, cause)])


def problemes_de_forme(fichier: FichierLu, erreur: ValidationError, prefixe: Chemin = ()) -> list[Probleme]:
    """Traduit les erreurs de pydantic en français, chacune avec sa ligne."""
    return [
        fichier.probleme((*prefixe, *detail["loc"]), _cause(fichier, (*prefixe, *detail["loc"]), dict(detail)))
        for detail in erreur.errors(include_url=False)
    ]


def _cause(fichier: FichierLu, chemin: Chemin, detail: dict[str, Any]) -> str:
    nom = ".".join(str(m + 1) if isinstance(m, int) else m for m in chemin)
    recu = detail.get("input")
    contexte = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"il manque « {chemin[-1]} »" + (f" dans « {nom.rpartition('.')[0]} »" if len(chemin) > 1 else "")
        case "extra_forbidden":
            return f"clé inconnue « {chemin[-1]} » (« {nom} »)"
        case "string_type" if isinstance(recu, int | float):
            return f'« {nom} » doit être un texte : écrivez "{recu}" entre guillemets, avec ses zéros de tête'
        case "string_type" if isinstance(recu, datetime.date):
            return f'« {nom} » doit être un texte : écrivez "{recu}" entre guillemets'
        case "string_pattern_mismatch":
            return f"« {nom} » : « {recu} » n'a pas la forme attendue"
        case "string_too_short":
            return f"« {nom} » est vide"
        case "literal_error" | "enum":
            return f"« {nom} » : « {recu} » n'est pas admis ; attendu : {contexte.get('expected')}"
        case "value_error" | "assertion_error":
            return f"« {nom} » : {contexte.get('error')}"
        case "tuple_type":
            return f"« {nom} » doit être une liste"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"« {nom} » doit être un groupe de clés"
        case "date_type":
            return f"« {nom} » doit être une date AAAA-MM-JJ, sans guillemets"
        case "int_type" | "float_type":
            return f"« {nom} » doit être un nombre"
        case "bool_type":
            return f"« {nom} » vaut true ou false"
    return f"« {nom} » : valeur refusée ({detail['msg']})"


def cle_inconnue(nom: str, connues: Iterable[str]) -> str:
    return f"clé inconnue « {nom} » ; {suggestion(nom, connues)}"
