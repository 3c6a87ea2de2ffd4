"""Les commandes lancées pour de vrai, là où rien n'est installé."""

import json
import os
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]


def lancer(dossier: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environnement = {**os.environ, "ESPERLUETTE_VAR": str(dossier / "var"), "PYTHONPATH": str(RACINE)}
    for nom in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environnement.pop(nom, None)
    return subprocess.run(
        [sys.executable, "-m", "esperluette", *arguments],
        cwd=dossier,
        env=environnement,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_les_contacts_sans_base_disent_comment_la_creer_et_rendent_le_code_2(tmp_path):
    rendu = lancer(tmp_path, "contacts", "22136", "--json")
    assert rendu.returncode == 2
    assert rendu.stdout == ""
    assert "esperluette territoires charger" in rendu.stderr
    assert "Traceback" not in rendu.stderr


def test_le_calendrier_n_a_pas_besoin_de_base(tmp_path):
    rendu = lancer(tmp_path, "calendrier", "--region", "bretagne", "--json", "--le", "2026-11-21")
    assert (rendu.returncode, rendu.stderr) == (0, "")
    assert json.loads(rendu.stdout)["seances"] == []
    assert not (tmp_path / "var").exists()
