"""Parler à clamd : le vrai s'il est là, et un serveur d'essai pour tout ce qui peut mal tourner."""

import io
import socket
import subprocess
import time

import pytest

from esperluette.fichiers.clamd import AnalyseRefusee, ClamdIndisponible, analyser, version
from tests.documents.outils import programme
from tests.fabriques.fichiers import pdf
from tests.fichiers.faux_clamd import EICAR, attendre, faux_clamd


def soumettre(octets, adresse, delai=5):
    return analyser(io.BytesIO(octets), adresse=adresse, delai=delai)


@pytest.fixture(scope="module")
def vrai_clamd(tmp_path_factory):
    """Un clamd du système, avec pour seule signature celle du fichier d'essai : ni réseau, ni base de 200 Mo."""
    commande = programme("clamd")
    dossier = tmp_path_factory.mktemp("clamd")
    (dossier / "essai.ndb").write_text(f"Essai.Eicar:0:*:{EICAR.hex()}\n")
    prise = dossier / "clamd.ctl"
    (dossier / "clamd.conf").write_text(
        f"DatabaseDirectory {dossier}\nTemporaryDirectory {dossier}\nLocalSocket {prise}\n"
        "Foreground yes\nStreamMaxLength 1M\n"
    )
    clamd = subprocess.Popen(
        [commande, "-c", str(dossier / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if not attendre(lambda: prise.exists() or clamd.poll() is not None) or clamd.poll() is not None:
            pytest.skip("clamd est installé mais n'a pas démarré")
        yield f"unix:{prise}"
    finally:
        clamd.terminate()
        clamd.wait(timeout=30)


def test_le_vrai_clamd_juge_sain_ce_qui_l_est(vrai_clamd):
    assert soumettre(pdf(), vrai_clamd).danger == ""
    assert version(adresse=vrai_clamd, delai=5).startswith("ClamAV")


def test_le_vrai_clamd_reconnait_le_fichier_d_essai_meme_au_milieu_d_un_texte(vrai_clamd):
    assert "Eicar" in soumettre(EICAR, vrai_clamd).danger
    assert "Eicar" in soumettre(b"a" * 300_000 + EICAR + b"b" * 300_000, vrai_clamd).danger


def test_le_vrai_clamd_refuse_un_flux_au_dela_de_sa_limite_et_on_le_comprend(vrai_clamd):
    with pytest.raises(AnalyseRefusee, match="size limit exceeded"):
        soumettre(b"a" * 3_000_000, vrai_clamd)


@pytest.mark.parametrize("taille", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_tout_arrive_entier(taille):
    octets = bytes(range(256)) * (taille // 256) + b"x" * (taille % 256)
    with faux_clamd() as clamd:
        assert soumettre(octets, clamd.adresse).danger == ""
        assert clamd.recus == [octets]


def test_un_danger_a_un_nom():
    with faux_clamd() as clamd:
        assert soumettre(b"debut " + EICAR, clamd.adresse).danger == "Eicar-Test-Signature"
        assert version(adresse=clamd.adresse, delai=5).startswith("ClamAV 1.4.6")


def test_le_nom_d_un_danger_s_affiche_sans_surprise():
    with faux_clamd(reponse=b"stream: <script>\x1b[31m\xff" + b"A" * 900 + b" FOUND") as clamd:
        danger = soumettre(b"x", clamd.adresse).danger
    assert danger.startswith("script[31m")
    assert len(danger) <= 150


def test_une_limite_annoncee_au_milieu_du_flux_est_comprise():
    with faux_clamd(limite=100_000) as clamd, pytest.raises((AnalyseRefusee, ClamdIndisponible)):
        soumettre(b"a" * 5_000_000, clamd.adresse)


@pytest.mark.parametrize(
    ("humeur", "delai"), [("muet", 0.5), ("coupe", 5), ("bavard", 5), ("goutte", 0.5)], ids=lambda v: str(v)
)
def test_un_clamd_qui_va_mal_ne_retient_personne(humeur, delai):
    debut = time.monotonic()
    with faux_clamd(humeur) as clamd, pytest.raises(ClamdIndisponible):
        soumettre(b"a" * 200_000, clamd.adresse, delai)
    assert time.monotonic() - debut < 4


@pytest.mark.parametrize("reponse", [b"n'importe quoi", b"OK", b"stream: OK FOUND OK", b"", "stream: é".encode()])
def test_une_reponse_incomprise_ne_vaut_jamais_sain(reponse):
    with faux_clamd(reponse=reponse or b" ") as clamd, pytest.raises(ClamdIndisponible):
        soumettre(b"x", clamd.adresse)


@pytest.mark.parametrize(
    "adresse",
    ["127.0.0.1:1", "unix:/nulle/part.ctl", "127.0.0.1:99999", "hote.invalid:3310", "::", "[::1]:1", "unix:"],
)
def test_personne_a_l_adresse(adresse):
    with pytest.raises(ClamdIndisponible):
        soumettre(b"x", adresse, 2)


def test_une_prise_unix_parle_le_meme_protocole(tmp_path):
    chemin = tmp_path / "c.ctl"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ecoute:
        ecoute.bind(str(chemin))
        ecoute.listen(1)
        with pytest.raises(ClamdIndisponible):  # il accepte, et ne répond pas
            soumettre(b"x", f"unix:{chemin}", 0.3)
