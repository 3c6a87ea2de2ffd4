"""`esperluette referentiel …` et le contrôle de démarrage, par la vraie commande et sans base."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from esperluette.referentiel import lecture, sous_commandes

SANS_BASE = "postgres://personne:rien@127.0.0.1:1/absente"


def _esperluette(*arguments, editions="", cwd):
    environnement = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "esperluette.config.settings",
        "DATABASE_URL": SANS_BASE,
        "ESPERLUETTE_VAR": str(cwd),
        "ESPERLUETTE_EDITIONS": str(editions),
    }
    return subprocess.run(
        [sys.executable, "-m", "esperluette", *arguments],
        capture_output=True,
        text=True,
        env=environnement,
        check=False,
        timeout=120,
    )


@pytest.fixture
def cassee(atelier, settings):
    """Un dossier supplémentaire dont la seule édition a une faute de frappe dans un paramètre."""
    (atelier.racine / "bretagne").rename(atelier.racine / "cornouaille")
    atelier.edition = "cornouaille/2024-10"
    for numero in ("2019-10", "2024-10"):
        atelier.edition = f"cornouaille/{numero}"
        atelier.remplacer("edition.yaml", "cle: bretagne", "cle: cornouaille")
    ligne = atelier.remplacer("criteres.yaml", "minimum: 1, exercice", "minimun: 1, exercice")
    for fichier in (atelier.racine / "national" / "2026").iterdir():
        fichier.unlink()
    (atelier.racine / "EMPREINTES").unlink()
    settings.EDITIONS_SUPPLEMENTAIRES = [atelier.racine]
    return atelier.racine, f"cornouaille/2024-10/criteres.yaml, ligne {ligne} : clé inconnue « minimun »"


def test_verifier_sans_base_de_donnees_rend_zero(tmp_path):
    resultat = _esperluette("referentiel", "verifier", cwd=tmp_path)
    assert (resultat.returncode, resultat.stderr) == (0, "")
    assert resultat.stdout.splitlines()[-1] == "Tout est en ordre."
    assert re.search(r"^bretagne/2024-10 : critères \d+, démarches \d+", resultat.stdout, flags=re.MULTILINE)


def test_verifier_une_edition_invalide_rend_deux_et_dit_pourquoi(cassee, tmp_path):
    racine, phrase = cassee
    resultat = _esperluette("referentiel", "verifier", editions=racine, cwd=tmp_path)
    assert resultat.returncode == 2
    assert phrase in resultat.stderr
    assert "Traceback" not in resultat.stderr


def test_une_edition_invalide_empeche_le_demarrage(cassee, tmp_path):
    racine, phrase = cassee
    resultat = _esperluette("check", editions=racine, cwd=tmp_path)
    assert resultat.returncode != 0
    assert phrase in resultat.stderr


def test_le_controle_systeme_dit_chaque_probleme(cassee):
    erreurs = run_checks(tags=["referentiel"])
    assert [e.id for e in erreurs] == ["referentiel.E001"] * len(erreurs)
    assert any(cassee[1] in e.msg for e in erreurs)


def test_le_controle_systeme_se_tait_quand_tout_va():
    assert run_checks(tags=["referentiel"]) == []


def test_verifier_en_json(capsys):
    call_command("referentiel", "verifier", "--json")
    reponse = json.loads(capsys.readouterr().out)
    assert reponse["valide"] is True
    assert reponse["problemes"] == []
    lues = [(e["region"], e["numero"]) for e in reponse["editions"]]
    assert lues == sorted(cle for cle in lecture.dossiers() if cle[0] != lecture.NATIONAL)
    assert {("bretagne", "2019-10"), ("bretagne", "2024-10")} < set(lues)


def test_verifier_en_json_dit_les_problemes(cassee, capsys):
    with pytest.raises(SystemExit) as sortie:
        call_command("referentiel", "verifier", "--json")
    assert sortie.value.code == 2
    problemes = json.loads(capsys.readouterr().out)["problemes"]
    assert {"fichier", "ligne", "cause"} == problemes[0].keys()


def test_deux_editions_en_vigueur_le_meme_jour_sont_refusees(atelier, settings, capsys):
    atelier.remplacer("edition.yaml", "cle: bretagne", "cle: cornouaille")
    (atelier.racine / "cornouaille").mkdir()
    (atelier.racine / "bretagne" / "2024-10").rename(atelier.racine / "cornouaille" / "2024-10")
    atelier.edition = "bretagne/2019-10"
    atelier.remplacer("edition.yaml", "cle: bretagne", "cle: cornouaille")
    atelier.remplacer("edition.yaml", "en_vigueur_au: 2024-10-01", "en_vigueur_au: 2024-10-02")
    (atelier.racine / "bretagne" / "2019-10").rename(atelier.racine / "cornouaille" / "2019-10")
    for inutile in ("national/2026", "EMPREINTES"):
        chemin = atelier.racine / inutile
        chemin.unlink() if chemin.is_file() else [f.unlink() for f in chemin.iterdir()]
    settings.EDITIONS_SUPPLEMENTAIRES = [atelier.racine]
    with pytest.raises(SystemExit):
        call_command("referentiel", "verifier")
    assert "cornouaille/2019-10/edition.yaml, ligne 1 : en vigueur le même jour que l'édition 2024-10" in (
        capsys.readouterr().err
    )


def test_sceller_n_ecrit_que_dans_le_dossier_demande(atelier, settings, capsys):
    settings.EDITIONS_SUPPLEMENTAIRES = [atelier.racine]
    atelier.ajouter("aides.yaml", "\n# une remarque\n")
    call_command("referentiel", "sceller", "--dossier", str(atelier.racine))
    assert capsys.readouterr().out.strip() == "Rien à inscrire."
    call_command("referentiel", "sceller", "bretagne/2024-10", "--remplacer", "--dossier", str(atelier.racine))
    assert capsys.readouterr().out.strip() == "bretagne/2024-10 : empreinte inscrite"
    with pytest.raises(SystemExit) as sortie:
        call_command("referentiel", "sceller", "nulle/part", "--dossier", str(atelier.racine))
    assert sortie.value.code == 2


@pytest.mark.parametrize("fichier", ["edition.yaml", "criteres.yaml", "local.yaml", "trame"])
def test_le_schema_se_publie(capsys, fichier):
    call_command("referentiel", "schema", fichier)
    schema = json.loads(capsys.readouterr().out)
    assert schema["additionalProperties"] is False
    assert schema["properties"]


def test_une_sous_commande_inconnue_est_refusee():
    with pytest.raises(CommandError):
        call_command("referentiel", "verifie")


def test_une_sous_commande_s_ajoute_et_ne_se_double_pas(monkeypatch, capsys):
    monkeypatch.setattr(sous_commandes, "SOUS_COMMANDES", dict(sous_commandes.SOUS_COMMANDES))
    monkeypatch.setattr(
        "esperluette.referentiel.management.commands.referentiel.SOUS_COMMANDES", sous_commandes.SOUS_COMMANDES
    )

    def dire(options, sortie, erreurs):
        sortie.write("bonjour")
        return 0

    nouvelle = sous_commandes.SousCommande("dire", "dit bonjour", dire)
    sous_commandes.inscrire(nouvelle)
    call_command("referentiel", "dire")
    assert capsys.readouterr().out == "bonjour\n"
    with pytest.raises(ValueError, match="déjà inscrite"):
        sous_commandes.inscrire(nouvelle)
