"""Les fichiers dans un stockage S3 : les mêmes gestes, rien de public, et l'empreinte qui se vérifie encore."""

import hashlib
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import Http404
from moto import mock_aws

from esperluette.config.stockage import stockage
from esperluette.config.stockage_s3 import StockagePrive
from esperluette.documents.actions import conserver
from esperluette.documents.reponses import telecharger as telecharger_document
from esperluette.fichiers import taches
from esperluette.fichiers.actions import enregistrer
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.integrite import verifier
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.reponses import telecharger, vignette
from tests.fabriques import fichiers as f
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.documents import accuse
from tests.fichiers.faux_clamd import EICAR, faux_clamd

ACCUSE = "documents/accuse.html"
SEAU = "esperluette-essais"
REGLAGES = {
    "ESPERLUETTE_S3_SEAU": SEAU,
    "ESPERLUETTE_S3_REGION": "eu-west-3",
    "ESPERLUETTE_S3_CLE": "cle",
    "ESPERLUETTE_S3_SECRET": "secret",
    "ESPERLUETTE_S3_PREFIXE": "production",
    "ESPERLUETTE_S3_CHIFFREMENT": "aws:kms",
    "ESPERLUETTE_S3_CLE_KMS": "alias/esperluette",
}


@pytest.fixture
def seau(settings, monkeypatch):
    """Un S3 de laboratoire, à la place du disque."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "essai")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "essai")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3")
        client.create_bucket(Bucket=SEAU, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        settings.STORAGES = {**settings.STORAGES, "default": stockage(REGLAGES, Path("/nulle/part"))}
        assert isinstance(storages["default"], StockagePrive)
        yield client


def cles(client):
    return sorted(o["Key"] for o in client.list_objects_v2(Bucket=SEAU).get("Contents", []))


def deposer(octets=None, nom="a.pdf", compte=None):
    fichier = enregistrer(f.upload(nom, octets or f.pdf()), acteur=compte or CompteFabrique())
    taches.examiner.call(fichier.pk)
    return Fichier.objects.get(pk=fichier.pk)


@pytest.mark.django_db
def test_enregistrer_examiner_servir(seau):
    fichier = deposer(f.pdf_texte("Statuts"))
    assert f.servi(vignette(fichier)).startswith(b"\x89PNG")
    assert [c.split("/")[:2] for c in cles(seau)] == [["production", "fichiers"], ["production", "vignettes"]]
    reponse = telecharger(fichier)
    assert hashlib.sha256(f.servi(reponse)).hexdigest() == fichier.empreinte
    assert int(reponse["Content-Length"]) == fichier.taille
    assert reponse["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
def test_rien_n_est_public_et_tout_est_chiffre(seau):
    deposer()
    for cle in cles(seau):
        droits = seau.get_object_acl(Bucket=SEAU, Key=cle)["Grants"]
        assert [d["Grantee"]["Type"] for d in droits] == ["CanonicalUser"]
        objet = seau.head_object(Bucket=SEAU, Key=cle)
        assert objet["ServerSideEncryption"] == "aws:kms"
        assert "esperluette" in objet["SSEKMSKeyId"]


@pytest.mark.django_db
def test_aucune_adresse_ne_sort_du_stockage(seau):
    fichier = deposer()
    for champ in (fichier.contenu, fichier.vignette):
        with pytest.raises(NotImplementedError, match="vue"):
            _ = champ.url


@pytest.mark.django_db
def test_deux_fichiers_ne_s_ecrasent_pas(seau):
    stockage_s3 = storages["default"]
    noms = {stockage_s3.save("meme", ContentFile(texte)) for texte in (b"un", b"deux")}
    assert len(noms) == 2


@pytest.mark.django_db
def test_un_document_produit_se_garde_et_se_relit(seau):
    document = conserver(ACCUSE, accuse(), "docx", acteur=None, nom="a.docx")
    octets = f.servi(telecharger_document(document))
    assert octets.startswith(b"PK")
    assert len(octets) == document.taille


@pytest.mark.django_db
def test_les_empreintes_se_verifient_un_octet_change_et_un_objet_perdu_se_voient(seau):
    change, perdu = deposer(), deposer(f.png(), "a.png")
    conserver(ACCUSE, accuse(), "docx", acteur=None, nom="a.docx")
    assert verifier().intact
    seau.put_object(Bucket=SEAU, Key=f"production/{change.contenu.name}", Body=f.pdf()[:-1] + b"x")
    seau.delete_object(Bucket=SEAU, Key=f"production/{perdu.contenu.name}")
    rapport = verifier()
    assert {(a.pk, a.cause) for a in rapport.anomalies} == {(change.pk, "change"), (perdu.pk, "manquant")}
    assert rapport.relus == {"fichier": 2, "document": 1}
    with pytest.raises(Http404):
        telecharger(perdu)


@pytest.mark.django_db
def test_un_stockage_en_panne_est_une_anomalie_pas_un_arret(seau):
    deposer()
    seau.delete_object(Bucket=SEAU, Key=cles(seau)[0])
    seau.delete_object(Bucket=SEAU, Key=cles(seau)[0])
    seau.delete_bucket(Bucket=SEAU)
    (anomalie,) = verifier().anomalies
    assert anomalie.cause == "manquant" or anomalie.cause.startswith("illisible")


@pytest.mark.django_db
def test_l_antivirus_lit_le_stockage_s3(seau, settings, django_capture_on_commit_callbacks):
    with faux_clamd() as clamd, django_capture_on_commit_callbacks(execute=True):
        settings.CLAMD = clamd.adresse
        assert deposer().analyse == Analyse.SAIN
        assert deposer(f.pdf() + EICAR).analyse == Analyse.INFECTE


def test_sans_seau_c_est_le_disque():
    assert stockage({"SEAU": "un-leurre", "ESPERLUETTE_S3_SEAU": " "}, Path("/var/f")) == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path("/var/f")},
    }


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"ESPERLUETTE_S3_CHIFFREMENT": "rot13"}, "attendu AES256 ou aws:kms"),
        ({"ESPERLUETTE_S3_CHIFFREMENT": "AES256"}, "CLE_KMS ne sert"),
        ({"ESPERLUETTE_S3_SECRET": ""}, "vont ensemble"),
    ],
)
def test_des_reglages_qui_se_contredisent_se_disent_au_demarrage(change, phrase):
    with pytest.raises(ValueError, match=phrase):
        stockage({**REGLAGES, **change}, Path("/var/f"))
