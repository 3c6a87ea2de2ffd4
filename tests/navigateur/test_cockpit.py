"""Le cockpit dans un vrai navigateur : hors connexion rien ne se perd, et tout repart ; au clavier ; à deux postes."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from esperluette.deliberations.models import AvisRendu, Evaluation, Presence, Reserve, Saisie
from tests.fabriques.deliberations import Commission, commission
from tests.navigateur.sessions import ouvrir_session

pytestmark = pytest.mark.django_db(transaction=True)

REGARDER = os.environ.get("ESPERLUETTE_CAPTURES", "")


def regarder(page: Page, nom: str) -> None:
    """Garde une capture si on le demande (ESPERLUETTE_CAPTURES=dossier), large puis étroite."""
    if not REGARDER:
        return
    for largeur in (1280, 390):
        page.set_viewport_size({"width": largeur, "height": 900})
        page.screenshot(path=str(Path(REGARDER) / f"{nom}-{largeur}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def seance() -> Commission:
    """Une séance de trois points, ouverte, le quorum atteint."""
    c = commission(points=3, ouverte=True)
    c.arrivent(0, 1)
    return c


def entrer(page: Page, site: str, c: Commission, courriel: str = "") -> None:
    ouvrir_session(page, site, courriel or c.secretaire.courriel)
    page.goto(f"{site}/seances/{c.seance.pk}/cockpit/")


def visible(page: Page, nom: str):
    """Le champ de ce nom, dans le point affiché."""
    return page.locator("[data-esp-point]:not([hidden])").locator(nom)


def test_une_coupure_ne_perd_rien_et_tout_repart(page: Page, site: str, surveillance, seance: Commission) -> None:
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    entrer(page, site, seance)
    etat = page.locator("[data-esp-etat-saisies]")
    page.context.set_offline(True)
    page.get_by_text("Présences et mandats").click()
    page.get_by_role("form", name=str(seance.membres[2])).get_by_role("button", name="À distance").click()
    visible(page, ".esp-choix__option").filter(has_text="Défavorable").click()
    visible(page, "textarea[name=valeur]").fill("Hors territoire.")
    visible(page, "textarea[name=valeur]").blur()
    expect(etat).to_contain_text("Hors connexion : 3 saisies gardées sur cet appareil")
    page.locator("[data-esp-suivant]").click()  # on change de dossier sans réseau
    expect(page.locator("[data-esp-rang]")).to_have_text("2 sur 3")
    visible(page, ".esp-choix__option").filter(has_text=re.compile(r"Favorable\s*$")).click()
    expect(etat).to_contain_text("4 saisies")
    assert not Saisie.objects.exists()
    page.context.set_offline(False)
    expect(etat).to_contain_text("Tout est enregistré", timeout=15_000)
    assert Presence.objects.get(compte=seance.membres[2]).mode == "distance"
    premier, second = (AvisRendu.objects.get(point=p) for p in seance.points[:2])
    assert (premier.avis, premier.motif, second.avis) == ("defavorable", "Hors territoire.", "favorable")
    assert Saisie.objects.count() == 4
    regarder(page, "cockpit")


def test_la_file_survit_a_la_fermeture_de_la_page(page: Page, site: str, surveillance, seance: Commission) -> None:
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    entrer(page, site, seance)
    page.context.set_offline(True)
    visible(page, "textarea[name=valeur]").fill("Écrit pendant la coupure.")
    visible(page, "textarea[name=valeur]").blur()
    expect(page.locator("[data-esp-etat-saisies]")).to_contain_text("1 saisie gardée")
    page.close(run_before_unload=False)
    neuve = seance_page(page, site, seance)
    expect(neuve.locator("[data-esp-etat-saisies]")).to_contain_text("Tout est enregistré", timeout=15_000)
    assert AvisRendu.objects.get(point=seance.points[0]).motif == "Écrit pendant la coupure."


def seance_page(ancienne: Page, site: str, c: Commission) -> Page:
    contexte = ancienne.context
    contexte.set_offline(False)
    neuve = contexte.new_page()
    neuve.goto(f"{site}/seances/{c.seance.pk}/cockpit/")
    return neuve


def test_deux_postes_se_voient_et_ne_s_ecrasent_pas(
    nouvelle_personne: Callable[..., Page], site: str, surveillance, seance: Commission
) -> None:
    surveillance.admettre("409")
    un, deux = nouvelle_personne(), nouvelle_personne()
    entrer(un, site, seance)
    entrer(deux, site, seance, seance.presidente.courriel)
    visible(un, "textarea[name=valeur]").fill("Du secrétariat.")
    visible(un, "textarea[name=valeur]").blur()
    expect(un.locator("[data-esp-etat-saisies]")).to_contain_text("Tout est enregistré")
    visible(deux, "textarea[name=valeur]").fill("De la présidente.")
    visible(deux, "textarea[name=valeur]").blur()
    expect(visible(deux, ".esp-message").filter(has_text="Sur l’autre poste")).to_contain_text("Du secrétariat.")
    expect(visible(deux, "textarea[name=valeur]")).to_have_value("De la présidente.")
    visible(deux, "button").filter(has_text="Garder le mien").click()
    expect(deux.locator("[data-esp-etat-saisies]")).to_contain_text("Tout est enregistré")
    assert AvisRendu.objects.get(point=seance.points[0]).motif == "De la présidente."


def test_tout_un_dossier_au_clavier(page: Page, site: str, surveillance, seance: Commission) -> None:
    entrer(page, site, seance)
    page.keyboard.press("2")  # favorable avec réserves
    reserve = visible(page, "textarea[name=texte]")
    expect(reserve).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Préciser le territoire.")
    page.keyboard.press("Escape")
    visible(page, "button").filter(has_text="Ajouter la réserve").press("Enter")
    expect(visible(page, "textarea").filter(has_text="Préciser le territoire.")).to_be_visible()
    page.keyboard.press("v")
    page.keyboard.press("Enter")
    expect(visible(page, ".esp-rendu")).to_contain_text("Favorable avec réserves")
    assert Reserve.objects.get().texte == "Préciser le territoire."
    page.keyboard.press("n")
    expect(page.locator("[data-esp-rang]")).to_have_text("2 sur 3")
    page.locator("[data-esp-raccourcis-actifs]").uncheck()
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.locator("[data-esp-rang]")).to_have_text("2 sur 3")


def test_un_depart_fait_perdre_le_quorum_a_l_ecran(page: Page, site: str, surveillance, seance: Commission) -> None:
    entrer(page, site, seance)
    quorum = page.locator("[data-esp-zone=quorum]")
    expect(quorum).to_contain_text("Quorum atteint")
    page.get_by_text("Présences et mandats").click()
    page.get_by_role("form", name=str(seance.membres[1])).get_by_role("button", name="Parti").click()
    expect(quorum).to_contain_text("Quorum perdu : 1 siège présent, il en faut 2 sur 4. Il en manque 1.")
    regarder(page, "cockpit-sans-quorum")


def test_la_lecture_s_enregistre_seule_au_telephone(
    nouvelle_personne: Callable[..., Page], site: str, surveillance
) -> None:
    surveillance.admettre("ERR_INTERNET_DISCONNECTED")
    c = commission(points=2)
    page = nouvelle_personne(viewport={"width": 390, "height": 800})
    ouvrir_session(page, site, c.membres[1].courriel)
    page.goto(f"{site}/seances/{c.seance.pk}/points/{c.points[0].pk}/")
    page.get_by_label("Favorable", exact=True).check()
    page.context.set_offline(True)
    page.get_by_label(re.compile("^En quelques lignes")).fill("Un projet utile.")
    page.get_by_label(re.compile("^En quelques lignes")).blur()
    expect(page.locator("[data-esp-etat-saisies]")).to_contain_text("Hors connexion")
    page.context.set_offline(False)
    expect(page.locator("[data-esp-etat-saisies]")).to_contain_text("Tout est enregistré", timeout=15_000)
    evaluation = Evaluation.objects.get()
    assert (evaluation.avis_propose, evaluation.texte, evaluation.rendue_le) == ("favorable", "Un projet utile.", None)
    regarder(page, "lecture")
    page.get_by_role("button", name="Rendre mon avis et lire le suivant").click()
    expect(page).to_have_url(f"{site}/seances/{c.seance.pk}/points/{c.points[1].pk}/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_sans_javascript_la_seance_se_mene_quand_meme(
    nouvelle_personne: Callable[..., Page], site: str, surveillance, seance: Commission
) -> None:
    page = nouvelle_personne(java_script_enabled=False)
    entrer(page, site, seance)
    visible(page, ".esp-choix__option").filter(has_text=re.compile(r"Favorable\s*$")).click()
    visible(page, "button").filter(has_text="Retenir cet avis").click()
    visible(page, "button").filter(has_text="Rendre cet avis").click()
    assert AvisRendu.objects.get().rendu_le is not None
