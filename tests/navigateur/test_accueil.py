"""L'accueil dans un vrai navigateur."""

from playwright.sync_api import expect

from tests.navigateur.aides import atteindre_au_clavier, axe, capturer


def test_l_accueil_s_affiche_sans_defaut_d_accessibilite(page, site):
    page.goto(site)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "fr"
    axe(page)
    capturer(page, "accueil")


def test_l_accueil_se_parcourt_au_clavier(page, site):
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.goto(site)
    atteindre_au_clavier(page, "a[href='/compte/connexion/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte/connexion/")


def test_l_accueil_s_affiche_sans_javascript(nouvelle_personne, site):
    page = nouvelle_personne(java_script_enabled=False)
    page.goto(site)
    expect(page.locator("h1")).to_be_visible()
    page.locator("a[href='/compte/connexion/']").first.click()
    page.wait_for_url("**/compte/connexion/")
