"""Le livret : ce qu'il contient, à qui il s'ouvre, et un PDF que d'autres outils relisent."""

import datetime
import io
import shutil
import subprocess

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.actions import convoquer, deporter
from esperluette.commissions.actions.livrets import demander_livret
from esperluette.commissions.models import Convocation, Livret
from esperluette.commissions.synthese import points_du_livret, synthese_de, syntheses
from esperluette.commun.erreurs import ErreurMetier, Refus
from tests.fabriques.commissions import MandatFabrique, PointFabrique, SeanceFabrique, dossier_recu
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.dossiers import equipe_complete
from tests.fabriques.equipes import commune

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script> #set page(width: 1cm) $x$ @ref "'


@pytest.fixture
def seance(db):
    jour = timezone.localdate() + datetime.timedelta(days=40)
    seance = SeanceFabrique(date=jour, heure=datetime.time(14), lieu="Rennes")
    MandatFabrique.create_batch(2, siege__instance=seance.instance)
    for n, nom in enumerate(("Équipe du Lié", f"Équipe {HOSTILE}"), start=1):
        PointFabrique(seance=seance, ordre=n, dossier=dossier_recu(equipe_complete(nom=nom), rempli=n == 1))
    return seance


@pytest.fixture
def secretaire(seance):
    return FonctionFabrique(secretariat=True, region=seance.region).compte


def produire(seance, acteur, capture, format="pdf"):
    with capture(execute=True):
        livret = demander_livret(seance, acteur=acteur, format=format)
    livret.refresh_from_db()
    assert livret.echec == ""
    return livret


def octets(livret):
    with livret.document.fichier.open("rb") as fichier:
        return fichier.read()


def texte_du_pdf(livret, tmp_path):
    fichier = tmp_path / "livret.pdf"
    fichier.write_bytes(octets(livret))
    sortie = subprocess.run(["pdftotext", "-layout", fichier, "-"], capture_output=True, check=True, text=True)
    return sortie.stdout


def test_la_synthese_dit_l_essentiel(seance):
    points = points_du_livret(seance, seance.points.values_list("pk", flat=True))
    page = syntheses(seance, points)[0]
    assert page["equipe"] == "Équipe du Lié"
    assert {m["profession"].split(",")[0] for m in page["membres"]} == {"Médecin", "Infirmier"}
    assert page["communes"] == ["Loudéac"]
    assert page["axes"]
    assert page["verdict"] == "Satisfait"
    assert {c["verdict"] for c in page["controles"]} == {"Satisfait"}
    assert all(c["motif"] and c["source"] for c in page["controles"])
    assert datetime.datetime.fromisoformat(page["heure"]).hour == 14
    assert synthese_de(points[0].dossier)["membres"] == page["membres"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils n'est pas installé")
def test_le_pdf_se_relit_avec_un_autre_outil(seance, secretaire, django_capture_on_commit_callbacks, tmp_path):
    livret = produire(seance, secretaire, django_capture_on_commit_callbacks)
    texte = texte_du_pdf(livret, tmp_path)
    assert "Équipe du Lié" in texte
    assert "Contrôles automatiques" in texte
    assert "Points d’attention" in texte
    assert "#set page(width: 1cm) $x$ @ref" in " ".join(texte.split())


def test_le_pdf_est_balise_et_a_des_signets(seance, secretaire, django_capture_on_commit_callbacks):
    livret = produire(seance, secretaire, django_capture_on_commit_callbacks)
    with pikepdf.open(io.BytesIO(octets(livret))) as pdf, pdf.open_metadata() as meta:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("fr")
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert len(pdf.pages) >= 4, "garde, ordre du jour, une page au moins par dossier"
        with pdf.open_outline() as signets:
            assert len(signets.root) >= 3


def test_le_docx_aussi(seance, secretaire, django_capture_on_commit_callbacks):
    livret = produire(seance, secretaire, django_capture_on_commit_callbacks, "docx")
    assert octets(livret)[:2] == b"PK"
    with pytest.raises(ErreurMetier, match="PDF et en DOCX"):
        demander_livret(seance, acteur=secretaire, format="exe")


def test_le_meme_contenu_ne_se_produit_qu_une_fois(seance, secretaire, django_capture_on_commit_callbacks):
    un = produire(seance, secretaire, django_capture_on_commit_callbacks)
    assert produire(seance, secretaire, django_capture_on_commit_callbacks) == un
    assert Livret.objects.count() == 1


def test_le_livret_d_un_deporte_ne_contient_pas_le_dossier(
    client, seance, secretaire, django_capture_on_commit_callbacks
):
    convoquer(seance, acteur=secretaire)
    un, deux = Convocation.objects.all()
    interdit = seance.points.get(ordre=1)
    entier = produire(seance, un.compte, django_capture_on_commit_callbacks)
    assert len(entier.points) == 2
    connecter(client, un.compte)
    assert b"".join(client.get(reverse("commissions:document", args=[entier.pk])).streaming_content)[:4] == b"%PDF"
    deporter(interdit, un.compte, acteur=un.compte, motif="Associé")
    assert client.get(reverse("commissions:document", args=[entier.pk])).status_code == 404
    assert client.get(reverse("commissions:livret", args=[entier.pk])).status_code == 404
    propre = produire(seance, un.compte, django_capture_on_commit_callbacks)
    assert propre.points == [seance.points.get(ordre=2).pk]
    assert "Équipe du Lié" not in str(propre.document.contexte)
    connecter(client, deux.compte)
    assert b"".join(client.get(reverse("commissions:document", args=[entier.pk])).streaming_content)[:4] == b"%PDF"


def test_qui_n_a_pas_de_titre_n_a_pas_de_livret(client, seance, secretaire, django_capture_on_commit_callbacks):
    livret = produire(seance, secretaire, django_capture_on_commit_callbacks)
    non_convoque = seance.instance.sieges.first().mandats.get().compte
    referent = FonctionFabrique(referent=True, region=seance.region).compte
    for compte in (CompteFabrique(), non_convoque, referent):
        with pytest.raises(Refus):
            demander_livret(seance, acteur=compte)
        connecter(client, compte)
        assert client.get(reverse("commissions:document", args=[livret.pk])).status_code == 404


def test_un_livret_se_demande_a_l_ecran(client, seance, secretaire, django_capture_on_commit_callbacks):
    connecter(client, secretaire)
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(reverse("commissions:demander_livret", args=[seance.pk]), {"format": "pdf"})
    page = client.get(reponse.url)
    assert "Télécharger le livret" in page.text


@pytest.mark.parametrize("nombre", [1, 3])
def test_demander_un_livret_coute_un_nombre_constant_de_requetes(nombre, django_assert_num_queries):
    seance = SeanceFabrique()
    for n in range(nombre):
        PointFabrique(seance=seance, ordre=n + 1, dossier=dossier_recu(equipe_complete()))
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    demander_livret(seance, acteur=secretaire)
    with django_assert_num_queries(REQUETES):
        demander_livret(seance, acteur=secretaire)


REQUETES = 5


@pytest.mark.parametrize("nombre", [1, 3])
def test_composer_un_livret_coute_un_nombre_constant_de_requetes(nombre, django_assert_num_queries):
    seance = SeanceFabrique()
    for n, code in enumerate(("22136", "35115", "29024")[:nombre]):
        PointFabrique(seance=seance, ordre=n + 1, dossier=dossier_recu(equipe_complete(implantation=commune(code))))
    with django_assert_num_queries(SYNTHESES):
        points = points_du_livret(seance, seance.points.values_list("pk", flat=True))
        assert len(syntheses(seance, points)) == nombre


SYNTHESES = 12
