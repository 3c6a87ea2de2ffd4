"""Le fichier embarqué : ce qu'il contient, et comment il refuse d'être abîmé."""

import json
import lzma

import pytest

from esperluette.territoires.decoupage import (
    Contenu,
    DecoupageIllisible,
    cle_de_region,
    fichier_embarque,
    lire,
)
from tests.fabriques.territoires import decoupage


def communes(contenu: Contenu) -> dict:
    return {ligne.code: ligne for ligne in contenu.communes}


def test_le_fichier_embarque_tient_en_moins_de_deux_megaoctets():
    assert len(fichier_embarque().read_bytes()) < 2_000_000


def test_le_decoupage_2026_est_entier():
    contenu = decoupage()
    meres = [ligne for ligne in contenu.communes if not ligne.commune_mere]
    arrondissements = [ligne for ligne in contenu.communes if ligne.commune_mere]
    assert contenu.provenance.millesime == 2026
    assert len(meres) == 34_969
    assert len(arrondissements) == 45
    assert {a.commune_mere for a in arrondissements} == {"75056", "69123", "13055"}
    assert (len(contenu.regions), len(contenu.departements), len(contenu.epci)) == (26, 109, 1255)


def test_la_provenance_dit_qui_et_sous_quelle_licence():
    provenance = decoupage().provenance
    assert "INSEE" in provenance.producteur
    assert provenance.licence == "Licence Ouverte 2.0"
    assert provenance.version == "6.0.0"


def test_quatre_iles_de_metropole_sont_seules_sans_intercommunalite():
    contenu = decoupage()
    outre_mer = {code for code, _, region in contenu.departements if len(region) == 3}
    seules = {x.code for x in contenu.communes if not x.epci and x.departement not in outre_mer}
    assert seules == {"22016", "29083", "29155", "85113"}


def test_un_arrondissement_suit_sa_commune():
    paris_15 = communes(decoupage())["75115"]
    assert (paris_15.commune_mere, paris_15.departement, paris_15.codes_postaux) == ("75056", "75", ("75015",))


@pytest.mark.parametrize(
    ("nom", "cle"),
    [
        ("Bretagne", "bretagne"),
        ("Provence-Alpes-Côte d'Azur", "provence-alpes-cote-d-azur"),
        ("Hauts-de-France", "hauts-de-france"),
        ("Île-de-France", "ile-de-france"),
        ("Pays de la Loire", "pays-de-la-loire"),
        ("Centre-Val de Loire", "centre-val-de-loire"),
        ("Corse", "corse"),
    ],
)
def test_la_cle_d_une_region_est_le_nom_de_ses_editions(nom, cle):
    assert cle_de_region(nom) == cle


def test_chaque_region_a_sa_cle():
    cles = {cle_de_region(nom) for _, nom in decoupage().regions}
    assert len(cles) == 26
    assert "" not in cles


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"ce n'est pas du xz", "compressé en xz"),
        (lzma.compress(b"{"), "JSON"),
        (lzma.compress(json.dumps({"regions": []}).encode()), "il manque"),
        (lzma.compress(b"[]"), "il manque"),
    ],
)
def test_un_fichier_abime_dit_lequel_et_pourquoi(tmp_path, octets, cause):
    fichier = tmp_path / "decoupage-2027.json.xz"
    fichier.write_bytes(octets)
    with pytest.raises(DecoupageIllisible, match=cause) as erreur:
        lire(fichier)
    assert "decoupage-2027.json.xz" in str(erreur.value)


def test_un_fichier_absent_le_dit(tmp_path):
    with pytest.raises(DecoupageIllisible, match="introuvable"):
        lire(tmp_path / "rien.json.xz")
