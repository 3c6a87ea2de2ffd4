"""De vraies communes, et les contacts de l'édition bretonne."""

import shutil

import pytest

from esperluette.referentiel.lecture import editions, racines, vider_cache
from esperluette.territoires.models import Decoupage
from tests.fabriques.interlocuteurs import charger_la_bretagne
from tests.fabriques.territoires import PetiteBretagne, communes_reelles, decoupage
from tests.fixtures_territoires import bretagne

__all__ = ["bretagne"]


@pytest.fixture
def charges(bretagne: PetiteBretagne) -> PetiteBretagne:
    """La petite Bretagne, avec les interlocuteurs publiés."""
    cites = {epci for e in editions() for contact in e.local.contacts for epci in contact.territoire.epci}
    representants = {ligne.epci: ligne.code for ligne in decoupage().communes if ligne.epci in cites}
    communes_reelles(*representants.values())
    provenance = decoupage().provenance
    Decoupage.objects.create(millesime=provenance.millesime, version=provenance.version, empreinte="d'essai")
    charger_la_bretagne()
    return bretagne


ZONAGE = """
  - id: territoire-zip
    enonce: Le territoire est en zone d'intervention prioritaire.
    nature: composition
    formes: [esp]
    fonction: zonage
    parametres: {zone: zip}
    source: {document: portail-esp-2024, passage: "Écrit pour l'essai"}
"""


@pytest.fixture
def region_zonee(tmp_path, settings):
    """Une seconde région, « essai », dont une règle interroge un zonage."""
    dossier = tmp_path / "editions" / "essai" / "2026-01"
    shutil.copytree(racines()[0] / "bretagne" / "2024-10", dossier)
    entete = dossier / "edition.yaml"
    texte = entete.read_text(encoding="utf-8").replace("cle: bretagne,", "cle: essai,")
    entete.write_text(texte.replace('numero: "2024-10"', 'numero: "2026-01"'), encoding="utf-8")
    criteres = dossier / "criteres.yaml"
    criteres.write_text(criteres.read_text(encoding="utf-8") + ZONAGE, encoding="utf-8")
    shutil.rmtree(dossier / "cas", ignore_errors=True)
    settings.EDITIONS_SUPPLEMENTAIRES = [tmp_path / "editions"]
    vider_cache()
    yield dossier
    vider_cache()


@pytest.fixture
def trois_communes(charges):
    """Gap, Saint-Quentin et Carhaix-Plouguer : les trois communes du but, avec leurs régions."""
    return communes_reelles("05061", "02691", "29024")
