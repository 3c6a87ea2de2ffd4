"""L'offre la plus proche : celle que trouverait une recherche naïve, en tout point de France."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.indicateurs import alentours
from esperluette.indicateurs.distances import GARDEES, RAYON, Voisines, resumer
from esperluette.indicateurs.lectures import chiffres
from esperluette.territoires.contours import centres
from esperluette.territoires.models import Commune

PLACES = st.tuples(st.sampled_from(["metropole", "974"]), st.floats(-5, 9), st.floats(41.5, 51))
LIEUX = st.lists(PLACES, min_size=1, max_size=40)


def haversine(longitude, latitude, longitudes, latitudes):
    """L'autre formule, sur des tableaux : ni vecteurs, ni grille."""
    l1, p1, l2, p2 = (np.radians(x) for x in (longitude, latitude, np.asarray(longitudes), np.asarray(latitudes)))
    a = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin((l2 - l1) / 2) ** 2
    return 2 * RAYON * np.arcsin(np.sqrt(a))


@settings(max_examples=150, deadline=None)
@given(lieux=LIEUX, ailleurs=PLACES)
def test_la_plus_proche_est_celle_d_une_recherche_naive(lieux, ailleurs):
    situes = {f"c{n}": lieu for n, lieu in enumerate(lieux)} | {"ici": ailleurs}
    trouvee = Voisines(situes, [c for c in situes if c != "ici"]).plus_proche("ici")
    voisins = [(x, y) for repere, x, y in lieux if repere == ailleurs[0]]
    if not voisins:
        assert trouvee is None
        return
    attendue = haversine(*ailleurs[1:], *zip(*voisins, strict=True)).min()
    assert trouvee[0] == pytest.approx(attendue, abs=1e-6)


def test_chaque_commune_de_france_a_la_plus_proche_d_une_recherche_naive():
    situes = centres()
    pourvues = sorted(situes)[::97]
    voisines = Voisines(situes, pourvues)
    reperes = np.array([situes[c][0] for c in pourvues])
    lon, lat = (np.array([situes[c][n] for c in pourvues]) for n in (1, 2))
    for code in sorted(situes)[::41]:
        repere, x, y = situes[code]
        distances = np.where(reperes == repere, haversine(x, y, lon, lat), np.inf)
        trouvee = voisines.plus_proche(code)
        assert (np.inf if trouvee is None else trouvee[0]) == pytest.approx(distances.min(), abs=1e-6), code


def test_la_memoire_des_distances_ne_grossit_pas_sans_fin():
    voisines, codes = Voisines(centres(), sorted(centres())[::7]), sorted(centres())[: GARDEES + 500]
    premieres = [voisines.plus_proche(c) for c in codes]
    assert len(voisines._trouvees) <= GARDEES
    assert [voisines.plus_proche(c) for c in codes[:20]] == premieres[:20]


class Oublieux(dict):
    """Ce que laisse un autre fil qui vide la mémoire à tout instant."""

    def __contains__(self, _code):
        return True

    def __setitem__(self, _code, _trouvee):
        pass


def test_une_memoire_videe_par_un_autre_fil_ne_fait_rien_perdre():
    voisines = Voisines(centres(), ["22136", "35238"])
    voisines._trouvees = Oublieux()
    assert voisines.plus_proche("22136") == (0.0, "22136")
    assert voisines.plus_proche("99999") is None


@pytest.mark.django_db
def test_un_autre_fil_ne_fait_pas_perdre_les_communes_deja_classees(territoire, monkeypatch):
    lus, zonages_de = chiffres(), alentours.zonages_de
    connue, *autres = Commune.objects.filter(departement="22")[:4]

    def lire(*communes):
        return alentours.alentours(communes, lus, acces=True, fiches=False).non_charges

    def pendant_qu_un_autre_fil_en_lit_d_autres(codes):
        monkeypatch.setattr(alentours, "zonages_de", zonages_de)
        for commune in autres:
            lire(commune)
        return zonages_de(codes)

    attendu = lire(connue)
    assert attendu
    monkeypatch.setattr(alentours, "GARDEES", 1)
    monkeypatch.setattr(alentours, "zonages_de", pendant_qu_un_autre_fil_en_lit_d_autres)
    assert lire(connue, Commune(pk="99999", nom="Nulle part", population=1)) == attendu


def test_chez_soi_la_distance_est_nulle():
    assert Voisines(centres(), ["22136", "35238"]).plus_proche("22136") == (0.0, "22136")


def test_la_mer_separe_les_reperes():
    """L'offre de métropole n'est pas « la plus proche » d'une commune de La Réunion."""
    assert Voisines(centres(), ["22136"]).plus_proche("97411") is None


def test_une_commune_ou_une_offre_inconnue_ne_se_situe_pas():
    assert Voisines(centres(), ["22136"]).plus_proche("99999") is None
    assert Voisines(centres(), ["99999"]).plus_proche("22136") is None
    assert Voisines(centres(), []).plus_proche("22136") is None


def test_rennes_et_loudeac_sont_a_leur_vraie_distance():
    """Environ quatre-vingts kilomètres à vol d'oiseau, à lire sur n'importe quelle carte."""
    km, vers = Voisines(centres(), ["35238"]).plus_proche("22136")
    assert vers == "35238"
    assert 75 < km < 90


# --- Un territoire entier ----------------------------------------------------------------------------------

LIGNE = {code: ("metropole", longitude, 46.0) for code, longitude in {"a": 0.0, "b": 1.0, "c": 3.0}.items()}
DEGRE = haversine(0.0, 46.0, [1.0], [46.0])[0]


def test_la_moyenne_se_pese_par_les_habitants():
    km, vers, moyenne, loin, d_ou = resumer(Voisines(LIGNE, ["a"]).plus_proche, {"b": 300, "c": 100})
    assert (km, vers) == (pytest.approx(DEGRE), "a")
    assert moyenne == pytest.approx((300 * DEGRE + 100 * 3 * DEGRE) / 400, rel=1e-3)
    assert (loin, d_ou) == (pytest.approx(3 * DEGRE, rel=1e-3), "c")


def test_quand_plusieurs_communes_l_ont_la_plus_peuplee_est_citee():
    assert resumer(Voisines(LIGNE, ["a", "b"]).plus_proche, {"a": 10, "b": 20})[:2] == (0.0, "b")


def test_sans_habitant_ou_sans_offre_rien_ne_s_invente():
    assert resumer(Voisines(LIGNE, ["a"]).plus_proche, {"b": 0})[2] is None
    assert resumer(Voisines(LIGNE, []).plus_proche, {"b": 10}) is None


@given(ordre=st.permutations(["a", "b", "c"]))
def test_l_ordre_des_communes_est_indifferent(ordre):
    voisines = Voisines(LIGNE, ["b"]).plus_proche
    habitants = {"a": 5, "b": 7, "c": 11}
    assert resumer(voisines, {c: habitants[c] for c in ordre}) == resumer(voisines, habitants)
