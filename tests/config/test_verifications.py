"""Une installation mal réglée le dit avant de servir."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from esperluette.config.verifications import MENTIONS, demonstration_et_production, production_reglee
from tests.fabriques.sceau import identite

BONS = {
    "ESPERLUETTE_CLE_SECRETE": "x" * 50,
    "DATABASE_URL": "postgres://a:b@machine/base",
    "ESPERLUETTE_COURRIEL_HOTE": "smtp.ars.example",
}
MENTIONS_DONNEES = dict.fromkeys(MENTIONS.values(), "renseigné")


@pytest.fixture
def production(settings, monkeypatch):
    """Une production bien réglée, à abîmer."""
    for nom, valeur in BONS.items():
        monkeypatch.setenv(nom, valeur)
    settings.PRODUCTION, settings.DEMONSTRATION = True, False
    settings.ALLOWED_HOSTS = ["esperluette.ars.fr"]
    settings.ADRESSE_PUBLIQUE = "https://esperluette.ars.fr"
    settings.DEFAULT_FROM_EMAIL = "Esperluette <ne-pas-repondre@ars.fr>"
    for reglage in MENTIONS:
        setattr(settings, reglage, "renseigné")
    return settings


def identifiants():
    return [message.id for message in [*demonstration_et_production(), *production_reglee()]]


def test_une_production_bien_reglee_ne_dit_rien(production):
    assert identifiants() == []


def test_hors_production_rien_n_est_exige(settings, monkeypatch):
    monkeypatch.delenv("ESPERLUETTE_CLE_SECRETE", raising=False)
    settings.PRODUCTION = False
    assert identifiants() == []


def test_la_demonstration_est_refusee_en_production(production):
    production.DEMONSTRATION = True
    assert identifiants() == ["esperluette.E001"]


@pytest.mark.parametrize(
    ("variable", "valeur", "attendu"),
    [
        ("ESPERLUETTE_CLE_SECRETE", None, "esperluette.E002"),
        ("ESPERLUETTE_CLE_SECRETE", "courte", "esperluette.E002"),
        ("DATABASE_URL", None, "esperluette.E004"),
        ("DATABASE_URL", "sqlite:///base.sqlite3", "esperluette.E004"),
        ("ESPERLUETTE_COURRIEL_HOTE", None, "esperluette.E006"),
    ],
)
def test_chaque_variable_oubliee_est_une_erreur(production, monkeypatch, variable, valeur, attendu):
    if valeur is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, valeur)
    assert identifiants() == [attendu]


@pytest.mark.parametrize(
    ("reglage", "valeur", "attendu"),
    [
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "esperluette.E003"),
        ("ALLOWED_HOSTS", ["*"], "esperluette.E003"),
        ("ALLOWED_HOSTS", [""], "esperluette.E003"),
        ("ADRESSE_PUBLIQUE", "http://esperluette.ars.fr", "esperluette.E005"),
        ("ADRESSE_PUBLIQUE", "https://localhost", "esperluette.E005"),
        ("DEFAULT_FROM_EMAIL", "Esperluette <ne-pas-repondre@esperluette.example>", "esperluette.W001"),
    ],
)
def test_chaque_reglage_qui_ne_convient_pas_est_nomme(production, reglage, valeur, attendu):
    setattr(production, reglage, valeur)
    assert identifiants() == [attendu]


@pytest.mark.parametrize("reglage", MENTIONS)
def test_une_mention_legale_oubliee_se_dit_sans_empecher_de_demarrer(production, reglage):
    setattr(production, reglage, "")
    assert identifiants() == ["esperluette.W002"]
    assert MENTIONS[reglage] in production_reglee()[0].msg


def verifier(**environnement):
    propre = {k: v for k, v in os.environ.items() if not k.startswith(("ESPERLUETTE_", "DATABASE_URL", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "esperluette", "check"],
        cwd=Path(__file__).parents[2],
        env={**propre, **environnement},
        capture_output=True,
        text=True,
        check=False,
    )


def test_une_production_nue_refuse_de_demarrer_et_dit_tout_en_francais(tmp_path):
    resultat = verifier(ESPERLUETTE_PRODUCTION="1", ESPERLUETTE_DEMONSTRATION="1", ESPERLUETTE_VAR=str(tmp_path))
    assert resultat.returncode == 1
    for numero in ("E001", "E002", "E003", "E004", "E005", "E006"):
        assert f"esperluette.{numero}" in resultat.stderr
    assert "Retirez ESPERLUETTE_DEMONSTRATION" in resultat.stderr
    assert list(tmp_path.iterdir()) == []


def test_une_production_reglee_demarre(tmp_path):
    cle, certificat = identite().ecrire_pem(tmp_path)
    resultat = verifier(
        **BONS,
        **MENTIONS_DONNEES,
        ESPERLUETTE_PRODUCTION="1",
        ESPERLUETTE_VAR=str(tmp_path),
        ESPERLUETTE_HOTES="esperluette.ars.fr",
        ESPERLUETTE_ADRESSE="https://esperluette.ars.fr",
        ESPERLUETTE_COURRIEL_DE="ne-pas-repondre@ars.fr",
        ESPERLUETTE_SCEAU_CLE=cle,
        ESPERLUETTE_SCEAU_CERTIFICAT=certificat,
    )
    assert (resultat.returncode, resultat.stderr) == (0, "")
