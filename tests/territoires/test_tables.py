"""Lire un fichier officiel tel qu'il est : comprimé, mal encodé, sale ; refuser clairement ce qui n'en est pas un."""

import gzip
import io
import json
import zipfile

import pytest

from esperluette.territoires.octets import FichierRefuse
from esperluette.territoires.tables import lire_fichier, lire_octets

CSV = "code;Nom;Zonage\n22136;Loudéac;1_ZIP\n35238;Rennes;3_HZ\n"


def lire(octets, nom="zonage.csv", mo=1):
    return lire_octets(nom, octets, taille_maximale_mo=mo)


def valeurs(table):
    return [tuple(ligne.valeurs.values()) for ligne in table.lignes]


@pytest.mark.parametrize(
    ("octets", "encodage"),
    [
        (CSV.encode(), "UTF-8"),
        (CSV.encode("utf-8-sig"), "UTF-8"),
        (CSV.encode("cp1252"), "Windows-1252"),
        (CSV.encode("utf-16"), "UTF-16"),
        (CSV.replace("\n", "\r\n").encode(), "UTF-8"),
        (CSV.replace(";", ",").encode(), "UTF-8"),
        (CSV.replace(";", "\t").encode(), "UTF-8"),
        (CSV.replace(";", "|").encode(), "UTF-8"),
        (gzip.compress(CSV.encode(), mtime=0), "UTF-8"),
        (("\n\n" + CSV + "\n \n").encode(), "UTF-8"),
        (CSV.replace("Nom;", " Nom ;").replace("Loudéac", " Loudéac  ").encode(), "UTF-8"),
        (CSV.rstrip("\n").encode(), "UTF-8"),
    ],
    ids=[
        "utf-8", "bom", "windows", "utf-16", "crlf", "virgules", "tabulations", "barres", "gzip", "lignes vides",
        "espaces", "sans fin de ligne",
    ],
)  # fmt: skip
def test_le_meme_tableau_se_lit_de_toutes_ces_facons(octets, encodage):
    table = lire(octets)
    assert table.encodage == encodage
    assert table.colonnes == ("code", "Nom", "Zonage")
    assert valeurs(table) == [("22136", "Loudéac", "1_ZIP"), ("35238", "Rennes", "3_HZ")]


def test_le_numero_d_une_ligne_est_celui_du_fichier_meme_apres_une_cellule_sur_deux_lignes():
    table = lire(b'code;nom\n\n01001;"deux\nlignes"\n01002;simple\n')
    assert [(ligne.numero, ligne.valeurs["code"]) for ligne in table.lignes] == [(3, "01001"), (5, "01002")]


def test_une_colonne_sans_nom_est_ignoree():
    table = lire(b"code;Zonage;\n01001;1_ZIP;\n01002;2_ZAC;reste\n")
    assert table.colonnes == ("code", "Zonage")
    assert valeurs(table) == [("01001", "1_ZIP"), ("01002", "2_ZAC")]


def test_une_ligne_trop_courte_garde_ce_qu_elle_a():
    assert lire(b"code;Zonage\n01001\n").lignes[0].valeurs == {"code": "01001"}


def test_l_empreinte_est_celle_du_fichier_tel_quel():
    comprime = gzip.compress(CSV.encode(), mtime=0)
    assert lire(comprime).empreinte != lire(CSV.encode()).empreinte
    assert lire(comprime).taille == len(comprime)


def test_un_geojson_donne_une_ligne_par_entite():
    entites = [{"properties": {"insee_com": "22136", "lib_qp": None}}, {"properties": {"insee_com": 35238}}]
    table = lire(json.dumps({"type": "FeatureCollection", "features": entites}).encode(), "qpv.geojson")
    assert [(ligne.numero, dict(ligne.valeurs)) for ligne in table.lignes] == [
        (1, {"insee_com": "22136", "lib_qp": ""}),
        (2, {"insee_com": "35238"}),
    ]


def classeur():
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return tampon.getvalue()


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"  \n\n", "vide"),
        (b"code;Zonage\n", "pas de ligne sous son en-t"),
        (b"\n;;\n", "pas de ligne"),
        (classeur(), "classeur"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "classeur"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "page web"),
        (b"\n<html>", "page web"),
        (b"\x7fELF\x02\x01\x00\x00\x00", "binaire"),
        (b"code;Zonage\n01001;\x00\n", "binaire"),
        (b"code;Zonage\n01001;\x81\x8d\n", "ni UTF-8, ni Windows-1252"),
        (b"\xff\xfe\x00", "ni UTF-8"),
        (b"\x1f\x8b\x08abc", "gzip"),
        (gzip.compress(CSV.encode(), mtime=0)[:-12], "gzip"),
        (b'code;Zonage\n01001;"jamais fermee\n', "CSV bien form"),
        (b'{"features": 3}', "GeoJSON"),
        (b'{"features": [3]}', "GeoJSON"),
        (b'{"features": [', "GeoJSON"),
        (b'{"features": []}', "pas de ligne"),
        (b'{"a":' * 3000, "GeoJSON"),
    ],
)
def test_ce_qui_n_est_pas_un_tableau_est_refuse_en_disant_pourquoi(octets, cause):
    with pytest.raises(FichierRefuse, match=cause):
        lire(octets)


def test_un_fichier_immense_est_refuse_sans_etre_lu(tmp_path):
    chemin = tmp_path / "immense.csv"
    with chemin.open("wb") as flux:
        flux.truncate(3 * 1024 * 1024)
    with pytest.raises(FichierRefuse, match=r"plus de 2 Mo.*Rien n'a été lu"):
        lire_fichier(chemin, taille_maximale_mo=2)


def test_une_bombe_gzip_est_arretee():
    bombe = gzip.compress(b"0" * 8 * 1024 * 1024, mtime=0)
    assert len(bombe) < 20_000
    with pytest.raises(FichierRefuse, match="une fois décomprimé : plus de 1 Mo"):
        lire(bombe)


def test_un_fichier_absent_ou_un_dossier_se_disent(tmp_path):
    with pytest.raises(FichierRefuse, match="n'existe pas"):
        lire_fichier(tmp_path / "absent.csv", taille_maximale_mo=1)
    with pytest.raises(FichierRefuse, match="est un dossier"):
        lire_fichier(tmp_path, taille_maximale_mo=1)


def test_une_cellule_demesuree_est_refusee():
    with pytest.raises(FichierRefuse, match="CSV bien form"):
        lire(b"code;Zonage\n01001;" + b"x" * 200_000 + b"\n")
