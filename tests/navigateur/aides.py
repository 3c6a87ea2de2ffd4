"""Les gestes communs aux essais de navigateur : axe, captures, connexion par code."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVES = {"serious", "critical"}
BUREAU = {"width": 1280, "height": 900}
TELEPHONE = {"width": 390, "height": 844}


def axe(page: Page) -> None:
    """Échoue si axe-core trouve sur la page un défaut sérieux ou critique ; dit lequel et où."""
    defauts = [
        f"{defaut['impact']} — {defaut['id']} : {defaut['help']}\n"
        + "\n".join(f"    {noeud['html'][:200]}" for noeud in defaut["nodes"])
        for defaut in Axe().run(page).response["violations"]
        if defaut["impact"] in GRAVES
    ]
    assert not defauts, f"{page.url}\n" + "\n".join(defauts)


def capturer(page: Page, nom: str) -> None:
    """Si ESPERLUETTE_CAPTURES nomme un dossier, y range la page, en largeur de bureau et de téléphone."""
    dossier = os.environ.get("ESPERLUETTE_CAPTURES")
    if not dossier:
        return
    Path(dossier).mkdir(parents=True, exist_ok=True)
    avant = page.viewport_size or BUREAU
    for largeur, taille in (("bureau", BUREAU), ("telephone", TELEPHONE)):
        page.set_viewport_size(taille)
        page.screenshot(path=Path(dossier) / f"{nom}-{largeur}.png", full_page=True)
    page.set_viewport_size(avant)


def dernier_code(page: Page, site: str, courriel: str) -> str:
    """Le dernier code reçu par cette adresse, lu comme une personne le lirait dans la boîte locale."""
    boite = page.context.new_page()
    boite.goto(f"{site}/boite/?a={courriel}")
    codes = re.findall(r"\b(\d{3}) ?(\d{3})\b", boite.locator("main").inner_text())
    boite.close()
    assert codes, f"aucun code pour {courriel} dans la boîte locale"
    return "".join(codes[0])


def se_connecter(page: Page, site: str, courriel: str) -> None:
    """Demande un code, le lit dans la boîte locale et le recopie."""
    page.goto(f"{site}/compte/connexion/")
    page.locator("main input[type=email]").fill(courriel)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/connexion/code/**")
    page.locator("main input[name=code]").fill(dernier_code(page, site, courriel))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda adresse: "/connexion/" not in adresse)


def atteindre_au_clavier(page: Page, selecteur: str, *, limite: int = 60) -> None:
    """Avance par Tab jusqu'à l'élément ; échoue s'il est hors d'atteinte ou si le focus ne se voit pas."""
    cible = page.locator(selecteur).first
    for _ in range(limite):
        page.keyboard.press("Tab")
        if cible.evaluate("e => e === document.activeElement"):
            contour = cible.evaluate("e => getComputedStyle(e).outlineStyle")
            assert contour != "none", f"{selecteur} reçoit le focus sans que cela se voie"
            return
    raise AssertionError(f"{selecteur} ne s'atteint pas en {limite} tabulations")
