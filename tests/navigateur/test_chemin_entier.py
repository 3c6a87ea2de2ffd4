"""Le chemin entier, dans un navigateur, avec trois comptes : de la simulation au dossier pris en instruction.

Claire Morvan, médecin généraliste à Loudéac, porte l'équipe ; Yann Kerbrat, infirmier, la rejoint et signe ;
Nolwenn Référente, à l'ARS, reçoit le dossier et le prend en instruction.
"""

import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.referentiel.modele import Champ, Rubrique
from esperluette.territoires.actions import charger
from esperluette.territoires.models import Commune
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.dossiers import DEMARCHE
from tests.fabriques.equipes import MEDECINE_GENERALE
from tests.fabriques.interlocuteurs import charger_la_bretagne
from tests.navigateur.aides import axe, capturer, dernier_code, se_connecter

CLAIRE = "claire.morvan@cabinet.example"
YANN = "yann.kerbrat@cabinet.example"
NOLWENN = "nolwenn@ars.example"


@pytest.fixture
def pays(transactional_db: None) -> None:
    """Le découpage réel, les interlocuteurs, et une référente des Côtes-d'Armor."""
    charger()
    charger_la_bretagne()
    loudeac = Commune.objects.get(pk="22136")
    FonctionFabrique(
        referent=True,
        region=loudeac.region,
        departement=loudeac.departement,
        compte=CompteFabrique(courriel=NOLWENN, prenom="Nolwenn", nom="Référente"),
    )


def regarder(page: Page, nom: str) -> None:
    """Chaque page visitée est saine pour axe ; et capturée si on le demande."""
    axe(page)
    capturer(page, nom)


def choisir_commune(page: Page, etiquette: str, saisie: str, attendu: str) -> None:
    """Tape, laisse proposer, choisit au clavier."""
    champ = page.get_by_role("combobox", name=re.compile(etiquette)).first
    champ.click()
    champ.press_sequentially(saisie, delay=20)
    page.get_by_role("option", name=re.compile(attendu)).first.wait_for()
    champ.press("ArrowDown")
    champ.press("Enter")
    expect(champ).to_have_value(re.compile(attendu))


def dernier_lien(page: Page, site: str, courriel: str, motif: str) -> str:
    """Le dernier lien d'un courriel reçu par cette adresse, dans la boîte locale."""
    boite = page.context.new_page()
    boite.goto(f"{site}/boite/?a={courriel}")
    boite.locator("main a[href*='/boite/']").first.click()
    texte = boite.locator("main").inner_text()
    boite.close()
    adresse = re.search(motif, texte)
    assert adresse, texte
    return site + adresse.group(0)


def test_de_la_simulation_au_dossier_pris_en_instruction(pays, nouvelle_personne, site, tmp_path):
    claire, yann, nolwenn = nouvelle_personne(), nouvelle_personne(), nouvelle_personne()
    equipe = simuler_et_creer(claire, site)
    inviter_yann(claire, yann, site, equipe)
    reference = rediger(claire, site, equipe)
    telecharger_les_trois_formats(claire, site, reference, tmp_path)
    figer_et_signer(claire, yann, site, reference)
    deposer(claire, site, reference, tmp_path)
    prendre_en_instruction(nolwenn, site, reference)
    claire.goto(f"{site}/dossiers/{reference}/")
    expect(claire.locator("main")).to_contain_text("Nolwenn Référente")
    regarder(claire, "22-fiche-en-instruction")


