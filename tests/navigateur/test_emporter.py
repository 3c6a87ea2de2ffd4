"""Emporter un dossier et effacer son compte, dans un vrai navigateur, au téléphone, sans JavaScript aussi."""

import zipfile

import pytest
from playwright.sync_api import expect

from esperluette.comptes.models import Compte
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique
from tests.navigateur.aides import TELEPHONE, axe, capturer, dernier_code
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
MARIE, YANN = "marie@essais.example", "yann@essais.example"


@pytest.mark.parametrize("javascript", [True, False])
def test_emporter_son_dossier(site, nouvelle_personne, javascript):
    marie = CompteFabrique(courriel=MARIE, prenom="Marie", nom="Le Bihan")
    dossier = fabrique.brouillon(EquipeFabrique(association=True, nom="Équipe du Lié", cree_par=marie))
    page = nouvelle_personne(java_script_enabled=javascript, viewport=TELEPHONE)
    ouvrir_session(page, site, MARIE)
    page.goto(f"{site}/dossiers/{dossier.reference}/")
    page.get_by_role("link", name="Emporter").click()
    page.get_by_role("button", name="Emporter le dossier").click()
    with page.expect_download() as pris:
        page.get_by_role("link", name="télécharger le zip").click()
    assert pris.value.suggested_filename == f"{dossier.reference}-equipe.zip"
    assert "LISEZ-MOI.html" in zipfile.ZipFile(pris.value.path()).namelist()
    if javascript:
        axe(page)
        capturer(page, "emporter")


def test_effacer_son_compte(site, page):
    CompteFabrique(courriel=YANN, prenom="Yann", nom="Kerbrat")
    ouvrir_session(page, site, YANN)
    page.goto(f"{site}/compte/profil/")
    page.get_by_role("link", name="Effacer mon compte").click()
    axe(page)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_label("Le code reçu").fill(dernier_code(page, site, YANN))
    axe(page)
    capturer(page, "effacer")
    page.get_by_role("button", name="Effacer mon compte, sans retour").click()
    expect(page.locator("body")).to_contain_text("Votre compte est effacé.")
    assert not Compte.objects.filter(courriel=YANN).exists()
