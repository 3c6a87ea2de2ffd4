"""La documentation dit ce que le code fait : commandes, cycle de vie, liens, cibles de make."""

import re
import tomllib
from io import StringIO

import pytest
from django.core.management import call_command, get_commands, load_command_class
from ruamel.yaml import YAML

from tests.coherence.depot import RACINE, commandes, fichiers, relatif

PAGES = [chemin for chemin in fichiers() if chemin.suffix == ".md"]
COMMANDES = RACINE / "docs" / "commandes.md"
LIEN = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Pour les essais seulement.
NON_DOCUMENTES = {"ESPERLUETTE_COURRIEL_MOTEUR"}
CIBLES = set(re.findall(r"^([a-z]+):", (RACINE / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_chaque_commande_est_documentee():
    documentees = set(
        re.findall(r"^## `esperluette ([\w-]+)", COMMANDES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    assert sorted(documentees) == commandes()


APPEL = re.compile(r"(?:^|[\s`/|=])esperluette ((?:[a-z][\w-]*)(?: +(?:[\w@./:…-]+|\"[^\"]*\"))*)")
DE_DJANGO = {"migrate", "shell", "check", "collectstatic", "sendtestemail"}


def appels():
    """Chaque « esperluette commande … » cité dans la documentation et ses exemples, avec ses options."""
    lieux = [
        RACINE / "README.md",
        *sorted((RACINE / "docs").rglob("*.md")),
        *sorted((RACINE / "docs" / "exemples").iterdir()),
    ]
    for page in lieux:
        texte = page.read_text(encoding="utf-8")
        blocs = re.findall(r"```sh\n(.*?)```", texte, re.DOTALL) + re.findall(r"`(esperluette [^`\n]+)`", texte)
        blocs += re.findall(r"^ExecStart=(.*)$", texte, re.MULTILINE)
        for ligne in (ligne.split("#")[0] for bloc in blocs for ligne in bloc.replace("\\\n", " ").splitlines()):
            for appel in APPEL.findall(ligne):
                nom, *reste = appel.split()
                yield relatif(page), nom, tuple(mot.split("=")[0] for mot in reste if mot.startswith("--"))


def options_de(nom):
    """Les options longues d'une commande, de ses gestes compris."""
    analyseur = load_command_class(get_commands()[nom], nom).create_parser("esperluette", nom)
    trouvees, a_lire = set(), [analyseur]
    while a_lire:
        for action in a_lire.pop()._actions:
            trouvees |= set(action.option_strings)
            if isinstance(action.choices, dict):
                a_lire += action.choices.values()
    return trouvees


def test_chaque_commande_citee_existe_avec_ses_options():
    cites = set(appels())
    assert len(cites) > 40
    absentes = {(page, nom) for page, nom, _ in cites if nom not in commandes() and nom not in DE_DJANGO}
    assert absentes == set()
    fautives = {
        (page, nom, option) for page, nom, options in cites for option in options if option not in options_de(nom)
    }
    assert fautives == set()


def test_chaque_reglage_du_code_est_documente_et_chaque_reglage_documente_est_lu():
    page = (RACINE / "docs" / "exploitation.md").read_text(encoding="utf-8")
    code = "".join(f.read_text(encoding="utf-8") for f in (RACINE / "esperluette" / "config").rglob("*.py"))
    lus = set(re.findall(r'"(ESPERLUETTE_[A-Z0-9_]+[A-Z0-9])"', code))
    abreges = {
        debut.rsplit("_", rang)[0] + fin
        for debut, suite in re.findall(r"`(ESPERLUETTE_\w+)`((?:, `_\w+`)+)", page)
        for fin in re.findall(r"`(_\w+)`", suite)
        for rang in (1, 2)
    }
    assert sorted(lus - set(re.findall(r"ESPERLUETTE_[A-Z0-9_]+[A-Z0-9]", page)) - abreges - NON_DOCUMENTES) == []
    exemple = (RACINE / "docs" / "exemples" / "reglages.env").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"^(ESPERLUETTE_\w+)=", exemple, re.MULTILINE)) - lus) == []


def test_le_cycle_de_vie_publie_est_celui_du_code():
    sortie = StringIO()
    call_command("cycle-de-vie", stdout=sortie)
    page = (RACINE / "docs" / "cycle-de-vie.md").read_text(encoding="utf-8")
    assert page == sortie.getvalue(), "refaites-la : esperluette cycle-de-vie > docs/cycle-de-vie.md"


@pytest.mark.parametrize("page", PAGES, ids=relatif)
def test_aucun_lien_ne_mene_nulle_part(page):
    liens = [lien for lien in LIEN.findall(page.read_text(encoding="utf-8")) if "://" not in lien]
    assert [lien for lien in liens if not (page.parent / lien).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=relatif)
def test_les_cibles_de_make_citees_existent(page):
    citees = set(re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8")))
    assert citees - CIBLES == set()


# Vocabulaires du standard publiccode.yml : https://yml.publiccode.tools
PUBLICCODE = {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType"}
CATEGORIES = {"collaboration", "document-management", "workflow-management"}


def test_publiccode_decrit_le_logiciel_comme_le_standard_le_veut():
    code = YAML(typ="safe").load((RACINE / "publiccode.yml").read_text(encoding="utf-8"))
    description = code["description"]["fr"]
    assert PUBLICCODE | {"description", "legal", "maintenance", "localisation"} <= set(code)
    assert set(code["categories"]) <= CATEGORIES
    assert code["legal"]["license"] == "AGPL-3.0-or-later"
    assert code["maintenance"]["contacts"][0]["name"]
    assert len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]


def test_chaque_dependance_est_justifiee():
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    lignes = [*projet["project"]["dependencies"], *projet["dependency-groups"]["dev"]]
    noms = {re.match(r"[\w-]+", ligne).group() for ligne in lignes}
    choix = (RACINE / "docs" / "adr" / "0001-choix-techniques.md").read_text(encoding="utf-8").lower()
    assert sorted(nom for nom in noms if nom.lower() not in choix) == []
