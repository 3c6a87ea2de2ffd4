"""Déposer une patientèle dans un vrai navigateur : un tableau de personnes refusé, un tableau d'effectifs gardé."""

import pytest
from playwright.sync_api import Page, expect

from tests.diagnostics.tableaux import csv, par_commune
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.patienteles import LOUDEAC, PLOUGUENAST, ROSTRENEN, patientele, patientele_commune
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def equipe(site):
    """Deux membres, dont un a déjà déposé ses effectifs."""
    petite_bretagne()
    marie = CompteFabrique(courriel="marie@essais.example", prenom="Marie", nom="Le Bihan")
    creee = EquipeFabrique(nom="Équipe du Lié", cree_par=marie)
    yann = MembreFabrique(equipe=creee, confirme=True)
    patientele(creee, {LOUDEAC: 420, PLOUGUENAST: 180}, membre=yann, autres=(4, 31), periode="année 2025")
    patientele_commune(creee, creee.porteur, yann, effectif=150)
    return creee


def test_de_l_extraction_refusee_au_territoire_retenu(page: Page, site: str, surveillance, equipe, tmp_path):
    surveillance.admettre("422")
    nominatif, effectifs = tmp_path / "extraction.csv", tmp_path / "effectifs.csv"
    nominatif.write_bytes(csv(("Nom", "code_commune", "effectif"), ("Quidam", LOUDEAC, "1")))
    effectifs.write_bytes(par_commune((LOUDEAC, 900), (PLOUGUENAST, 240), (ROSTRENEN, 120), ("99999", 4)))
    ouvrir_session(page, site, "marie@essais.example")

    page.goto(f"{site}/equipes/{equipe.pk}/patientele/deposer/")
    axe(page)
    page.get_by_label("Le tableau d’effectifs").set_input_files(nominatif)
    page.get_by_role("button", name="Voir ce qui sera enregistré").click()
    expect(page.get_by_role("alert")).to_contain_text("La colonne A annonce un nom ou un prénom")
    axe(page)
    capturer(page, "patientele-refus")

    page.get_by_label("Période").fill("année 2025")
    page.get_by_label("Le tableau d’effectifs").set_input_files(effectifs)
    page.get_by_role("button", name="Voir ce qui sera enregistré").click()
    expect(page.get_by_role("heading", name="Ce qui sera enregistré")).to_be_visible()
    axe(page)
    capturer(page, "patientele-apercu")
    page.get_by_role("button", name="Enregistrer cette patientèle").click()
    expect(page.get_by_text("La patientèle de Marie Le Bihan est enregistrée.")).to_be_visible()
    axe(page)
    capturer(page, "patientele")

    page.get_by_role("link", name="Voir le territoire suggéré").click()
    expect(page.get_by_label("Plouguenast-Langast")).to_be_checked()
    page.get_by_label("Essayer une autre commune").fill("Rostrenen")
    page.get_by_role("button", name="Voir ce qu’elle changerait").click()
    expect(page.get_by_role("heading", name="Avec Rostrenen")).to_be_visible()
    axe(page)
    capturer(page, "patientele-suggestion")
    page.get_by_role("button", name="Retenir ces communes").click()
    expect(page.get_by_text("Le territoire de l’équipe est enregistré")).to_be_visible()
    assert {LOUDEAC, PLOUGUENAST} <= set(equipe.communes.values_list("pk", flat=True))
