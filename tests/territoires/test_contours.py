"""Les contours embarqués : toutes les communes, lus vite, sans shapely ni base."""

import json
import lzma
import subprocess
import sys
import zipfile
from itertools import pairwise

import pytest

from esperluette.territoires import contours as fonds
from esperluette.territoires.decoupage import lire

# Ce que la source ne couvre pas : les collectivités d'outre-mer.
HORS_SOURCE = ("975", "977", "978", "984", "986", "987", "988", "989")
# Rétablies en 2025 ; leur surface est encore dans le contour de Neussargues-Moissac (15141).
CANTAL = {"15031", "15035", "15047", "15171"}


@pytest.fixture(scope="module")
def codes():
    return [c.code for c in lire().communes]


def test_toute_commune_active_a_un_contour_sauf_quatre_vingt_dix_huit_justifiees(codes):
    sans = set(codes) - set(fonds.contours(codes))
    assert sans >= CANTAL
    assert {code for code in sans - CANTAL if not code.startswith(HORS_SOURCE)} == set()
    assert len(sans) == 98


def test_l_archive_reste_compacte():
    assert len(fonds.fichier_embarque().read_bytes()) < 3 * 1024 * 1024


def test_la_provenance_se_cite():
    dite = fonds.provenance()
    assert (dite["producteur"], dite["licence"]) == ("IGN", "Licence Ouverte 2.0")
    assert dite["millesime"] == lire().provenance.millesime
    assert len(dite["empreinte_du_paquet"]) == 64


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [
        ("29019", -4.49, 48.41),  # Brest
        ("05061", 6.07, 44.58),  # Gap
        ("02691", 3.28, 49.85),  # Saint-Quentin
        ("2A004", 8.70, 41.93),  # Ajaccio
        ("75056", 2.34, 48.86),  # Paris
        ("97411", 55.45, -20.94),  # Saint-Denis, La Réunion
        ("97611", 45.20, -12.78),  # Mamoudzou
    ],
)
def test_chaque_contour_est_la_ou_il_faut(code, longitude, latitude):
    contour = fonds.contours([code])[code]
    assert contour.longitude == pytest.approx(longitude, abs=0.06)
    assert contour.latitude == pytest.approx(latitude, abs=0.06)
    gauche, haut, droite, bas = contour.boite
    assert gauche <= contour.centre[0] <= droite
    assert haut <= contour.centre[1] <= bas


def test_deux_villes_sont_a_leur_distance():
    brest, rennes = (fonds.contours(["29019", "35238"])[code].centre for code in ("29019", "35238"))
    pas = fonds.provenance()["pas"]
    distance = ((brest[0] - rennes[0]) ** 2 + (brest[1] - rennes[1]) ** 2) ** 0.5 * pas / 1000
    assert distance == pytest.approx(208, abs=8)


def points(trace):
    """Les points absolus d'un tracé, anneau par anneau."""
    for anneau in trace.removesuffix("z").split("z"):
        depart, suite = anneau.removeprefix("M").split("l")
        x, y = map(int, depart.split())
        pas = list(map(int, suite.split()))
        sommets = [(x, y)]
        for dx, dy in zip(pas[::2], pas[1::2], strict=True):
            x, y = x + dx, y + dy
            sommets.append((x, y))
        yield sommets


@pytest.mark.parametrize("code", ["22136", "29155", "75056", "97611", "59350"])
def test_un_trace_se_ferme_et_tient_dans_sa_boite(code):
    contour = fonds.contours([code])[code]
    tous = [p for anneau in points(contour.trace) for p in anneau]
    for anneau in points(contour.trace):
        assert anneau[0] == anneau[-1]
        assert len(set(anneau)) >= 3
    assert contour.boite == (
        min(x for x, _ in tous), min(y for _, y in tous), max(x for x, _ in tous), max(y for _, y in tous),
    )  # fmt: skip


def aire(code):
    total = 0.0
    for anneau in points(fonds.contours([code])[code].trace):
        total += sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(anneau)) / 2
    return abs(total) * fonds.provenance()["pas"] ** 2 / 1e6


