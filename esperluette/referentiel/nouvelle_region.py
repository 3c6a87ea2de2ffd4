"""Poser le squelette d'une région : des fichiers qui se chargent tels quels, et qui disent ce qui leur manque."""

import datetime
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from esperluette.referentiel.schemas import DOSSIER as DOSSIER_DES_SCHEMAS
from esperluette.referentiel.schemas import ecrire as ecrire_les_schemas
from esperluette.referentiel.socle import Socle

SQUELETTE = Path(str(files("esperluette") / "referentiel" / "squelette"))
TRAME = "projet-de-sante-esp"  # celle du socle, s'il la porte
_CLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"\d{2}")
_NUMERO = re.compile(r"\d{4}-\d{2}")


class SqueletteRefuse(ValueError):
    """Ce qui empêche de poser le squelette ; `str(erreur)` se montre."""


@dataclass(frozen=True)
class NouvelleRegion:
    """Ce qu'on dit d'une région pour l'ouvrir. `dans` : « en Normandie »."""

    cle: str
    code: str
    nom: str
    debut: datetime.date
    numero: str = ""
    dans: str = ""

    def exiger(self) -> None:
        """Lève `SqueletteRefuse` si une valeur ne convient pas."""
        if not _CLE.fullmatch(self.cle) or self.cle == "national":
            raise SqueletteRefuse(f"clé « {self.cle} » refusée : des minuscules sans accent et des traits d'union.")
        if not _CODE.fullmatch(self.code):
            raise SqueletteRefuse(f"--code « {self.code} » refusé : le code INSEE de la région, à deux chiffres.")
        if not self.nom.strip():
            raise SqueletteRefuse("--nom est vide.")
        if not _NUMERO.fullmatch(self.numero_de_l_edition):
            raise SqueletteRefuse(f"--numero « {self.numero} » refusé : AAAA-MM.")

    @property
    def numero_de_l_edition(self) -> str:
        return self.numero or f"{self.debut:%Y-%m}"

    def valeurs(self, socle: Socle) -> dict[str, str]:
        """Ce qui remplace chaque @MOT@ du squelette, déjà écrit en YAML."""
        return {
            "CLE": self.cle,
            "CODE": self.code,
            "NOM": _texte(self.nom),
            "DANS": _texte(self.dans or f"dans la région {self.nom}"),
            "NUMERO": self.numero_de_l_edition,
            "LIBELLE": _texte(f"Équipes de soins primaires, région {self.nom}"),
            "DEBUT": self.debut.isoformat(),
            "SOCLE": socle.numero,
            "TRAME": f"    trame: national/{TRAME}\n" if TRAME in socle.trames else "",
        }


def poser(region: NouvelleRegion, racine: Path, socle: Socle) -> list[Path]:
    """Écrit l'édition et les schémas sous `racine` ; rend les fichiers écrits. N'écrase rien.

    Lève `SqueletteRefuse`.
    """
    region.exiger()
    dossier = racine / region.cle / region.numero_de_l_edition
    if dossier.exists():
        raise SqueletteRefuse(f"{dossier} existe déjà : rien n'a été écrit.")
    valeurs = region.valeurs(socle)
    ecrits = []
    for modele in sorted(SQUELETTE.rglob("*.yaml")):
        fichier = dossier / modele.relative_to(SQUELETTE)
        fichier.parent.mkdir(parents=True, exist_ok=True)
        texte = modele.read_text(encoding="utf-8")
        for mot, valeur in valeurs.items():
            texte = texte.replace(f"@{mot}@", valeur)
        fichier.write_text(texte, encoding="utf-8")
        ecrits.append(fichier)
    return [*ecrits, *ecrire_les_schemas(racine / DOSSIER_DES_SCHEMAS)]


def _texte(valeur: str) -> str:
    """Un texte écrit en YAML, sans surprise : entre guillemets doubles."""
    return json.dumps(valeur.strip(), ensure_ascii=False)
