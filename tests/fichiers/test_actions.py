"""Recevoir un fichier, le garder, le rendre."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from esperluette.fichiers.actions import enregistrer
from esperluette.fichiers.erreurs import FichierRefuse
from esperluette.fichiers.models import Fichier
from esperluette.fichiers.reponses import telecharger
from tests.fabriques import fichiers as f
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def compte():
    return CompteFabrique()


def lire(fichier: Fichier) -> bytes:
    with fichier.contenu.open("rb") as contenu:
        return contenu.read()


def test_un_fichier_est_garde_tel_quel_avec_son_vrai_type(compte):
    fichier = enregistrer(f.upload("Statuts é.docx", f.pandoc("docx"), "text/html"), acteur=compte)
    fichier.refresh_from_db()
    assert lire(fichier) == f.pandoc("docx")
    assert (fichier.nom, fichier.taille, fichier.depose_par) == ("Statuts é.docx", len(f.pandoc("docx")), compte)
    assert fichier.type_mime.endswith("wordprocessingml.document")
    assert fichier.empreinte == hashlib.sha256(f.pandoc("docx")).hexdigest()
    assert str(fichier) == "Statuts é.docx"


def test_le_stockage_ne_connait_ni_le_nom_ni_l_extension(compte):
    hostile = enregistrer(f.upload("..\\..\\mur\u202efdp.pdf", f.pdf()), acteur=compte)
    autre = enregistrer(f.upload("..\\..\\mur\u202efdp.pdf", f.pdf()), acteur=compte)
    assert hostile.nom == "murfdp.pdf"
    assert hostile.contenu.name.startswith("fichiers/")
    assert "mur" not in hostile.contenu.name
    assert "." not in hostile.contenu.name
    assert hostile.contenu.name != autre.contenu.name


def test_un_fichier_de_onze_mega_est_refuse_en_disant_la_limite(compte):
    trop_gros = f.upload("gros.pdf", f.pdf() + b"\0" * (11 * 1024 * 1024))
    with pytest.raises(FichierRefuse, match="pèse 11 Mo : la limite est de 10 Mo"):
        enregistrer(trop_gros, acteur=compte)
    assert not Fichier.objects.exists()


def test_un_fichier_qui_ment_sur_sa_taille_est_refuse(compte, settings):
    settings.TAILLE_MAXIMALE_FICHIER = 1024
    menteur = f.upload("gros.txt", b"a" * 4000)
    menteur.size = 10
    with pytest.raises(FichierRefuse, match="la limite est de 0 Mo"):
        enregistrer(menteur, acteur=compte)


def test_la_limite_exacte_est_admise(compte, settings):
    settings.TAILLE_MAXIMALE_FICHIER = 1024
    assert enregistrer(f.upload("juste.txt", b"a" * 1024), acteur=compte).taille == 1024
    with pytest.raises(FichierRefuse):
        enregistrer(f.upload("trop.txt", b"a" * 1025), acteur=compte)


@pytest.mark.parametrize(
    ("nom", "octets"),
    [("virus.exe", f.PROGRAMME), ("statuts.pdf", f.PROGRAMME), ("vide.pdf", b""), ("a.html", f.HTML)],
)
def test_un_refus_ne_garde_rien(compte, nom, octets):
    with pytest.raises(FichierRefuse):
        enregistrer(f.upload(nom, octets), acteur=compte)
    assert not Fichier.objects.exists()


def test_un_envoi_sans_nom_est_refuse_avec_une_phrase(compte):
    sans_nom = SimpleUploadedFile("x.pdf", f.pdf())
    sans_nom._name = None
    with pytest.raises(FichierRefuse, match="« document » n'a pas d'extension"):
        enregistrer(sans_nom, acteur=compte)


@pytest.mark.parametrize(
    ("nom", "octets", "type_rendu"),
    [
        ("Statuts é.pdf", f.pdf(), "application/pdf"),
        ("effectifs.csv", f.CSV, "text/csv; charset=utf-8"),
        ("note.txt", b"bonjour", "text/plain; charset=utf-8"),
    ],
)
def test_un_fichier_ne_s_affiche_jamais_dans_l_origine_du_site(compte, nom, octets, type_rendu):
    reponse = telecharger(enregistrer(f.upload(nom, octets), acteur=compte))
    assert reponse["Content-Disposition"].startswith("attachment; filename")
    assert reponse["Content-Type"] == type_rendu
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reponse["Cache-Control"] == "private, no-store"
    assert b"".join(reponse.streaming_content) == octets
    reponse.close()


def test_un_nom_accentue_ou_a_guillemets_tient_dans_l_en_tete(compte):
    reponse = telecharger(enregistrer(f.upload('Équipe "A"\r\nX-Piege: 1.pdf', f.pdf()), acteur=compte))
    assert "\n" not in reponse["Content-Disposition"]
    assert "X-Piege" not in reponse.headers
    reponse.close()


@pytest.mark.parametrize("nombre", [1, 3])
def test_lire_les_fichiers_ne_depend_pas_de_leur_nombre(nombre, django_assert_num_queries):
    f.FichierFabrique.create_batch(nombre)
    with django_assert_num_queries(1):
        assert len([fichier.nom for fichier in Fichier.objects.all()]) == nombre
