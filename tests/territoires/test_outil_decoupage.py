"""Le programme qui refait le découpage embarqué."""

import importlib.util
import io
import json
import tarfile
from pathlib import Path

import pytest

from esperluette.territoires.decoupage import fichier_embarque, lire

CHEMIN = Path(__file__).resolve().parents[2] / "outils" / "decoupage.py"
TABLES = {
    "regions": [{"code": "84", "nom": "Auvergne-Rhône-Alpes"}],
    "departements": [{"code": "01", "nom": "Ain", "region": "84"}],
    "epci": [{"code": "240100750", "nom": "CA Bourg-en-Bresse", "type": "CA", "membres": [{"code": "01053"}]}],
    "communes": [
        {"code": "01053", "nom": "Bourg-en-Bresse", "type": "commune-actuelle", "departement": "01",
         "population": 42_000, "codesPostaux": ["01000"]},
        {"code": "01033", "nom": "Valserhône", "type": "commune-actuelle", "departement": "01", "population": 16_500,
         "codesPostaux": ["01200"], "anciensCodes": ["01018", "01091"]},
        {"code": "01091", "nom": "Châtillon-en-Michaille", "type": "commune-deleguee", "chefLieu": "01033"},
        {"code": "01033", "nom": "Bellegarde-sur-Valserine", "type": "commune-deleguee", "chefLieu": "01033"},
        {"code": "01053", "nom": "Bourg-en-Bresse", "type": "commune-deleguee", "chefLieu": "01053"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def outil():
    description = importlib.util.spec_from_file_location("outil_decoupage", CHEMIN)
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    chemin = tmp_path / "paquet.tgz"
    contenus = {f"data/{nom}.json": lignes for nom, lignes in TABLES.items()} | {"package.json": {"version": "7.0.0"}}
    with tarfile.open(chemin, "w:gz") as tar:
        for nom, contenu in contenus.items():
            octets = json.dumps(contenu).encode()
            fiche = tarfile.TarInfo(f"package/{nom}")
            fiche.size = len(octets)
            tar.addfile(fiche, io.BytesIO(octets))
    return chemin


@pytest.fixture
def petit(outil, monkeypatch):
    monkeypatch.setattr(outil, "MINIMUMS", dict.fromkeys(outil.MINIMUMS, 0))
    return outil


def lancer(outil, archive: Path, dossier: Path, millesime: int = 2027) -> Path:
    dossier.mkdir(exist_ok=True)
    outil.principal(["7.0.0", "--millesime", str(millesime), "--archive", str(archive), "--dossier", str(dossier)])
    return dossier / f"decoupage-{millesime}.json.xz"


def test_le_fichier_produit_se_relit(petit, archive, tmp_path):
    contenu = lire(lancer(petit, archive, tmp_path / "sortie"))
    assert contenu.provenance.version == "7.0.0"
    assert [(x.code, x.epci, x.codes_postaux) for x in contenu.communes] == [
        ("01033", "", ("01200",)),
        ("01053", "240100750", ("01000",)),
    ]
    # Un nom d'ancienne commune sous le code de la commune nouvelle est gardé ; son propre nom ne l'est pas.
    assert contenu.anciennes == [
        ("01018", "", "01033"),
        ("01033", "Bellegarde-sur-Valserine", "01033"),
        ("01091", "Châtillon-en-Michaille", "01033"),
    ]


def test_deux_productions_sont_les_memes_octet_pour_octet(petit, archive, tmp_path):
    premiere = lancer(petit, archive, tmp_path / "a").read_bytes()
    assert lancer(petit, archive, tmp_path / "b").read_bytes() == premiere


def test_un_nouveau_millesime_remplace_l_ancien(petit, archive, tmp_path):
    lancer(petit, archive, tmp_path / "s", 2026)
    lancer(petit, archive, tmp_path / "s", 2027)
    assert [f.name for f in (tmp_path / "s").iterdir()] == ["decoupage-2027.json.xz"]


def test_un_paquet_ampute_n_ecrit_rien(outil, archive, tmp_path):
    with pytest.raises(SystemExit, match="Rien n'est écrit"):
        lancer(outil, archive, tmp_path / "s")
    assert list((tmp_path / "s").iterdir()) == []


def test_une_autre_version_que_celle_demandee_est_refusee(petit, archive, tmp_path):
    with pytest.raises(SystemExit, match=r"version 7\.0\.0, pas 6\.0\.0"):
        petit.principal(["6.0.0", "--millesime", "2026", "--archive", str(archive), "--dossier", str(tmp_path)])


def test_un_renvoi_perdu_arrete_tout(petit):
    tables = petit.condenser({**TABLES, "departements": []})
    with pytest.raises(SystemExit, match="communes : renvoi inconnu vers departements : 01"):
        petit.controler(tables)


def test_le_fichier_du_depot_vient_de_cet_outil(outil):
    provenance = lire().provenance
    assert provenance.producteur == outil.PROVENANCE["producteur"]
    assert fichier_embarque().name == f"decoupage-{provenance.millesime}.json.xz"
