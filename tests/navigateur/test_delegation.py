"""De la délégation au dépôt, dans un vrai navigateur : Marie confie, Paul fige, chacun signe, Paul dépose."""

import pytest
from playwright.sync_api import Page, expect

from esperluette.dossiers.models import Depot, Dossier
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.navigateur.aides import axe, capturer, dernier_code
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)
MARIE, PAUL, NOLWENN = "marie@essais.example", "paul@essais.example", "nolwenn@ars.example"


@pytest.fixture
def dossier(site) -> Dossier:
    """Un dossier auquel rien ne manque ; Marie porte l'équipe, Paul en est, Nolwenn est référente."""
    marie = CompteFabrique(courriel=MARIE, prenom="Marie", nom="Le Bihan")
    paul = CompteFabrique(courriel=PAUL, prenom="Paul", nom="Kerbrat")
    equipe = EquipeFabrique(association=True, nom="Équipe du Lié", cree_par=marie)
    MembreFabrique(equipe=equipe, confirme=True, compte=paul)
    ici = {"region": equipe.implantation.region, "departement": equipe.implantation.departement}
    FonctionFabrique(referent=True, compte=CompteFabrique(courriel=NOLWENN, prenom="Nolwenn", nom="Référente"), **ici)
    return fabrique.brouillon(equipe, rempli=True)


def signer(page: Page, site: str, dossier: Dossier, courriel: str) -> None:
    page.goto(f"{site}/dossiers/{dossier.reference}/signature/")
    page.get_by_role("link", name="Signer la version 1").click()
    expect(page.locator(".esp-conditions")).to_contain_text("J’approuve le contenu de la version 1")
    axe(page)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_label("Code reçu par courriel").fill(dernier_code(page, site, courriel))
    capturer(page, "signer")
    page.get_by_role("button", name="Signer la version 1").click()
    expect(page.locator("main")).to_contain_text("a signé")


def test_confier_figer_signer_deposer_prouver(site, dossier, nouvelle_personne):
    marie, paul, nolwenn = nouvelle_personne(), nouvelle_personne(), nouvelle_personne()
    for page, courriel in ((marie, MARIE), (paul, PAUL), (nolwenn, NOLWENN)):
        ouvrir_session(page, site, courriel)
    paul.goto(f"{site}/dossiers/{dossier.reference}/signature/")
    expect(paul.locator("main")).to_contain_text("Seul le porteur, Marie Le Bihan, fige et dépose")

    marie.goto(f"{site}/equipes/{dossier.equipe_id}/membres/")
    marie.get_by_role("link", name="Délégations de dépôt").click()
    axe(marie)
    marie.get_by_role("link", name="Confier le dépôt").click()
    axe(marie)
    marie.get_by_text("Paul Kerbrat", exact=True).click()
    marie.get_by_role("button", name="Confier le dépôt").click()
    expect(marie.locator("main")).to_contain_text("Peut figer et déposer")
    capturer(marie, "delegations")

    paul.reload()
    paul.get_by_role("link", name="Figer pour signature").click()
    paul.get_by_role("button", name="Figer pour signature").click()
    paul.get_by_role("button", name="Relancer 2 personnes").click()
    expect(paul.locator("main")).to_contain_text("Chacun a déjà reçu un rappel aujourd’hui")
    expect(paul.locator("main")).not_to_contain_text("Rouvrir la rédaction")
    capturer(paul, "signature-relancee")
    axe(paul)
    signer(marie, site, dossier, MARIE)
    signer(paul, site, dossier, PAUL)
    paul.get_by_role("link", name="Déposer le dossier").click()
    paul.get_by_role("button", name="Déposer le dossier").click()
    expect(paul.locator("main")).to_contain_text("Votre dossier est déposé")
    assert Depot.objects.get().depose_le is not None

    paul.goto(f"{site}/dossiers/{dossier.reference}/versions/1/preuves/")
    expect(paul.get_by_text("Vérifiée", exact=True)).to_have_count(2)
    expect(paul.get_by_role("link", name="Dossier de preuve de Paul Kerbrat")).to_be_visible()
    expect(paul.get_by_role("link", name="Dossier de preuve de Marie Le Bihan")).to_have_count(0)
    axe(paul)
    capturer(paul, "preuves-membre")
    nolwenn.goto(f"{site}/instruction/{dossier.reference}/versions/1/preuves/")
    expect(nolwenn.get_by_role("link", name="Dossier de preuve de Marie Le Bihan")).to_be_visible()
    with nolwenn.expect_download() as telecharge:
        nolwenn.get_by_role("link", name="Le dossier de preuve de toute la version").click()
    assert telecharge.value.path().read_bytes().startswith(b"%PDF")
    axe(nolwenn)
    capturer(nolwenn, "preuves-agent")
