"""Les essais dans un vrai Chromium : tout ce dossier est marqué `navigateur`.

Sans Chromium ils sont ignorés, et la raison est dite ; avec ESPERLUETTE_NAVIGATEUR_OBLIGATOIRE=1, c'est un échec.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.navigateur.aides import BUREAU
from tests.navigateur.chromium import ABSENT, ARGUMENTS, OBLIGATOIRE, chemin_du_chromium

ICI = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    miens = [essai for essai in items if ICI in essai.path.parents]
    for essai in miens:
        essai.add_marker(pytest.mark.navigateur)
        if chemin_du_chromium() is None and not OBLIGATOIRE:
            essai.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Un Chromium pour toute la session."""
    chemin = chemin_du_chromium()
    assert chemin is not None, ABSENT
    with sync_playwright() as playwright:
        # Playwright tient une boucle d'événements dans ce fil : Django y verrait à tort du code asynchrone.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        navigateur = playwright.chromium.launch(executable_path=chemin, args=ARGUMENTS)
        yield navigateur
        navigateur.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Surveillance:
    """Ce qu'une page ne doit jamais faire : une erreur dans la console, un appel hors du site."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.fautes: list[str] = []
        self.admises: list[str] = []

    def suivre(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda erreur: self.fautes.append(f"erreur JavaScript : {erreur}"))
        page.on("request", self._requete)

    def admettre(self, morceau: str) -> None:
        """Un message de console attendu par l'essai (par exemple le 404 qu'il provoque)."""
        self.admises.append(morceau)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.fautes.append(f"console : {message.text} ({message.location.get('url', '')})")

    def _requete(self, requete: Request) -> None:
        if not requete.url.startswith((self.site, "data:", "blob:")):
            self.fautes.append(f"appel hors du site : {requete.url}")

    def restantes(self) -> list[str]:
        return [faute for faute in self.fautes if not any(admise in faute for admise in self.admises)]


@pytest.fixture
def site(live_server: object) -> str:
    """L'adresse du site, servi par un autre fil de ce processus."""
    return str(live_server)


@pytest.fixture
def surveillance(site: str) -> Iterator[Surveillance]:
    """Échoue à la fin de l'essai si une page a écrit une erreur dans la console ou appelé ailleurs."""
    suivi = Surveillance(site)
    yield suivi
    assert not suivi.restantes(), "\n".join(suivi.restantes())


@pytest.fixture
def nouvelle_personne(chromium: Browser, surveillance: Surveillance) -> Iterator[Callable[..., Page]]:
    """Ouvre une page dans un navigateur neuf (ses cookies à elle) : une personne de plus.

    `nouvelle_personne(java_script_enabled=False)` pour qui n'a pas JavaScript.
    """
    contextes = []

    def ouvrir(**options: object) -> Page:
        reglages = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": BUREAU, **options}
        contexte = chromium.new_context(**reglages)  # type: ignore[arg-type]
        contexte.set_default_timeout(10_000)
        contexte.on("page", surveillance.suivre)
        contextes.append(contexte)
        return contexte.new_page()

    yield ouvrir
    for contexte in contextes:
        contexte.close()


@pytest.fixture
def page(nouvelle_personne: Callable[..., Page]) -> Page:
    """La page d'une personne seule."""
    return nouvelle_personne()
