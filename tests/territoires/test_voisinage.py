"""Les communes alentour : les bonnes, à la bonne distance, par-delà les limites des départements."""

import math

import pytest

from esperluette.territoires import contours
from esperluette.territoires.voisinage import MAXIMUM_KM, a_moins_de


def a_vol_d_oiseau(depart, arrivee):
    """La distance sur la sphère, par les longitudes et latitudes : par une autre formule."""
    (a, b) = (contours.contours([code])[code] for code in (depart, arrivee))
    phi, lam, phi2, lam2 = map(math.radians, (a.latitude, a.longitude, b.latitude, b.longitude))
    h = math.sin((phi2 - phi) / 2) ** 2 + math.cos(phi) * math.cos(phi2) * math.sin((lam2 - lam) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


@pytest.mark.parametrize("code", ["22136", "97411", "2A004", "59350"])
def test_les_distances_sont_celles_d_un_calcul_sur_la_sphere(code):
    trouvees = a_moins_de(code, 20)
    assert len(trouvees) > 3
    for autre, km in trouvees.items():
        assert km == pytest.approx(a_vol_d_oiseau(code, autre), abs=0.01)


def test_la_plus_proche_d_abord_a_commencer_par_elle_meme():
    trouvees = a_moins_de("22136", 30)
    assert next(iter(trouvees.items())) == ("22136", 0.0)
    assert list(trouvees.values()) == sorted(trouvees.values())
    assert max(trouvees.values()) <= 30


def test_le_rayon_passe_les_limites_de_departement_et_de_region():
    assert {c[:2] for c in a_moins_de("35236", 15)} >= {"35", "44", "56"}  # Redon


def test_aucune_commune_proche_n_est_oubliee():
    """La même chose en regardant tous les départements de la métropole."""
    toutes = {
        code
        for departement in contours.departements_du_repere("metropole")
        for code in contours.lot_du_departement(departement.code).contours
        if a_vol_d_oiseau("35236", code) <= 40
    }
    assert set(a_moins_de("35236", 40)) == toutes


@pytest.mark.parametrize("code", ["99999", "", "\x00", "22"])
def test_une_commune_sans_contour_n_a_pas_de_voisine(code):
    assert a_moins_de(code, 10) == {}


def test_le_rayon_est_borne():
    assert a_moins_de("22136", 100_000) == a_moins_de("22136", MAXIMUM_KM)


def test_un_repere_inconnu_n_a_pas_de_departement():
    assert contours.departements_du_repere("lune") == []
