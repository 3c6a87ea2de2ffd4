"""Les pièces jointes : joindre, télécharger, retirer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from esperluette.dossiers.models import PieceJointe
from tests.dossiers.ecrans import HOSTILE, octets, requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def fichier(nom="statuts.pdf", octets=PDF):
    return SimpleUploadedFile(nom, octets, content_type="application/pdf")


@pytest.fixture
def porteuse(acteurs):
    return sous(acteurs["porteuse"])


def joindre(client, dossier, **champs):
    envoi = {"libelle": "Statuts de l’association", "fichier": fichier(), **champs}
    return client.post(url(dossier, "pieces"), {k: v for k, v in envoi.items() if v is not None}, follow=True)


def test_l_etat_vide_explique(dossier, porteuse):
    assert "Aucune pièce n’est jointe" in texte(porteuse.get(url(dossier, "pieces")))


def test_joindre_puis_telecharger(dossier, porteuse, acteurs):
    reponse = joindre(porteuse, dossier)
    assert "Statuts de l’association" in texte(reponse)
    piece = PieceJointe.objects.get()
    assert piece.jointe_par == acteurs["porteuse"]
    telechargee = sous(acteurs["membre"]).get(url(dossier, "piece", piece.pk))
    assert telechargee.status_code == 200
    assert octets(telechargee) == PDF
    assert telechargee["Content-Disposition"].startswith("attachment")
    assert telechargee["X-Content-Type-Options"] == "nosniff"


def test_sans_intitule_le_nom_du_fichier_sert(dossier, porteuse):
    joindre(porteuse, dossier, libelle="")
    assert PieceJointe.objects.get().libelle == "statuts.pdf"


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"fichier": None}, "Choisissez le fichier à joindre."),
        ({"fichier": fichier(octets=b"")}, "Ce fichier est vide."),
        ({"fichier": fichier("programme.pdf", b"MZ\x90\x00 un executable")}, "programme.pdf"),
        ({"libelle": "x" * 201}, "au plus 200 caractères"),
        ({"nature": "inventee"}, "n’est pas de celles que la démarche demande"),
    ],
)
def test_un_envoi_refuse_le_dit_et_ne_joint_rien(champs, message, dossier, porteuse):
    reponse = joindre(porteuse, dossier, **champs)
    assert reponse.status_code == 422
    assert message in texte(reponse)
    assert not PieceJointe.objects.exists()


def test_un_fichier_trop_gros_est_refuse(dossier, porteuse, settings):
    settings.TAILLE_MAXIMALE_FICHIER = 10
    assert "la limite est de" in texte(joindre(porteuse, dossier))


def test_l_intitule_saisi_reste_quand_le_fichier_est_refuse(dossier, porteuse):
    reponse = joindre(porteuse, dossier, libelle="Nos statuts", fichier=None)
    assert 'value="Nos statuts"' in texte(reponse)


def test_un_intitule_hostile_est_echappe(dossier, porteuse):
    contenu = texte(joindre(porteuse, dossier, libelle=HOSTILE))
    assert "<script>alert" not in contenu
    assert "&lt;script&gt;" in contenu


def test_retirer_se_confirme(dossier, porteuse):
    joindre(porteuse, dossier)
    piece = PieceJointe.objects.get()
    adresse = url(dossier, "piece_retirer", piece.pk)
    assert "Retirer « Statuts de l’association »" in texte(porteuse.get(adresse))
    assert PieceJointe.objects.filter(retiree_le=None).exists()
    reponse = porteuse.post(adresse, follow=True)
    assert "ne fait plus partie du dossier" in texte(reponse)
    assert not PieceJointe.objects.filter(retiree_le=None).exists()
    assert octets(porteuse.get(url(dossier, "piece", piece.pk))) == PDF
    assert porteuse.post(adresse).status_code == 404


def test_une_piece_d_un_autre_dossier_n_existe_pas(dossier, porteuse, acteurs):
    joindre(porteuse, dossier)
    piece = PieceJointe.objects.get()
    autre = fabrique.brouillon(acteurs["porteuse_ailleurs"].appartenances.get().equipe)
    voisine = sous(acteurs["porteuse_ailleurs"])
    assert voisine.get(url(dossier, "piece", piece.pk)).status_code == 404
    assert voisine.get(url(autre, "piece", piece.pk)).status_code == 404
    assert voisine.post(url(autre, "piece_retirer", piece.pk)).status_code == 404


def test_on_ne_joint_ni_ne_retire_dans_un_dossier_fige(equipe, acteurs):
    dossier = fabrique.fige(equipe).dossier
    client = sous(acteurs["porteuse"])
    assert "ses réponses ne changent plus" in texte(client.get(url(dossier, "pieces")))
    assert joindre(client, dossier).status_code == 403
    assert not PieceJointe.objects.exists()


def test_une_accompagnatrice_telecharge_mais_ne_joint_pas(dossier, porteuse, acteurs):
    joindre(porteuse, dossier)
    piece = PieceJointe.objects.get()
    client = sous(acteurs["accompagnatrice"])
    assert octets(client.get(url(dossier, "piece", piece.pk))) == PDF
    assert joindre(client, dossier).status_code == 403
    assert client.post(url(dossier, "piece_retirer", piece.pk)).status_code == 403


def test_la_liste_ne_depend_pas_du_nombre_de_pieces(dossier, porteuse):
    joindre(porteuse, dossier, fichier=fichier("1.pdf", PDF + b"1"))
    une = requetes(porteuse, url(dossier, "pieces"))
    for n in (2, 3):
        joindre(porteuse, dossier, fichier=fichier(f"{n}.pdf", PDF + str(n).encode()))
    assert PieceJointe.objects.count() == 3
    assert requetes(porteuse, url(dossier, "pieces")) == une
