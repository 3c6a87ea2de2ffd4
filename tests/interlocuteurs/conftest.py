"""Le découpage, réel ou réduit ; une édition suivante de la Bretagne, écrite pour l'essai."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from esperluette.referentiel.lecture import racines, vider_cache
from tests.fabriques.interlocuteurs import charger_la_bretagne
from tests.fabriques.territoires import PetiteBretagne, communes_reelles
from tests.fixtures_territoires import _decoupage_du_module, bretagne, decoupage

__all__ = ["_decoupage_du_module", "bretagne", "decoupage"]

# Une commune par intercommunalité et par département que l'édition bretonne cite.
TOUTES_LES_INTERCOMMUNALITES = (
    "22050", "22093", "22113", "22162", "22222", "35012", "35069", "35085", "35095", "35126", "35136", "35152",
    "35173", "35257", "35360",
)  # fmt: skip


@pytest.fixture
def territoire(bretagne: PetiteBretagne) -> PetiteBretagne:
    """La petite Bretagne, et une commune de chaque intercommunalité que l'édition cite."""
    communes_reelles(*TOUTES_LES_INTERCOMMUNALITES)
    return bretagne


@pytest.fixture
def charges(territoire: PetiteBretagne) -> PetiteBretagne:
    """Les contacts et les structures de l'édition bretonne sont en base."""
    charger_la_bretagne()
    return territoire


@pytest.fixture
def edition_suivante(tmp_path: Path, settings) -> Iterator[Callable[..., Path]]:
    """Écrit une édition bretonne en vigueur aujourd'hui, copie de l'actuelle dont local.yaml est changé."""
    actuelle = racines()[0] / "bretagne" / "2024-10"
    racine = tmp_path / "editions"

    def ecrire(*remplacements: tuple[str, str], region: str = "bretagne") -> Path:
        dossier = racine / region / "2026-10"
        shutil.rmtree(dossier, ignore_errors=True)
        shutil.copytree(actuelle, dossier)
        entete = dossier / "edition.yaml"
        texte = entete.read_text(encoding="utf-8")
        texte = texte.replace('numero: "2024-10"', 'numero: "2026-10"')
        texte = texte.replace("en_vigueur_du: 2024-10-02", f"en_vigueur_du: {timezone.localdate()}")
        entete.write_text(texte.replace("cle: bretagne,", f"cle: {region},"), encoding="utf-8")
        local = dossier / "local.yaml"
        texte = local.read_text(encoding="utf-8")
        for avant, apres in remplacements:
            assert avant in texte, avant
            texte = texte.replace(avant, apres)
        local.write_text(texte, encoding="utf-8")
        settings.EDITIONS_SUPPLEMENTAIRES = [racine]
        vider_cache()
        return dossier

    yield ecrire
    vider_cache()
