"""`esperluette verifier` : une phrase, un JSON stable, un code de sortie ; et sans base, le sceau seul."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from esperluette.documents import sceau
from esperluette.documents.actions import conserver
from tests.documents.conftest import LE, TRAME
from tests.fabriques.documents import champ, trame_de
from tests.fabriques.sceau import identite


def lancer(*arguments):
    """(code, sortie)."""
    sortie = StringIO()
    with pytest.raises(SystemExit) as fin:
        call_command("verifier", *map(str, arguments), stdout=sortie)
    return fin.value.code, sortie.getvalue()


@pytest.fixture
def garde(sceau_d_essai, tmp_path, db):
    """Un PDF gardé et scellé, et une copie dans un dossier."""
    contexte = trame_de(champ("Territoire", "texte", "Loudéac"))
    document = conserver(TRAME, contexte, "pdf", acteur=None, nom="x.pdf", le=LE)
    copie = tmp_path / "copie.pdf"
    with document.fichier.open() as fichier:
        copie.write_bytes(fichier.read())
    return document, copie


def test_un_document_intact_se_dit_et_rend_zero(garde):
    document, copie = garde
    code, dit = lancer(copie)
    assert code == 0
    assert f"✓ {copie} : Ce document est intact." in dit
    assert document.code in dit


def test_un_document_modifie_rend_un(garde, tmp_path):
    _, copie = garde
    (tmp_path / "change.pdf").write_bytes(copie.read_bytes() + b"\n")
    code, dit = lancer(copie, tmp_path / "change.pdf")
    assert code == 1
    assert "✗" in dit
    assert "a été modifié" in dit


@pytest.mark.django_db
def test_un_fichier_absent_vide_ou_trop_gros_rend_deux(tmp_path, settings, sceau_d_essai):
    settings.TAILLE_MAXIMALE_VERIFICATION = 1000
    vide, gros = tmp_path / "vide", tmp_path / "gros"
    vide.write_bytes(b"")
    gros.write_bytes(b"x" * 1001)
    for fichier in (tmp_path / "absent.pdf", vide, gros, tmp_path):
        code, dit = lancer(fichier, "--json")
        assert code == 2
        assert json.loads(dit)[0]["erreur"]


def test_le_json_a_une_entree_par_fichier(garde, tmp_path):
    document, copie = garde
    code, dit = lancer(copie, tmp_path / "absent.pdf", "--json")
    un, deux = json.loads(dit)
    assert code == 2
    assert (un["verdict"], un["connu"], un["document"]["code"]) == ("intact", True, document.code)
    assert (un["sceau"]["confiance"], un["fichier"]["sha256"]) == ("essai", document.empreinte)
    assert set(deux) == {"chemin", "erreur"}


def test_hors_ligne_seul_le_sceau_est_lu(garde, django_assert_num_queries):
    _, copie = garde
    with django_assert_num_queries(0):
        code, dit = lancer(copie, "--hors-ligne", "--json")
    (un,) = json.loads(dit)
    assert (code, un["base_consultee"], un["document"], un["verdict"]) == (0, False, None, "intact")


@pytest.mark.django_db
def test_un_tiers_donne_l_autorite_a_laquelle_il_se_fie(document, settings, tmp_path, sceau_d_essai):
    autre = identite("ARS d’ailleurs")
    settings.SCEAU_CLE, settings.SCEAU_CERTIFICAT = autre.ecrire_pem(tmp_path)
    (tmp_path / "x.pdf").write_bytes(sceau.sceller(document("accuse", "pdf"), motif="x"))
    settings.SCEAU_CLE = settings.SCEAU_CERTIFICAT = ""
    assert lancer(tmp_path / "x.pdf", "--hors-ligne")[0] == 1
    assert lancer(tmp_path / "x.pdf", "--hors-ligne", "--autorite", autre.ecrire_la_racine(tmp_path))[0] == 0
    with pytest.raises(CommandError, match="ne se lit pas"):
        lancer(tmp_path / "x.pdf", "--autorite", tmp_path / "x.pdf")


def test_sans_base_la_commande_repond_et_n_en_cree_pas(document, tmp_path, sceau_d_essai):
    """Le vrai programme, dans un dossier vide : ni base, ni fichier laissé derrière."""
    (tmp_path / "var").mkdir()
    scelle = tmp_path / "x.pdf"
    scelle.write_bytes(sceau.sceller(document("accuse", "pdf"), motif="x"))
    environnement = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "ESPERLUETTE_VAR": str(tmp_path / "var"),
        "LANG": "C.UTF-8", "ESPERLUETTE_CLE_SECRETE": "x" * 50,
    }  # fmt: skip
    commande = [sys.executable, "-m", "esperluette", "verifier", str(scelle), "--json"]
    fini = subprocess.run(commande, capture_output=True, env=environnement, timeout=60)
    (un,) = json.loads(fini.stdout)
    assert (fini.returncode, un["verdict"], un["base_consultee"]) == (1, "autre", False), fini.stderr
    avec = [*commande, "--autorite", str(sceau.essai().autorites)]
    assert subprocess.run(avec, capture_output=True, env=environnement, timeout=60).returncode == 0
    assert list((tmp_path / "var").iterdir()) == []
