"""Paris, Lyon et Marseille, dans le découpage entier."""

import pytest

from tests.indicateurs import fichiers
from tests.indicateurs.outils import de, importer, tableau

pytestmark = pytest.mark.django_db


def test_les_arrondissements_font_leur_commune_sans_la_compter_deux_fois(decoupage, tmp_path):
    octets = fichiers.bpe("13201,D201,10", "13202,D201,20")
    importer(tmp_path, "bpe-sante", octets)
    assert de("bpe-sante", "13055")["medecins"] == 30
    importer(tmp_path, "bpe-sante", octets + b"13055,D201,35\n")
    assert de("bpe-sante", "13055")["medecins"] == 35


def test_un_arrondissement_illisible_ne_compte_que_si_la_commune_n_est_pas_donnee(decoupage, tmp_path):
    octets = fichiers.bpe("13201,D201,10", "13202,D201,x", "13001,D201,1", "13002,D201,1")
    importer(tmp_path, "bpe-sante", octets)
    assert "13055" not in set(tableau("bpe-sante")["commune"])
    importer(tmp_path, "bpe-sante", octets + b"13055,D201,35\n")
    assert de("bpe-sante", "13055")["medecins"] == 35


def test_l_acces_d_une_commune_a_arrondissements_est_leur_moyenne_ponderee(decoupage, tmp_path):
    octets = fichiers.apl("13201,M1,2.0,100000,,,,,", "13202,M2,4.0,300000,,,,,")
    importer(tmp_path, "apl-medecins", octets)
    assert de("apl-medecins", "13055")["apl_medecins"] == pytest.approx(3.5)


def test_le_comparateur_ne_donne_paris_que_par_arrondissement(decoupage, tmp_path):
    octets = fichiers.comparateur(
        "75101,Paris 1er,75001,ARM,1.8,16000,16500,9000,160,110",
        "75102,Paris 2e,75002,ARM,1,21000,20800,12000,200,120",
        "22050,Évran déléguée,22630,COMD,1,1,1,1,1,1",
    )
    importer(tmp_path, "comparateur", octets)
    assert (de("comparateur", "75056")["population"], de("comparateur", "75056")["superficie"]) == (37_000, 2.8)
    assert tableau("comparateur").height == 1
