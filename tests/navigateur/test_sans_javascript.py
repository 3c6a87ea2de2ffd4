"""Sans JavaScript, le chemin tient : créer, rédiger, figer, signer, déposer, prendre en instruction."""

import pytest
from playwright.sync_api import Page, expect

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import TELEPHONE, dernier_code, se_connecter
from tests.navigateur.presque_fini import CHAMP, MARIE, NOLWENN, PAUL, presque_fini

pytestmark = pytest.mark.django_db(transaction=True)


def appuyer(page: Page, nom: str) -> None:
    """Le bouton principal de la page, qu'il soit un lien ou un envoi : rien d'autre ne s'offre sans JavaScript."""
    page.locator("main a.fr-btn, main button.fr-btn").filter(has_text=nom).first.click()


def signer(page: Page, site: str, courriel: str, reference: str) -> None:
    page.goto(f"{site}/dossiers/{reference}/signature/")
    appuyer(page, "Signer la version 1")
    appuyer(page, "Recevoir mon code")
    page.locator("main input[name=code]").fill(dernier_code(page, site, courriel))
    appuyer(page, "Signer la version 1")
    expect(page.locator("main")).to_contain_text("Vous avez signé la version 1")


def test_rediger_figer_signer_deposer_et_prendre_en_instruction(site, nouvelle_personne):
    reference = presque_fini().reference
    marie, paul, nolwenn = (nouvelle_personne(java_script_enabled=False) for _ in range(3))

    se_connecter(marie, site, MARIE)  # arrive sur le tableau de bord de sa seule équipe
    expect(marie.locator("main")).to_contain_text("il manque 1 élément au dossier")
    appuyer(marie, "Continuer la rédaction")
    marie.locator(f"textarea[name={CHAMP}]").fill("Quatre bourgs.\n\n- Plémet\n- La Chèze")
    appuyer(marie, "Enregistrer cette rubrique")
    expect(marie.locator("main")).to_contain_text("Rubrique enregistrée à")
    marie.get_by_role("link", name="Ce qui manque").first.click()
    expect(marie.locator("main")).to_contain_text("Rien ne manque")
    appuyer(marie, "Relire l’ensemble")
    appuyer(marie, "Figer pour signature")
    expect(marie.locator("main")).to_contain_text("Figer la version à signer ?")
    appuyer(marie, "Figer pour signature")
    expect(marie.locator("main")).to_contain_text("La version est figée")

    signer(marie, site, MARIE, reference)
    se_connecter(paul, site, PAUL)
    signer(paul, site, PAUL, reference)
    assert Dossier.objects.get().etat == Etat.A_SIGNER

    marie.goto(f"{site}/dossiers/{reference}/")
    appuyer(marie, "Déposer le dossier")
    expect(marie.locator("main")).to_contain_text("Déposer le dossier ?")
    appuyer(marie, "Déposer le dossier")
    expect(marie.locator("main")).to_contain_text("Votre dossier est déposé")

    se_connecter(nolwenn, site, NOLWENN)  # arrive sur les dossiers reçus
    nolwenn.locator("main input[name=q]").fill("Lie")
    appuyer(nolwenn, "Filtrer")
    nolwenn.get_by_role("link", name=reference).click()
    appuyer(nolwenn, "Prendre en instruction")
    expect(nolwenn.locator("main")).to_contain_text("En instruction depuis le")
    marie.reload()
    expect(marie.locator("main")).to_contain_text("Nolwenn Référente")


def test_creer_une_equipe_et_inviter_depuis_un_telephone(site, nouvelle_personne):
    petite_bretagne()
    page = nouvelle_personne(java_script_enabled=False, viewport=TELEPHONE)
    page.goto(site)
    page.get_by_role("banner").get_by_role("link", name="Se connecter").click()
    se_connecter(page, site, "claire@essais.example")
    page.get_by_label("Prénom").fill("Claire")
    page.get_by_label("Nom", exact=True).fill("Morvan")
    appuyer(page, "Continuer")
    expect(page.get_by_role("banner").get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Mes équipes").click()
    appuyer(page, "Créer une équipe")
    page.get_by_label("Nom de l’équipe").fill("Équipe du Lié")
    page.get_by_label("Commune d’implantation").fill("loudeac")
    page.get_by_label("Profession", exact=True).select_option(label="Médecin")
    appuyer(page, "Créer l’équipe")
    expect(page.locator("main")).to_contain_text("L’équipe « Équipe du Lié » est créée")

    page.get_by_role("link", name="Membres", exact=True).click()
    appuyer(page, "Ajouter un membre")
    page.get_by_label("Prénom").fill("Yann")
    page.get_by_label("Nom", exact=True).fill("Kerbrat")
    page.get_by_label("Courriel").fill("yann@essais.example")
    page.get_by_label("Profession", exact=True).select_option(label="Infirmier")
    appuyer(page, "Ajouter et inviter")
    expect(page.locator("main")).to_contain_text("Yann Kerbrat")
    expect(page.locator("main")).to_contain_text("valable jusqu’au")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