def simuler_et_creer(page: Page, site: str) -> str:
    page.goto(site)
    regarder(page, "01-accueil")
    choisir_commune(page, "commune", "loudeac", "Loudéac")
    expect(page.locator("main")).to_contain_text("Manon MULLER")
    regarder(page, "02-accueil-loudeac")
    page.get_by_role("link", name=re.compile("Pouvons-nous former une équipe à Loudéac")).click()
    resultat = page.locator("main")
    page.get_by_label("Profession", exact=True).first.select_option(label="Médecin")
    page.get_by_label("Exercice", exact=True).first.select_option(label="Libéral")
    page.get_by_label("Qualification", exact=True).first.select_option(value=MEDECINE_GENERALE)
    regarder(page, "03-simulateur")
    expect(resultat).to_contain_text("Ajoutez un paramédical")
    page.get_by_role("link", name=re.compile("Ajouter : Infirmier")).click()
    expect(resultat).to_contain_text("vous pouvez former une équipe")
    page.get_by_role("link", name="Créer mon équipe avec ces réponses").click()
    se_connecter_ici(page, site, CLAIRE)
    page.locator("main input[name=prenom]").fill("Claire")
    page.locator("main input[name=nom]").fill("Morvan")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/equipes/creer/**")
    regarder(page, "04-creer-equipe")
    page.get_by_label("Nom de l’équipe").fill("Équipe du Lié")
    expect(page.get_by_label("Commune d’implantation")).to_have_value(re.compile("Loudéac"))
    expect(page.get_by_label(re.compile("^Profession")).first).to_have_value("10")
    page.get_by_text("Association loi 1901").first.click()
    page.get_by_label("Où en est cette structure").select_option(label="Créée")
    page.get_by_label(re.compile("^Qualification")).first.select_option(value=MEDECINE_GENERALE)
    choisir_commune(page, "^Commune d’exercice", "loudeac", "Loudéac")
    page.get_by_role("button", name="Créer l’équipe").click()
    page.wait_for_url(re.compile(r"/equipes/\d+/"))
    regarder(page, "05-tableau-de-bord")
    return re.search(r"/equipes/(\d+)/", page.url).group(1)


def se_connecter_ici(page: Page, site: str, courriel: str) -> None:
    """Se connecte depuis la page de connexion où l'on vient d'être mené."""
    page.locator("main input[type=email]").fill(courriel)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/connexion/code/**")
    page.locator("main input[name=code]").fill(dernier_code(page, site, courriel))
    page.locator("main button[type=submit]").first.click()


def remplir_fiche(page: Page, prenom: str, nom: str, profession: str, qualification: str = "") -> None:
    page.get_by_label("Prénom").first.fill(prenom)
    page.get_by_label(re.compile(r"^Nom\b(?! de)")).last.fill(nom)
    page.get_by_label(re.compile("^Profession")).first.select_option(label=profession)
    if qualification:
        page.get_by_label(re.compile("^Qualification")).first.select_option(label=qualification)
    page.get_by_label(re.compile("^Mode d’exercice")).first.select_option(label="Libéral")
    choisir_commune(page, "^Commune d’exercice", "loudeac", "Loudéac")


def inviter_yann(claire: Page, yann: Page, site: str, equipe: str) -> None:
    claire.goto(f"{site}/equipes/{equipe}/membres/ajouter/")
    regarder(claire, "06-ajouter-membre")
    remplir_fiche(claire, "Yann", "Kerbrat", "Infirmier")
    claire.get_by_label(re.compile("Courriel|Adresse électronique")).first.fill(YANN)
    claire.locator("main form button[type=submit]").last.click()
    claire.goto(f"{site}/equipes/{equipe}/membres/")
    regarder(claire, "07-membres")
    inviter = claire.get_by_role("button", name=re.compile("Inviter")).first
    if inviter.count():
        inviter.click()
    lien = dernier_lien(claire, site, YANN, r"/equipes/invitation/[^\s]+")
    yann.goto(lien)
    regarder(yann, "08-invitation")
    se_connecter(yann, site, YANN)
    yann.goto(lien)
    yann.get_by_role("button", name=re.compile("Rejoindre|Confirmer|Accepter")).first.click()
    expect(yann.locator("main")).to_contain_text("Équipe du Lié")
    claire.goto(f"{site}/equipes/{equipe}/")
    expect(claire.locator("main")).to_contain_text("vous pouvez former")
    regarder(claire, "09-tableau-complet")


def rediger(page: Page, site: str, equipe: str) -> str:
    """Ouvre le projet et remplit chaque rubrique au clavier ; l'enregistrement est automatique."""
    page.goto(f"{site}/dossiers/nouveau/{equipe}/")
    regarder(page, "10-nouveau-dossier")
    page.get_by_role("button", name="Commencer : Projet de santé").click()
    page.wait_for_url(re.compile("/redaction/"))
    reference = re.search(r"/dossiers/([^/]+)/", page.url).group(1)
    trame = edition_en_vigueur("bretagne", timezone.localdate()).trame(DEMARCHE)
    for rubrique in trame.rubriques:
        if not rubrique.champs:
            continue
        page.goto(f"{site}/dossiers/{reference}/redaction/{rubrique.id}/")
        regarder(page, f"11-redaction-{rubrique.id}")
        remplir_rubrique(page, rubrique)
    page.goto(f"{site}/dossiers/{reference}/manques/")
    regarder(page, "12-manques")
    expect(page.locator("main")).to_contain_text(re.compile("rien ne manque|tout est rempli", re.IGNORECASE))
    return reference


def remplir_rubrique(page: Page, rubrique: Rubrique) -> None:
    """Répond à chaque champ visible, par le clavier, et attend que le navigateur dise « enregistré »."""
    for champ in rubrique.champs:
        if champ.type == "tableau":
            page.get_by_role("button", name=re.compile("^Ajouter")).first.click()
            page.locator(f"[data-esp-champ^='{champ.id}/']").first.wait_for()
            for colonne in champ.colonnes:
                repondre(
                    page.locator(f"[data-esp-champ^='{champ.id}/'][data-esp-champ$='/{colonne.id}']").last, colonne
                )
        elif champ.type not in ("membres", "communes", "chiffres"):
            article = page.locator(f"[data-esp-champ='{champ.id}']")
            if article.is_visible():
                repondre(article, champ)


def repondre(article: Locator, champ: Champ) -> None:
    if champ.type == "texte_riche":
        article.locator(".ProseMirror").click()
        article.page.keyboard.type(f"Réponse à « {champ.libelle[:40]} ».")
    elif champ.type in ("cases", "choix"):
        if article.locator("input:checked").count():
            return  # repris de la fiche de l'équipe
        article.locator("input[data-esp-saisie]").first.focus()
        article.page.keyboard.press("Space")
    else:
        article.locator("[data-esp-saisie]").fill({"date": "01/03/2027", "nombre": "12"}.get(champ.type, "Nous-mêmes"))
    article.page.keyboard.press("Tab")
    expect(article).to_contain_text(re.compile("Enregistré", re.IGNORECASE))


def telecharger_les_trois_formats(page: Page, site: str, reference: str, dossier: Path) -> None:
    """Le brouillon se télécharge ; chaque fichier a la forme de son format."""
    page.goto(f"{site}/dossiers/{reference}/")
    regarder(page, "13-fiche-brouillon")
    for format, debut in (("docx", b"PK"), ("odt", b"PK"), ("pdf", b"%PDF-")):
        with page.expect_download() as attente:
            page.locator(f"a[href$='document.{format}']").first.click()
        fichier = dossier / attente.value.suggested_filename
        attente.value.save_as(fichier)
        assert fichier.read_bytes().startswith(debut), format


def figer_et_signer(claire: Page, yann: Page, site: str, reference: str) -> None:
    claire.goto(f"{site}/dossiers/{reference}/signature/")
    regarder(claire, "14-apercu")
    claire.get_by_role("link", name="Figer pour signature").click()
    regarder(claire, "15-figer")
    claire.locator("main form button[type=submit]").first.click()
    for page, courriel in ((claire, CLAIRE), (yann, YANN)):
        page.goto(f"{site}/dossiers/{reference}/signature/")
        regarder(page, f"16-signature-{courriel.split('.')[0]}")
        page.get_by_role("link", name=re.compile("^Signer la version")).click()
        regarder(page, f"17-signer-{courriel.split('.')[0]}")
        page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).first.click()
        page.locator("main input[name=code]").fill(dernier_code(page, site, courriel))
        regarder(page, f"18-code-{courriel.split('.')[0]}")
        page.get_by_role("button", name=re.compile("^Signer")).first.click()
        expect(page.locator("main")).to_contain_text(re.compile("signé", re.IGNORECASE))


def deposer(page: Page, site: str, reference: str, dossier: Path) -> None:
    page.goto(f"{site}/dossiers/{reference}/deposer/")
    regarder(page, "19-deposer")
    page.get_by_role("button", name="Déposer le dossier").click()
    expect(page.locator("main")).to_contain_text("Déposé")
    page.goto(f"{site}/dossiers/{reference}/")
    regarder(page, "21-fiche-deposee")
    with page.expect_download() as attente:
        page.locator("a[href$='accuse.pdf']").first.click()
    fichier = dossier / "accuse.pdf"
    attente.value.save_as(fichier)
    texte = subprocess.run(["pdftotext", "-layout", fichier, "-"], capture_output=True, text=True, check=True).stdout
    assert reference in texte
    assert "Équipe du Lié" in texte


def prendre_en_instruction(page: Page, site: str, reference: str) -> None:
    se_connecter(page, site, NOLWENN)
    page.goto(f"{site}/instruction/")
    regarder(page, "30-agent-liste")
    page.get_by_role("link", name=reference).click()
    regarder(page, "31-agent-fiche")
    page.get_by_role("button", name="Prendre en instruction").click()
    expect(page.locator("main")).to_contain_text("En instruction")
    regarder(page, "32-agent-en-instruction")
