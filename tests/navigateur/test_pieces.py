"""Remplacer une pièce dans un vrai navigateur : la vignette, l’avertissement, les versions, ce que voit l’agent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from esperluette.dossiers.models import PieceJointe
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from tests.fabriques import dossiers as fabrique
from tests.fabriques import fichiers as f
from tests.fabriques.complements import demande, redeposer, repondre_a_tout
from tests.fichiers.test_vigilance import JUSTE
from tests.navigateur.aides import axe, capturer
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acteurs(site):
    equipe = fabrique.equipe_complete(nom="Équipe du Lié")
    return fabrique.acteurs_de(equipe) | {"dossier": fabrique.brouillon(equipe, rempli=True)}


def envoi(nom, *lignes):
    return {"name": nom, "mimeType": "application/pdf", "buffer": f.pdf_texte(*lignes)}


def joindre(page, libelle, fichier, validite=""):
    page.get_by_label("Intitulé").fill(libelle)
    page.get_by_label("Fichier", exact=False).last.set_input_files(fichier)
    if validite:
        page.get_by_label("Valable jusqu’au").fill(validite)
    page.get_by_role("button", name="Joindre la pièce").click()
    expect(page.locator("main")).to_contain_text("est jointe au dossier")


def test_joindre_lire_l_avertissement_remplacer_et_voir_les_versions(site, acteurs, nouvelle_personne):
    dossier, porteuse = acteurs["dossier"], nouvelle_personne()
    ouvrir_session(porteuse, site, acteurs["porteuse"].courriel)
    porteuse.goto(f"{site}/dossiers/{dossier.reference}/pieces/")
    hier = (timezone.localdate() - timedelta(days=1)).isoformat()
    joindre(porteuse, "Statuts de l’association", envoi("statuts-2024.pdf", "Statuts", "Article 1"), hier)
    joindre(porteuse, "Liste des patients", envoi("liste.pdf", f"Numero {JUSTE}"))
    joindre(porteuse, "Carte du territoire", {"name": "carte.png", "mimeType": "image/png", "buffer": f.png()})
    porteuse.reload()
    vignette = porteuse.get_by_alt_text("Première page de « Statuts de l’association »")
    expect(vignette).to_be_visible()
    assert vignette.evaluate("image => image.complete && image.naturalHeight") == 320
    expect(porteuse.locator("main")).to_contain_text("semble contenir un numéro de sécurité sociale")
    expect(porteuse.locator("main")).to_contain_text("Elle n’est plus valable depuis")
    axe(porteuse)
    capturer(porteuse, "pieces-equipe")

    porteuse.get_by_role("button", name="J’ai vérifié, je la garde").click()
    expect(porteuse.locator("main")).not_to_contain_text("semble contenir")
    porteuse.get_by_role("link", name="Remplacer « Statuts de l’association »").click()
    axe(porteuse)
    porteuse.get_by_label("Le nouveau fichier").set_input_files(envoi("statuts-2026.pdf", "Statuts", "Article 2"))
    porteuse.get_by_label("Valable jusqu’au").fill("2040-12-31")
    capturer(porteuse, "pieces-remplacer")
    porteuse.get_by_role("button", name="Remplacer la pièce").click()
    expect(porteuse.locator("main")).to_contain_text("est remplacée. L’ancienne reste dans l’historique.")
    porteuse.locator("summary", has_text="1 version précédente").click()
    with porteuse.expect_download() as telechargement:
        porteuse.get_by_role("link", name="statuts-2024.pdf").click()
    assert telechargement.value.suggested_filename == "statuts-2024.pdf"
    axe(porteuse)
    capturer(porteuse, "pieces-versions")


def test_l_agent_voit_la_piece_remplacee_et_celle_en_quarantaine(site, acteurs, nouvelle_personne):
    dossier, agent = acteurs["dossier"], nouvelle_personne()
    porteuse = nouvelle_personne()
    ouvrir_session(porteuse, site, acteurs["porteuse"].courriel)
    porteuse.goto(f"{site}/dossiers/{dossier.reference}/pieces/")
    joindre(porteuse, "Statuts", envoi("statuts-2024.pdf", "Statuts", "Article 1"))
    joindre(porteuse, "Plan", envoi("plan.pdf", "Plan du cabinet"))
    redeposer(dossier)
    faite = demande(dossier, acteurs["referente"], generale=("@pieces",))
    repondre_a_tout(faite, acteurs["porteuse"])
    porteuse.goto(f"{site}/dossiers/{dossier.reference}/pieces/")
    porteuse.get_by_role("link", name="Remplacer « Statuts »").click()
    porteuse.get_by_label("Le nouveau fichier").set_input_files(envoi("statuts-2026.pdf", "Statuts", "Article 2"))
    porteuse.get_by_role("button", name="Remplacer la pièce").click()
    redeposer(dossier)
    Fichier.objects.filter(nom="plan.pdf").update(analyse=Analyse.INFECTE)
    ouvrir_session(agent, site, acteurs["referente"].courriel)
    agent.goto(f"{site}/instruction/{dossier.reference}/")
    pieces = agent.locator("section", has=agent.locator("#pieces"))
    expect(pieces).to_contain_text("Le dépôt précédent portait « statuts-2024.pdf »")
    expect(pieces).to_contain_text("En quarantaine")
    expect(agent.get_by_alt_text("Première page de « Statuts »")).to_be_visible()
    assert PieceJointe.objects.filter(remplace__isnull=False).count() == 1
    axe(agent)
    capturer(agent, "pieces-agent")
