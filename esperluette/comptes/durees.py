"""Les durées, telles que le fichier de données et le responsable du traitement les disent."""

from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

STATUTS = {
    "technique": "technique",
    "proposee": "proposée, à fixer par le responsable du traitement",
    "fixee": "fixée",
}


class DureesInvalides(Exception):
    """Le fichier de durées ne se lit pas ; le texte dit où et pourquoi."""


@dataclass(frozen=True, slots=True)
class Duree:
    """Une règle de conservation. `jours` None : rien ne s'efface."""

    cle: str
    libelle: str
    depuis: str
    jours: int | None = None
    preavis: int | None = None
    statut: str = "proposee"
    source: str = ""

    @property
    def statut_en_clair(self) -> str:
        return STATUTS[self.statut]

    @property
    def en_clair(self) -> str:
        """« 730 jours après leur clôture », ou ce qu'on dit quand rien n'est fixé."""
        if self.jours is None:
            return "pas de durée fixée : rien ne s’efface"
        if self.jours == 0:
            return f"dès {self.depuis}"
        return f"{self.jours} jour{'s' if self.jours > 1 else ''} après {self.depuis}"


def durees() -> dict[str, Duree]:
    """Les règles du paquet, corrigées par le fichier du responsable ; lève `DureesInvalides`."""
    texte = files("esperluette.comptes").joinpath("donnees/conservation.yaml").read_text(encoding="utf-8")
    regles = {d.cle: d for d in (_duree(r, "conservation.yaml") for r in _lire(texte, "conservation.yaml"))}
    chemin: Path | None = settings.CONSERVATION
    if chemin is None:
        return regles
    try:
        propre = chemin.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as erreur:
        raise DureesInvalides(f"{chemin} ne se lit pas : {erreur}") from erreur
    for change in _lire(propre, chemin.name):
        cle = change.get("cle")
        if cle not in regles:
            raise DureesInvalides(f"{chemin.name} : « {cle} » n’est pas une règle ({', '.join(regles)}).")
        if not change.get("source"):
            raise DureesInvalides(f"{chemin.name} : « {cle} » doit dire sa source (la décision qui fixe la durée).")
        admis = {c: v for c, v in change.items() if c in ("jours", "preavis", "source")}
        regles[cle] = _verifier(replace(regles[cle], **admis, statut="fixee"), chemin.name)
    return regles


def _lire(texte: str, nom: str) -> list[dict[str, Any]]:
    try:
        lu = YAML(typ="safe", pure=True).load(texte)
    except YAMLError as erreur:
        raise DureesInvalides(f"{nom} : {erreur}") from erreur
    regles = lu.get("regles") if isinstance(lu, dict) else None
    if not isinstance(regles, list) or not all(isinstance(r, dict) for r in regles):
        raise DureesInvalides(f"{nom} : on attend une liste « regles ».")
    return regles


def _duree(regle: dict[str, Any], nom: str) -> Duree:
    try:
        return _verifier(Duree(**regle), nom)
    except TypeError as erreur:
        raise DureesInvalides(f"{nom}, « {regle.get('cle')} » : {erreur}") from erreur


def _verifier(duree: Duree, nom: str) -> Duree:
    for champ in ("jours", "preavis"):
        valeur = getattr(duree, champ)
        if valeur is not None and (not isinstance(valeur, int) or isinstance(valeur, bool) or valeur < 0):
            raise DureesInvalides(f"{nom}, « {duree.cle} » : « {champ} » est un nombre de jours, ou rien.")
    if duree.statut not in STATUTS:
        raise DureesInvalides(f"{nom}, « {duree.cle} » : statut inconnu ({', '.join(STATUTS)}).")
    return duree
