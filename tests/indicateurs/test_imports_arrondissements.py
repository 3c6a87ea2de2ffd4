"""Paris, Lyon et Marseille, dans le découpage entier."""

import pytest

from tests.indicateurs import fichiers
from tests.indicateurs.outils import de, importer

pytestmark = pytest.mark.django_db


def test_les_arrondissements_font_leur_commune_sans_la_compter_deux_fois(decoupage, tmp_path):
    octets = fichiers.bpe("13201,D201,10", "13202,D201,20")
    importer(tmp_path, "bpe-sante", octets)
    assert de("bpe-sante", "13055")["medecins"] == 30
    importer(tmp_path, "bpe-sante", octets + b"13055,D201,35\n")
    assert de("bpe-sante", "13055")["medecins"] == 35


def test_l_acces_d_une_commune_a_arrondissements_est_leur_moyenne_ponderee(decoupage, tmp_path):
    octets = fichiers.apl("13201,M1,2.0,100000,,,,,", "13202,M2,4.0,300000,,,,,")
    importer(tmp_path, "apl-medecins", octets)
    assert de("apl-medecins", "13055")["apl_medecins"] == pytest.approx(3.5)
