"""Conserver un document, signer, annuler."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier
from esperluette.documents.actions import annuler_signatures, conserver, signer
from esperluette.documents.enums import Format, Methode
from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import DocumentProduit, Signature
from esperluette.documents.rendu import empreinte_gabarit
from esperluette.documents.reponses import telecharger
from tests.documents.conftest import TRAME
from tests.fabriques.comptes import CompteFabrique, OrganismeFabrique
from tests.fabriques.documents import champ, trame_de

pytestmark = pytest.mark.django_db
EMPREINTE, AUTRE = "a" * 64, "b" * 64


@pytest.fixture
def objet():
    return OrganismeFabrique()


@pytest.fixture
def compte():
    return CompteFabrique()


def poser(objet, compte, empreinte=EMPREINTE):
    return signer(
        objet, empreinte=empreinte, acteur=compte, nom="Anne Le Goff", qualite="Médecin", methode="code_courriel"
    )


def garder(objet, compte, format="html"):
    contexte = trame_de(champ("Territoire", "texte", "Loudéac"))
    return conserver(
        TRAME, contexte, format, acteur=compte, nom="Projet é.html", objet=objet, edition="bretagne/2024-10"
    )


def test_un_document_garde_de_quoi_se_reproduire_et_se_verifier(objet, compte):
    document = garder(objet, compte, "pdf")
    document.refresh_from_db()
    with document.fichier.open() as fichier:
        octets = fichier.read()
    assert octets.startswith(b"%PDF")
    assert (document.empreinte, document.taille) == (hashlib.sha256(octets).hexdigest(), len(octets))
    assert document.gabarit_empreinte == empreinte_gabarit(TRAME)
    assert document.contexte == trame_de(champ("Territoire", "texte", "Loudéac"))
    assert (document.objet, document.produit_par, document.edition) == (objet, compte, "bretagne/2024-10")
    assert document.fichier.name.endswith(".pdf")
    assert "Projet" not in document.fichier.name
    assert str(document) == "Projet é.html"


def test_un_octet_change_se_voit(objet, compte):
    document = garder(objet, compte)
    assert est_intact(document)
    with document.fichier.storage.open(document.fichier.name, "ab") as fichier:
        fichier.write(b" ")
    assert not est_intact(document)
    document.fichier.storage.delete(document.fichier.name)
    assert not est_intact(document)


def test_un_document_impossible_ne_laisse_rien(objet, compte):
    with pytest.raises(GabaritInvalide):
        conserver(TRAME, {"titre": "seul"}, "pdf", acteur=compte, nom="x.pdf")
    assert not DocumentProduit.objects.exists()


def test_un_contexte_qui_n_est_pas_du_json_est_refuse(compte):
    with pytest.raises(TypeError):
        conserver(TRAME, {"titre": object()}, "html", acteur=compte, nom="x.html")


def test_le_systeme_peut_produire_sans_personne():
    document = conserver(TRAME, trame_de(champ("a", "texte", "b")), "html", acteur=None, nom="x.html")
    assert document.produit_par is None
    assert document.objet is None


def test_un_document_se_telecharge_sans_s_afficher_dans_le_site(objet, compte):
    document = garder(objet, compte)
    reponse = telecharger(document)
    assert reponse["Content-Disposition"] == "attachment; filename*=utf-8''Projet%20%C3%A9.html"
    assert reponse["Content-Type"] == "text/html; charset=utf-8"
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert hashlib.sha256(b"".join(reponse.streaming_content)).hexdigest() == document.empreinte
    reponse.close()


@pytest.mark.parametrize("format", list(Format))
def test_chaque_format_annonce_son_type(format):
    assert "/" in format.type_mime
    assert len(Format) == 4


def test_une_signature_porte_sur_un_objet_et_une_empreinte(objet, compte):
    avant = timezone.now()
    signature = signer(
        objet, empreinte=EMPREINTE, acteur=compte, nom="Anne Le Goff", qualite="Médecin",
        methode=Methode.CODE_COURRIEL, adresse_ip="192.0.2.7",
    )  # fmt: skip
    signature.refresh_from_db()
    assert (signature.objet, signature.empreinte, signature.signataire) == (objet, EMPREINTE, compte)
    assert (signature.adresse_ip, signature.annulee_le) == ("192.0.2.7", None)
    assert signature.signee_le >= avant
    assert list(Signature.objects.de(objet).actives()) == [signature]
    assert str(signature).startswith("Anne Le Goff, le ")


def test_signer_deux_fois_la_meme_version_ne_signe_qu_une_fois(objet, compte):
    assert poser(objet, compte) == poser(objet, compte)
    assert Signature.objects.count() == 1


def test_signer_une_autre_version_est_un_conflit(objet, compte):
    poser(objet, compte)
    with pytest.raises(Conflit, match="autre version"):
        poser(objet, compte, AUTRE)


def test_la_base_refuse_deux_signatures_actives_de_la_meme_personne(objet, compte):
    poser(objet, compte)
    sorte = ContentType.objects.get_for_model(objet)
    double = Signature(
        content_type=sorte, object_id=objet.pk, empreinte=AUTRE, signataire=compte, nom="x", methode="code_courriel"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        double.save()
    with pytest.raises(ValidationError, match="déjà signé"):
        double.validate_constraints()


def test_deux_personnes_signent_et_deux_objets_se_signent(objet, compte):
    autre_objet = OrganismeFabrique()
    for qui, quoi in ((compte, objet), (CompteFabrique(), objet), (compte, autre_objet)):
        poser(quoi, qui)
    assert Signature.objects.de(objet).actives().count() == 2
    assert Signature.objects.de(autre_objet).actives().count() == 1


def test_annuler_rend_les_signatures_a_prevenir_et_permet_de_resigner(objet, compte):
    autre = CompteFabrique()
    premiere, seconde = poser(objet, compte), poser(objet, autre)
    intacte = poser(OrganismeFabrique(), compte)
    annulees = annuler_signatures(objet, motif=" La rédaction a été rouverte. ", acteur=autre)
    assert annulees == [premiere, seconde]
    premiere.refresh_from_db()
    assert (premiere.annulation_motif, premiere.annulee_par) == ("La rédaction a été rouverte.", autre)
    assert premiere.annulee_le <= timezone.now()
    assert list(Signature.objects.actives()) == [intacte]
    assert poser(objet, compte, AUTRE).empreinte == AUTRE
    assert Signature.objects.de(objet).count() == 3


def test_annuler_deux_fois_est_sans_effet_et_sans_motif_est_refuse(objet, compte):
    poser(objet, compte)
    with pytest.raises(ErreurMetier, match="pourquoi"):
        annuler_signatures(objet, motif="  ", acteur=compte)
    assert len(annuler_signatures(objet, motif="Rouvert.", acteur=compte)) == 1
    assert annuler_signatures(objet, motif="Rouvert.", acteur=compte) == []


@pytest.mark.parametrize("empreinte", ["", "a" * 63, "A" * 64, "g" * 64, "é" * 64])
def test_une_empreinte_mal_formee_ne_se_signe_pas(objet, compte, empreinte):
    with pytest.raises(ErreurMetier, match="empreinte"):
        poser(objet, compte, empreinte)


def test_une_methode_inconnue_est_refusee(objet, compte):
    with pytest.raises(ValueError):
        signer(objet, empreinte=EMPREINTE, acteur=compte, nom="x", qualite="", methode="pigeon")


@pytest.mark.parametrize(("annulee_le", "motif"), [(None, "motif"), (datetime(2026, 1, 1, tzinfo=UTC), "")])
def test_la_base_refuse_une_annulation_sans_date_ou_sans_motif(objet, compte, annulee_le, motif):
    signature = poser(objet, compte)
    signature.annulee_le, signature.annulation_motif = annulee_le, motif
    with pytest.raises(IntegrityError), transaction.atomic():
        signature.save()


@pytest.mark.parametrize("nombre", [1, 3])
def test_annuler_lit_en_une_requete(objet, nombre, django_assert_num_queries):
    for _ in range(nombre):
        poser(objet, CompteFabrique())
    with django_assert_num_queries(1):
        assert len(Signature.objects.de(objet).actives()) == nombre
