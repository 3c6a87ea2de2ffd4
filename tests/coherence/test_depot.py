"""Le dépôt : couches d'imports, rien qui dépende d'une machine, licence intacte."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.coherence.depot import RACINE, fichiers, relatif

BINAIRES = {".xz", ".png", ".jpg", ".pdf", ".docx", ".odt", ".woff2", ".ttf", ".gz", ".zip"}
# Les motifs sont coupés pour que ce fichier ne se dénonce pas lui-même.
INTERDITS = {
    "adresse d'index": re.compile(r"(?<!emit-)(?:extra-)?index-" + r"url|pypi\.org/" + r"simple|--find-" + r"links"),
    "chemin d'une machine": re.compile(r"(?<![\w.])/(?:home|root|work|Users|opt)/" + r"\w"),
    "adresse de fichier": re.compile(r"file:/" + r"//(?:home|root|work|opt|tmp|Users)\b"),
}
LICENCE = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"  # agpl-3.0.txt de gnu.org


def test_les_imports_ne_vont_que_vers_le_bas():
    resultat = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert resultat.returncode == 0, resultat.stdout + resultat.stderr


@pytest.mark.parametrize("faute", INTERDITS)
def test_rien_ne_depend_d_une_machine(faute):
    fautifs = []
    for chemin in fichiers():
        if chemin.suffix in BINAIRES:
            continue
        for numero, ligne in enumerate(chemin.read_text(encoding="utf-8").splitlines(), start=1):
            if INTERDITS[faute].search(ligne):
                fautifs.append(f"{relatif(chemin)}:{numero}")
    assert fautifs == []


def test_la_licence_est_le_texte_officiel():
    assert hashlib.sha256((RACINE / "LICENSE").read_bytes()).hexdigest() == LICENCE


@pytest.mark.parametrize("fichier", ["base.txt", "dev.txt", "installation.txt"])
def test_chaque_dependance_est_verrouillee_avec_ses_empreintes(fichier):
    texte = (RACINE / "requirements" / fichier).read_text(encoding="utf-8")
    blocs = re.split(r"\n(?=\S)", texte.strip())
    assert [bloc.splitlines()[0] for bloc in blocs if "==" not in bloc or "--hash=sha256:" not in bloc] == []
