"""Au clavier seul : créer, rédiger, figer, signer, déposer, prendre en instruction. Chaque focus se voit."""

import re

import pytest
from playwright.sync_api import Page, expect

from esperluette.dossiers.actions.depot import signer
from esperluette.dossiers.models import Depot, Dossier
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.territoires import petite_bretagne
from tests.navigateur.aides import atteindre_au_clavier, dernier_code
from tests.navigateur.presque_fini import CHAMP, MARIE, NOLWENN, presque_fini
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


def suivre(page: Page, selecteur: str, attendu: str) -> None:
    """Avance jusqu'au lien ou au bouton, appuie sur Entrée, et attend ce que la page suivante annonce."""
    atteindre_au_clavier(page, selecteur, limite=90)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(re.compile(attendu), timeout=15_000)


def taper(page: Page, selecteur: str, texte: str) -> None:
    atteindre_au_clavier(page, selecteur, limite=90)
    page.keyboard.type(texte)


def test_creer_une_equipe(page, site):
    petite_bretagne()
    CompteFabrique(courriel=MARIE, prenom="Marie", nom="Le Bihan")
    ouvrir_session(page, site, MARIE)
    page.goto(f"{site}/equipes/")
    suivre(page, "main a.fr-btn", "Créer une équipe")
    taper(page, "#id_nom", "Équipe du Lié")
    taper(page, "#id_implantation", "loud")
    page.get_by_role("option", name=re.compile("Loudéac")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    atteindre_au_clavier(page, "#id_moi-profession")
    page.keyboard.press("ArrowDown")  # la première des plus fréquentes
    expect(page.locator("#id_moi-profession")).to_have_value("10")
    suivre(page, "main form button.fr-btn", "L’équipe « Équipe du Lié » est créée")
    assert page.locator("#id_nom").count() == 0


def test_de_la_derniere_reponse_a_la_prise_en_instruction(page, site, nouvelle_personne):
    reference = presque_fini().reference
    ouvrir_session(page, site, MARIE)
    page.goto(f"{site}/apres-connexion/")
    suivre(page, ".esp-phrase a.fr-btn", "Le territoire de réalisation du projet")
    taper(page, f"[data-esp-champ='{CHAMP}'] .ProseMirror", "Quatre bourgs autour de Loudéac.")
    page.keyboard.press("Tab")
    etat = page.locator(f"[data-esp-champ='{CHAMP}'] [data-esp-etat]").first
    expect(etat).to_contain_text(re.compile(r"Enregistré à \d+ h \d\d"), timeout=15_000)
    suivre(page, "[data-esp-manques-lien]", "Rien ne manque")
    suivre(page, "main a.fr-btn", "Relire avant de figer")
    suivre(page, "main a[href$='/figer/']", "Figer la version à signer")
    suivre(page, "main form button.fr-btn", "La version est figée")

    suivre(page, "main a[href$='/signer/']", "Voici ce que vous signez")
    suivre(page, "main form button.fr-btn", "Un code vient de vous être envoyé")
    taper(page, "main input[name=code]", dernier_code(page, site, MARIE))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Vous avez signé la version 1")

    depot = Depot.objects.get()
    paul = depot.dossier.equipe.membres.get(porteur=False).compte
    signer(depot, acteur=paul, empreinte=depot.empreinte)
    page.goto(f"{site}/dossiers/{reference}/")
    suivre(page, ".esp-phrase a.fr-btn", "Déposer le dossier ?")
    suivre(page, "main form button.fr-btn", "Votre dossier est déposé")

    agent = nouvelle_personne()
    ouvrir_session(agent, site, NOLWENN)
    agent.goto(f"{site}/instruction/")
    suivre(agent, "main tbody a", "Le dossier déposé")
    suivre(agent, "main form[action$='/prendre/'] button", "En instruction depuis le")
    assert Dossier.objects.get().instruit_par.courriel == NOLWENN