@pytest.mark.parametrize(
    ("code", "km2"),
    [
        ("22136", 80),  # Loudéac
        ("22241", 74),  # Plumieux, agrandie de Coëtlogon et du Cambout en 2025
        ("12218", 106),  # Conques-en-Rouergue, réunion de communes déléguées
        ("05061", 110),  # Gap
        ("75056", 105),  # Paris, réunion de ses arrondissements
        ("13215", 17),  # Marseille 15e
    ],
)
def test_les_surfaces_sont_les_vraies_a_cinq_pour_cent(code, km2):
    assert aire(code) == pytest.approx(km2, rel=0.06)


def test_deux_voisines_partagent_leur_frontiere():
    loudeac, motte = (fonds.contours(["22136", "22155"])[code] for code in ("22136", "22155"))
    assert set(loudeac.arcs) & set(motte.arcs)


def test_la_limite_exterieure_oublie_les_frontieres_interieures():
    choisis = list(fonds.contours(["22136", "22155"]).values())
    seuls = sum(fonds.limite_exterieure([c]).count("M") for c in choisis)
    ensemble = fonds.limite_exterieure(choisis).count("M")
    communs = len(set(choisis[0].arcs) & set(choisis[1].arcs))
    assert ensemble == seuls - 2 * communs


def test_un_code_inconnu_ou_un_departement_inconnu_sont_omis():
    assert list(fonds.contours(["22136", "22999", "99999", "", "97801"])) == ["22136"]
    assert fonds.lot_du_departement("00") is None


def test_les_cent_un_departements_ont_un_contour():
    tous = [code for code, _, region in lire().departements]
    trouves = fonds.contours_des_departements(tous)
    assert len(trouves) == 101
    assert trouves["974"].repere == "974"
    assert trouves["22"].longitude is None


def test_lire_une_region_ne_lit_que_ses_departements(codes):
    fonds.vider_cache()
    fonds.contours([code for code in codes if code[:2] in {"22", "29", "35", "56"}])
    assert fonds._lot.cache_info().currsize == 4


def test_ni_shapely_ni_django_ne_sont_requis_pour_lire():
    programme = (
        "import sys\n"
        "from esperluette.territoires.contours import contours\n"
        "assert contours(['22136'])\n"
        "sys.exit(sum(m in sys.modules for m in ('shapely', 'numpy', 'django.db')))"
    )
    assert subprocess.run([sys.executable, "-c", programme], check=False).returncode == 0


@pytest.fixture
def archive(tmp_path, monkeypatch):
    chemin = tmp_path / "contours-2030.zip"
    monkeypatch.setattr(fonds, "fichier_embarque", lambda: chemin)
    fonds.vider_cache()
    yield chemin
    fonds.vider_cache()


def test_une_archive_abimee_se_dit(archive):
    archive.write_bytes(b"pas un zip")
    with pytest.raises(fonds.ContoursIllisibles, match="archive de contours illisible"):
        fonds.contours(["22136"])


def test_les_centres_de_toute_la_france_sont_ceux_des_contours(codes):
    tous = fonds.centres()
    assert len(tous) > 34_800
    for code, contour in fonds.contours(["22136", "75056", "97411", "2A004"]).items():
        assert tous[code] == (contour.repere, contour.longitude, contour.latitude)


def test_les_centres_d_une_archive_abimee_se_disent(archive):
    archive.write_bytes(b"pas un zip")
    with pytest.raises(fonds.ContoursIllisibles, match="archive de contours illisible"):
        fonds.centres()


def test_une_archive_absente_se_dit(archive):
    with pytest.raises(fonds.ContoursIllisibles, match="illisible"):
        fonds.contours(["22136"])


def test_un_arc_a_rebours_donne_le_meme_contour(archive):
    # Deux carrés accolés : le second prend la frontière commune à rebours.
    lot = {
        "repere": "metropole",
        "arcs": [[10, 0, 0, 10], [0, 0, -10, 0, 0, -10, 10, 0], [0, 0, 10, 0, 0, 10, -10, 0]],
        "formes": {"22001": [[0, 1]], "22002": [[~0, 2]]},
        "centres": {"22001": [5, 5, -2750, 48100], "22002": [15, 5, -2700, 48100]},
    }
    with zipfile.ZipFile(archive, "w") as sortie:
        sortie.writestr("communes/22.json.xz", lzma.compress(json.dumps(lot).encode()))
    lus = fonds.contours(["22001", "22002"])
    assert lus["22001"].trace == "M10 0l0 10 -10 0 0 -10 10 0z"
    assert lus["22002"].trace.startswith("M10 10l0 -10")
    assert lus["22001"].boite == (0, 0, 10, 10)
