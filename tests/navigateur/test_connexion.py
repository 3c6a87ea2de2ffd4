"""Se connecter dans un vrai navigateur, le code lu dans la boîte locale."""

from tests.fabriques.comptes import CompteFabrique
from tests.navigateur.aides import axe, capturer, se_connecter


def test_le_code_recu_dans_la_boite_locale_ouvre_la_session(page, site):
    CompteFabrique(courriel="claire@essais.example", prenom="Claire", nom="Le Goff")
    page.goto(f"{site}/compte/connexion/")
    axe(page)
    capturer(page, "connexion")
    se_connecter(page, site, "claire@essais.example")
    assert "Claire Le Goff" in page.locator("header").inner_text()
