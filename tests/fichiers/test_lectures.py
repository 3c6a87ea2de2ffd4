"""La vigilance s'étend aux fichiers dont le texte se lit."""

import subprocess

import pypandoc
import pytest

from esperluette.fichiers.actions import enregistrer
from esperluette.fichiers.analyses import examiner
from tests.fabriques import fichiers as f
from tests.fichiers.test_vigilance import JUSTE

pytestmark = pytest.mark.django_db


def avertissements(fichier):
    examiner(fichier)
    fichier.refresh_from_db()
    return fichier.avertissements


def bureautique(format: str, corps: str) -> bytes:
    commande = [pypandoc.get_pandoc_path(), "--sandbox", "--from=html", f"--to={format}", "--output=-"]
    return subprocess.run(commande, input=corps.encode(), capture_output=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_un_nir_coupe_par_une_mise_en_forme_se_voit_dans_un_document(format):
    corps = f"<p>M. X, <strong>{JUSTE[:7]}</strong>{JUSTE[7:]}</p><p>née le 12/03/1950</p>"
    trouves = avertissements(enregistrer(f.upload(f"a.{format}", bureautique(format, corps)), acteur=None))
    assert len(trouves) == 2
    assert all(phrase.startswith("Ce fichier semble contenir") for phrase in trouves)


@pytest.mark.parametrize(
    ("nom", "octets", "nombre"),
    [
        ("a.csv", f"nom;nir\nX;{JUSTE}\n".encode(), 1),
        ("a.txt", b"rien a signaler", 0),
        ("a.docx", f.pandoc("docx"), 0),
        ("a.xlsx", f.xlsx(), 0),
        ("a.pdf", f.pdf(), 0),
        ("a.pdf", f.pdf_texte(f"Numero {JUSTE}"), 1),
        ("a.pdf", f.pdf_texte(f"Numero {JUSTE[:5]} {JUSTE[5:]}", "Patiente nee le 12/03/1950"), 2),
        ("a.pdf", f.pdf_texte("Rien a signaler"), 0),
        ("née le 12-03-1950.pdf", f.pdf(), 1),
        ("a.xlsx", f.avec_ajout(f.xlsx(), "xl/sharedStrings.xml", f"<sst><si><t>{JUSTE}</t></si></sst>".encode()), 1),
    ],
)
def test_ce_qui_se_lit_est_examine(nom, octets, nombre):
    assert len(avertissements(enregistrer(f.upload(nom, octets), acteur=None))) == nombre
