"""Importer une trame Word dans un vrai navigateur : déposer, relire, prendre, garder, ranger, annuler."""

import re

import pytest
from playwright.sync_api import Page, expect

from esperluette.dossiers.lectures import valeurs_de
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.importations import trame_bretonne
from tests.fabriques.territoires import communes_reelles
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
PATIENTELE = "patientele_description"


@pytest.fixture
def dossier(site):
    """Un brouillon où la patientèle est déjà décrite."""
    communes_reelles("22222", "22001")
    marie = CompteFabrique(courriel="marie@essais.example", prenom="Marie", nom="Le Bihan")
    equipe = EquipeFabrique(association=True, nom="Équipe du Lié", cree_par=marie)
    MembreFabrique(equipe=equipe, confirme=True)
    brouillon = fabrique.brouillon(equipe)
    fabrique.ecrire(brouillon, PATIENTELE, "<p>Notre texte, déjà là.</p>", marie)
    return brouillon


@pytest.fixture
def trame(tmp_path):
    fichier = tmp_path / "projet de santé.docx"
    fichier.write_bytes(trame_bretonne())
    return fichier


def deposer(page: Page, site: str, dossier, trame) -> None:
    page.goto(f"{site}/dossiers/")
    page.get_by_role("link", name="J’ai déjà rempli la trame Word").click()
    axe(page)
    page.get_by_role("link", name=dossier.demarche_libelle).click()
    axe(page)
    capturer(page, "importer")
    page.get_by_label("La trame remplie").set_input_files(trame)
    page.get_by_role("button", name="Lire ce fichier").click()
    page.wait_for_url(re.compile(r"/importer/\d+/"))


def carte(page: Page, libelle: str):
    return page.locator("article.esp-relecture").filter(has=page.get_by_role("heading", name=libelle, exact=True))


def test_une_trame_word_se_depose_et_se_relit_jusqu_au_bout(site, dossier, trame, nouvelle_personne):
    page = nouvelle_personne()
    ouvrir_session(page, site, "marie@essais.example")
    deposer(page, site, dossier, trame)
    axe(page)
    capturer(page, "relire-une-trame")

    patientele = carte(page, "La patientèle")
    expect(patientele).to_contain_text("Nous suivons 2 300 patients.")
    expect(patientele).to_contain_text("Notre texte, déjà là.")
    patientele.get_by_role("button", name="Mettre à la suite").click()
    expect(carte(page, "La patientèle")).to_contain_text("Mis à la suite de votre réponse, par Marie Le Bihan")
    assert valeurs_de(dossier)[PATIENTELE] == "<p>Notre texte, déjà là.</p><p>Nous suivons 2 300 patients.</p>"

    carte(page, "La patientèle").get_by_role("button", name="Annuler ce choix").click()
    expect(carte(page, "La patientèle").get_by_role("button", name="Garder la mienne")).to_be_visible()
    assert valeurs_de(dossier)[PATIENTELE] == "<p>Notre texte, déjà là.</p>"

    page.get_by_role("button", name=re.compile("qui ne remplacent rien")).click()
    expect(page.get_by_text("sans rien remplacer")).to_be_visible()
    valeurs = valeurs_de(dossier)
    assert valeurs[PATIENTELE] == "<p>Notre texte, déjà là.</p>"
    assert [axe_lu["thematique"] for axe_lu in valeurs["axes_thematiques"]] == ["Le retour à domicile", "Le diabète"]

    page.get_by_label(re.compile("Ranger dans")).select_option("offre_appui")
    page.get_by_role("button", name=re.compile("Ranger ici")).click()
    expect(page.locator("#a-ranger ~ article").first).to_contain_text("Rangé.")

    page.get_by_role("button", name=re.compile("Ajouter à l’équipe.*TANGUY")).click()
    expect(page.get_by_text("fait partie de l’équipe")).to_be_visible()
    axe(page)
    capturer(page, "relire-une-trame-avancee")

    page.get_by_role("button", name="Terminer la relecture").click()
    expect(page.get_by_text("La relecture est terminée")).to_be_visible()


def test_tout_marche_sans_javascript_et_au_telephone(site, dossier, trame, nouvelle_personne):
    page = nouvelle_personne(java_script_enabled=False, viewport={"width": 390, "height": 844})
    ouvrir_session(page, site, "marie@essais.example")
    deposer_sans_axe(page, site, dossier, trame)
    carte(page, "La patientèle").get_by_role("button", name="Garder la mienne").click()
    expect(carte(page, "La patientèle")).to_contain_text("Votre réponse est gardée")
    page.get_by_role("button", name=re.compile("qui ne remplacent rien")).click()
    page.get_by_role("button", name="Annuler tout ce qui a été pris").click()
    expect(page.get_by_text("comme avant l’import")).to_be_visible()
    assert valeurs_de(dossier)["territoire_description"] == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def deposer_sans_axe(page: Page, site: str, dossier, trame) -> None:
    page.goto(f"{site}/dossiers/{dossier.reference}/importer/")
    page.get_by_label("La trame remplie").set_input_files(trame)
    page.get_by_role("button", name="Lire ce fichier").click()
    page.wait_for_url(re.compile(r"/importer/\d+/"))
