"""Les fichiers officiels, réels et parfois sales. Ils ne sont pas dans le dépôt : ESPERLUETTE_DONNEES dit où."""

import os
from pathlib import Path

import pytest

from esperluette.territoires.imports import importer_jeu, tableau_de_demonstration
from esperluette.territoires.models import Zonage
from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.zonages import classement, zonages_de

DOSSIER = Path(os.environ.get("ESPERLUETTE_DONNEES", "/nulle-part"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not DOSSIER.is_dir(), reason="ESPERLUETTE_DONNEES ne nomme pas le dossier des fichiers officiels"
    ),
]
MEDECINS, BRUT = "zonage_medecins_par_code_insee.csv.gz", "zonage_medecins_brut.csv"
FRR = "officiels/liste-communes-FRR-juillet2025.csv"
QPV, DENSITE = "officiels/centroide-4326_qpv.geojson", "officiels/densite.csv"


def importer(jeu, nom):
    return importer_jeu(jeu, acteur=None, fichier=DOSSIER / nom)


@pytest.mark.parametrize(
    ("jeu", "nom", "communes", "rejets"),
    [
        ("zonage-medecins", MEDECINS, 34_849, 0),
        ("frr", FRR, 34_875, 0),
        ("qpv", QPV, 824, 0),
        ("densite", DENSITE, 34_875, 0),
    ],
)
def test_chaque_fichier_officiel_s_importe_en_entier(decoupage, jeu, nom, communes, rejets):
    bilan = importer(jeu, nom)
    assert (bilan.importation.communes, len(bilan.rejets)) == (communes, rejets)
    assert importer(jeu, nom).inchange


def test_le_fichier_sans_code_insee_donne_le_meme_zonage(decoupage):
    importer("zonage-medecins", MEDECINS)
    par_code = dict(Zonage.objects.values_list("commune_id", "classe"))
    bilan = importer("zonage-medecins", BRUT)
    par_nom = dict(Zonage.objects.values_list("commune_id", "classe"))
    communs = par_code.keys() & par_nom.keys()
    assert [code for code in communs if par_code[code] != par_nom[code]] == []
    assert len(communs) > 34_800
    assert bilan.importation.doublons > 3_500
    assert 0 < len(bilan.rejets) < 100
    assert all(r.cause.startswith("aucune commune") for r in bilan.rejets)


@pytest.mark.parametrize(
    ("nom", "cause"),
    [
        ("officiels/Correspondance_communes_tvs_2019.xlsx", "classeur"),
        ("officiels/FILO2019_DISP_COM.csv", "il manque des colonnes"),
        ("officiels/etalab_small_20201231.csv", "il manque des colonnes"),
        ("officiels/etalab-cs1100502-extrait-20260512.csv", "il manque des colonnes"),
        ("officiels/densite_med2021.csv", "il manque des colonnes"),
        ("communes_comparateur_2024.csv", "il manque des colonnes"),
        ("bpe2018_sante_communes.csv.gz", "il manque des colonnes"),
    ],
)
def test_un_autre_fichier_officiel_est_refuse(decoupage, nom, cause):
    with pytest.raises(FichierRefuse, match=cause):
        importer("frr", nom)


def test_des_communes_connues_ont_le_classement_attendu(decoupage):
    for jeu, nom in (("zonage-medecins", MEDECINS), ("frr", FRR), ("qpv", QPV)):
        importer(jeu, nom)
    loudeac = classement("22136", ["22219"])
    assert (loudeac.zonages["zip"], loudeac.zonages["frr"], loudeac.zonages["qpv"]) == (True, True, False)
    gap = classement("05061", [])
    assert gap.zonages["zac"] is True
    assert "Haut-Gap" in gap.partiels["qpv"]
    marseille = zonages_de(["13055"])["13055"]
    assert "Marseille 15e Arrondissement et Marseille 16e Arrondissement" in marseille.partiels["zip"]
    assert "n'est classée FRR qu'en partie" in zonages_de(["97411"])["97411"].partiels["frr"]


def test_le_tableau_de_demonstration_est_celui_des_fichiers(decoupage):
    for jeu, nom in (("zonage-medecins", MEDECINS), ("frr", FRR), ("qpv", QPV), ("densite", DENSITE)):
        importation = importer(jeu, nom).importation
        lus = dict(Zonage.objects.filter(importation=importation).values_list("commune_id", "classe"))
        for ligne in (x for x in tableau_de_demonstration() if x.jeu == jeu):
            assert lus.get(ligne.code, "sans_qpv") == ligne.classe
            assert ligne.empreinte == importation.empreinte
