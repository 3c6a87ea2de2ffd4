"""Les JSON Schema des fichiers d'une édition, pour les éditeurs de texte qui complètent et vérifient.

Ils disent la forme d'un fichier tel qu'on l'écrit : une source sans sa date (elle vient du document), un régime repris
par `commun`, les paramètres que chaque fonction admet. Ce qu'un schéma ne sait pas dire (un renvoi vers un autre
fichier), `esperluette referentiel verifier` le dit.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from esperluette.referentiel.cas import FichierCas
from esperluette.referentiel.criteres import FONCTIONS
from esperluette.referentiel.fichiers import FICHIERS_D_UNE_EDITION
from esperluette.referentiel.questionnaire import Trame

DOSSIER = "schemas"  # à côté des régions : « ../../schemas/criteres.json » depuis une édition
MODELES: dict[str, type[BaseModel]] = {
    **{Path(nom).stem: modele for nom, modele in FICHIERS_D_UNE_EDITION.items()},
    "trame": Trame,
    "cas": FichierCas,
}
_REPRENABLES = ("RegimeDecision", "Fonctionnement", "AvisPossibles")
_INTERNES = ("document_id", "document_date")
_DATE = {"type": "string", "format": "date"}
_MONTANT = {"anyOf": [{"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"}, {"type": "null"}], "default": None}


def schema(nom: str) -> dict[str, Any]:
    """Le schéma d'un fichier (« criteres », « trame »…) ; lève `KeyError`."""
    brut = MODELES[nom].model_json_schema()
    definitions = brut.get("$defs", {})
    if "Source" in definitions:
        _source(definitions["Source"])
    for reprenable in _REPRENABLES:
        if reprenable in definitions:
            _commun(definitions[reprenable])
    for regle in ("Regle", "Critere"):
        if regle in definitions:
            _fonctions(definitions[regle])
    propre: dict[str, Any] = _epurer(brut)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Esperluette : {nom}", **propre}


def ecrire(dossier: Path) -> list[Path]:
    """Écrit tous les schémas ; rend les fichiers écrits."""
    dossier.mkdir(parents=True, exist_ok=True)
    ecrits = []
    for nom in sorted(MODELES):
        fichier = dossier / f"{nom}.json"
        fichier.write_text(texte(nom), encoding="utf-8")
        ecrits.append(fichier)
    return ecrits


def texte(nom: str) -> str:
    """Le fichier publié, toujours le même à l'octet près."""
    return json.dumps(schema(nom), ensure_ascii=False, indent=1) + "\n"


def _source(definition: dict[str, Any]) -> None:
    """Dans un fichier, une source nomme un document déclaré et un passage ; le reste en découle."""
    definition["required"] = ["document", "passage"]
    for interne in _INTERNES:
        definition["properties"].pop(interne, None)


def _commun(definition: dict[str, Any]) -> None:
    """Écrit en entier, ou repris du socle par `commun` et complété."""
    definition["properties"]["commun"] = {"type": "string"}
    entier = definition.pop("required", [])
    definition["anyOf"] = [{"required": ["commun"]}, {"required": entier}]


def _fonctions(definition: dict[str, Any]) -> None:
    """La fonction est l'une de celles qui existent, et ses paramètres sont les siens."""
    definition["properties"]["fonction"] = {"enum": sorted(FONCTIONS)}
    definition["allOf"] = [
        {
            "if": {"properties": {"fonction": {"const": nom}}, "required": ["fonction"]},
            "then": {"properties": {"parametres": fonction.parametres.model_json_schema()}},
        }
        for nom, fonction in sorted(FONCTIONS.items())
    ]


def _epurer(valeur: Any, cle: str = "") -> Any:
    """Sans les titres mécaniques ni les défauts nuls ; les montants et les dates tels qu'on les écrit."""
    if isinstance(valeur, list):
        return [_epurer(v) for v in valeur]
    if not isinstance(valeur, dict):
        return valeur
    if cle in {"montant", "tarif"} and "anyOf" in valeur:
        return _MONTANT
    proprietes = cle == "properties"
    return {
        k: _epurer(v, k)
        for k, v in valeur.items()
        if proprietes or (not (k == "title" and isinstance(v, str)) and not (k == "default" and v is None))
    }
