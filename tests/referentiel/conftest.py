"""Les éditions du paquet, et un atelier où les abîmer sans danger."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.assemblage import EditionInvalide, assembler_edition, assembler_socle
from esperluette.referentiel.modele import Edition
from esperluette.referentiel.socle import Socle
from esperluette.referentiel.yaml_situe import Probleme

# Une édition figée : les essais du mécanisme ne bougent pas quand une région complète ses règles.
FIGEES = Path(__file__).parent / "editions_d_essai"


@dataclass
class Atelier:
    """Une copie d'éditions figées, qu'un essai modifie puis charge."""

    racine: Path
    edition: str = "bretagne/2024-10"

    def chemin(self, fichier: str) -> Path:
        return self.racine / (fichier if fichier.startswith("national/") else f"{self.edition}/{fichier}")

    def remplacer(self, fichier: str, ancien: str, nouveau: str) -> int:
        """Remplace la première occurrence et rend le numéro de sa ligne."""
        chemin = self.chemin(fichier)
        texte = chemin.read_text(encoding="utf-8")
        assert ancien in texte, f"« {ancien} » n'est pas dans {fichier}"
        chemin.write_text(texte.replace(ancien, nouveau, 1), encoding="utf-8")
        return texte[: texte.index(ancien)].count("\n") + 1

    def ecrire(self, fichier: str, texte: str) -> None:
        """Remplace tout le fichier."""
        chemin = self.chemin(fichier)
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(texte, encoding="utf-8")

    def ajouter(self, fichier: str, texte: str) -> None:
        chemin = self.chemin(fichier)
        chemin.parent.mkdir(parents=True, exist_ok=True)
        avant = chemin.read_text(encoding="utf-8") if chemin.exists() else ""
        chemin.write_text(avant + texte, encoding="utf-8")

    def socle(self, numero: str = "2026") -> Socle:
        dossier = self.racine / "national" / numero
        if not dossier.is_dir():
            raise lecture.EditionInconnue(f"aucun socle national « {numero} »")
        return assembler_socle(dossier)

    def charger(self) -> Edition:
        return assembler_edition(self.racine / self.edition, self.socle)

    def problemes(self) -> tuple[Probleme, ...]:
        with pytest.raises(EditionInvalide) as refus:
            self.charger()
        return refus.value.problemes


@pytest.fixture
def atelier(tmp_path: Path) -> Atelier:
    racine = tmp_path / "editions"
    shutil.copytree(FIGEES, racine)
    return Atelier(racine)


@pytest.fixture(scope="session")
def bretagne() -> Edition:
    return lecture.edition("bretagne", "2024-10")


@pytest.fixture(scope="session")
def socle() -> Socle:
    return lecture.national("2026")


@pytest.fixture(autouse=True)
def _cache_neuf():
    """Chaque essai relit ce qu'il a changé."""
    yield
    lecture.vider_cache()
