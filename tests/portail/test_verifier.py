"""La page publique : déposer un fichier, saisir un code ; ce que chacun apprend, et rien de plus."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse

from esperluette.documents.actions import conserver
from esperluette.documents.autorite import engendrer
from esperluette.documents.models import DocumentProduit
from esperluette.documents.verification_imprimee import CHEMIN, Verification
from tests.fabriques.documents import champ, trame_de
from tests.portail.pages import lire

pytestmark = pytest.mark.django_db
LE = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _sans_compteur():
    cache.clear()


@pytest.fixture(scope="session")
def _autorite(tmp_path_factory):
    dossier = tmp_path_factory.mktemp("var")
    engendrer(dossier / "sceau")
    return dossier


@pytest.fixture
def garde(settings, _autorite):
    settings.VAR = _autorite
    contexte = trame_de(champ("Territoire", "texte", "Loudéac"))
    return conserver("documents/trame.html", contexte, "docx", acteur=None, nom="Projet.docx", le=LE)


def octets_de(document):
    with document.fichier.open() as fichier:
        return fichier.read()


def deposer(client, octets, nom="document.pdf"):
    return client.post(reverse("portail:verifier"), {"fichier": SimpleUploadedFile(nom, octets)})


def test_l_adresse_imprimee_est_celle_de_la_page():
    assert reverse("portail:verifier") == CHEMIN
    cible = Verification("CDFG-HJKM-NPRT-VWXY").adresse
    assert resolve(cible.removeprefix("http://localhost:8000")).view_name == "portail:verifier_code"


def test_la_page_ne_pose_aucun_cookie_et_se_garde_en_cache(client):
    page = client.get("/verifier/")
    assert page.status_code == 200
    assert not page.cookies
    assert "s-maxage" in page["Cache-Control"]
    assert "csrfmiddlewaretoken" not in page.content.decode()


def test_le_pied_de_toute_page_y_mene(client):
    assert "/verifier/" in lire(client.get("/").content.decode()).liens


def test_un_fichier_garde_est_dit_intact(client, garde):
    page = deposer(client, octets_de(garde))
    assert page.status_code == 200
    assert "Ce document est intact" in page.content.decode()
    assert garde.code in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_un_fichier_modifie_le_dit(client, garde):
    page = deposer(client, octets_de(garde) + b"\n").content.decode()
    assert "Ce document a été modifié" in page
    assert "nous n’en disons pas plus" in page


def test_le_fichier_depose_n_est_pas_garde(client, garde):
    avant = set(garde.fichier.storage.listdir("documents")[0]), DocumentProduit.objects.count()
    deposer(client, b"%PDF-1.7 quelque chose")
    assert (set(garde.fichier.storage.listdir("documents")[0]), DocumentProduit.objects.count()) == avant


@pytest.mark.parametrize(
    "nom", ["<script>alert(1)</script>.pdf", "../../etc/passwd", "é" * 200 + ".pdf", "$x$ #set.pdf"]
)
def test_un_nom_hostile_ne_s_execute_pas(client, nom):
    page = deposer(client, b"bonjour", nom)
    assert page.status_code in {200, 422}
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("octets", [b"", b"\x00" * 500, b"%PDF-", b"PK\x05\x06", b"{" * 5000, "été".encode("latin-1")])
def test_un_fichier_quelconque_recoit_une_reponse(client, octets):
    page = deposer(client, octets)
    assert page.status_code == (200 if octets else 422)
    if not octets:
        assert "Ce fichier est vide." in page.content.decode()


def test_un_envoi_sans_fichier_le_dit_pres_du_champ(client):
    page = client.post("/verifier/")
    assert page.status_code == 422
    assert "Choisissez le fichier à vérifier." in page.content.decode()


def test_un_fichier_trop_gros_est_refuse_avant_d_etre_lu(client, settings):
    settings.TAILLE_MAXIMALE_VERIFICATION = 1024 * 1024
    page = deposer(client, b"x" * (1024 * 1024 + 100_000))
    assert page.status_code == 413
    assert "1 Mo au plus" in page.content.decode()
    assert deposer(client, b"x" * (1024 * 1024 + 100)).status_code == 422


def test_un_code_saisi_mene_a_son_adresse(client, garde):
    reponse = client.get("/verifier/", {"code": f" {garde.code.lower().replace('-', ' ')} "})
    assert (reponse.status_code, reponse["Location"]) == (302, f"/verifier/{garde.code}")


@pytest.mark.parametrize("code", ["", "ABCD", "CDFG-HJKM-NPRT-VWX2", "x" * 5000, "\x00", "<b>"])
def test_un_code_mal_recopie_se_dit_pres_du_champ(client, code):
    page = client.get("/verifier/", {"code": code})
    assert page.status_code == 422
    assert "fr-error-text" in page.content.decode()
    assert "<b>" not in page.content.decode().replace("<b>Ce", "")


@pytest.mark.parametrize("fin", ["", "/"])
def test_le_qr_montre_la_nature_la_date_et_l_etat(client, garde, fin):
    page = client.get(f"/verifier/{garde.code}{fin}")
    texte = page.content.decode()
    assert page.status_code == 200
    assert "Ce code est celui d’un document que nous gardons" in texte
    assert "Intact depuis ce jour" in texte
    assert "Le code ne prouve pas que votre papier est le bon" in texte
    assert "Loudéac" not in texte


def test_un_code_en_minuscules_mene_au_bon(client, garde):
    assert client.get(f"/verifier/{garde.code.lower()}")["Location"] == f"/verifier/{garde.code}"


@pytest.mark.parametrize("code", ["abc", "CDFG-HJKM-NPRT-VWXY", "%00", "a%2Fb", "..", "<script>"])
def test_un_code_inconnu_est_404_et_le_dit(client, garde, code):
    page = client.get(f"/verifier/{code}")
    assert page.status_code == 404
    assert "<script>" not in page.content.decode().partition("<main")[2].partition("</main>")[0]


def test_un_fichier_garde_abime_est_dit_abime(client, garde):
    with garde.fichier.storage.open(garde.fichier.name, "ab") as fichier:
        fichier.write(b" ")
    page = client.get(f"/verifier/{garde.code}").content.decode()
    assert "Le document gardé est abîmé" in page
    assert "Intact depuis ce jour" not in page


def test_trop_de_fichiers_ou_de_codes_se_refusent(client, settings, garde):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "verifier_document": "2/m/ip", "verifier_code": "2/m/ip"
    }  # fmt: skip
    statuts = [deposer(client, b"bonjour").status_code for _ in range(3)]
    assert statuts == [200, 200, 429]
    statuts = [client.get(f"/verifier/{garde.code}").status_code for _ in range(3)]
    assert statuts == [200, 200, 429]


@pytest.mark.parametrize("methode", ["put", "delete", "patch"])
def test_les_autres_methodes_sont_refusees(client, methode):
    assert getattr(client, methode)("/verifier/").status_code == 405


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_du_code_coute_autant_pour_un_ou_trois_documents(
    client, settings, garde, nombre, django_assert_max_num_queries
):
    for _ in range(nombre - 1):
        conserver("documents/trame.html", garde.contexte, "html", acteur=None, nom="x.html", le=LE)
    client.get(f"/verifier/{garde.code}")
    with django_assert_max_num_queries(16):  # le compteur de débit, en base, en fait l’essentiel
        client.get(f"/verifier/{garde.code}")
