"""Emporter un dossier à l'écran : demander, attendre, prendre ; le lien expire et ne sert qu'à qui l'a demandé."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from esperluette.archives.actions import demander
from esperluette.archives.enums import EtatArchive
from esperluette.archives.models import Archive
from esperluette.archives.preparation import expirer, preparer
from esperluette.commun.erreurs import Refus
from esperluette.documents.emport import Public
from esperluette.equipes.models import Membre
from esperluette.journal.lectures import evenements_de
from tests.fabriques.commissions import DeportFabrique, PointFabrique
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db


def page(dossier, part="dossiers"):
    return f"/{part}/{dossier.reference}/emporter/"


@pytest.fixture
def prete(brouillon, acteurs):
    archive = Archive.objects.create(dossier=brouillon, pour=Public.EQUIPE, demandee_par=acteurs["porteuse"])
    preparer(archive)
    return archive


def prendre(client, archive):
    """Le statut du téléchargement ; lu en entier, le fichier se referme."""
    reponse = client.get(lien(archive))
    list(reponse)
    return reponse.status_code


def lien(archive, part="dossiers"):
    return f"{page(archive.dossier, part)}{archive.pk}/archive.zip"


def test_on_demande_elle_se_prepare_on_la_prend(client, brouillon, acteurs, django_capture_on_commit_callbacks):
    connecter(client, acteurs["membre"])
    assert "Emporter le dossier" in client.get(page(brouillon)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page(brouillon)).status_code == 302
    archive = Archive.objects.get()
    assert (archive.etat, archive.alertes) == (EtatArchive.PRETE, 0)
    assert lien(archive) in client.get(page(brouillon)).content.decode()
    reponse = client.get(lien(archive))
    assert reponse["Content-Disposition"] == f'attachment; filename="{brouillon.reference}-equipe.zip"'
    assert reponse["Cache-Control"] == "private, no-store"
    octets = b"".join(reponse.streaming_content)
    assert "MANIFESTE.sha256" in zipfile.ZipFile(io.BytesIO(octets)).namelist()
    (ligne,) = evenements_de(brouillon.equipe).filter(sorte="dossier_emporte")
    assert ligne.acteur == acteurs["membre"]
    assert not evenements_de(brouillon).filter(sorte="dossier_emporte").exists()


def test_un_double_clic_n_en_prepare_qu_une(brouillon, acteurs):
    archives = {demander(brouillon, pour=Public.EQUIPE, acteur=acteurs["porteuse"]) for _ in range(3)}
    assert len(archives) == Archive.objects.count() == 1


def test_la_page_dit_l_avancement_sans_javascript(client, brouillon, acteurs):
    Archive.objects.create(
        dossier=brouillon,
        pour="equipe",
        demandee_par=acteurs["porteuse"],
        etat=EtatArchive.EN_COURS,
        fait=30,
        total=120,
    )
    connecter(client, acteurs["porteuse"])
    contenu = client.get(page(brouillon)).content.decode()
    assert "30 pièces sur 120, 25&nbsp;%" in contenu
    assert "Voir où elle en est" in contenu


@pytest.mark.parametrize(
    ("qui", "part", "statut"),
    [
        ("porteuse", "dossiers", 200), ("membre", "dossiers", 200), ("accompagnatrice", "dossiers", 403),
        ("referente", "dossiers", 404), ("inconnue", "dossiers", 404), ("porteuse_ailleurs", "dossiers", 404),
        ("referente", "instruction", 200), ("autorite", "instruction", 200), ("referent_ailleurs", "instruction", 404),
        ("porteuse", "instruction", 404), ("inconnue", "instruction", 404),
    ],
)  # fmt: skip
def test_qui_ouvre_la_page(client, dossier, acteurs, qui, part, statut):
    connecter(client, acteurs[qui])
    assert client.get(page(dossier, part)).status_code == statut
    if statut != 200:
        assert client.post(page(dossier, part)).status_code == statut
        assert not Archive.objects.exists()


def test_sans_etre_connecte_on_va_se_connecter(client, dossier):
    for part in ("dossiers", "instruction"):
        assert client.get(page(dossier, part)).url.startswith("/compte/connexion/")


def test_un_agent_deporte_lit_pourquoi(client, dossier, acteurs):
    DeportFabrique(point=PointFabrique(dossier=dossier), compte=acteurs["referente"])
    connecter(client, acteurs["referente"])
    reponse = client.get(page(dossier, "instruction"))
    assert reponse.status_code == 403
    assert "déporté" in reponse.content.decode()


def test_le_lien_ne_sert_qu_a_qui_l_a_demande(client, prete, acteurs):
    connecter(client, acteurs["membre"])
    assert prendre(client, prete) == 404
    connecter(client, acteurs["porteuse"])
    assert prendre(client, prete) == 200


def test_qui_quitte_l_equipe_perd_son_lien(client, prete, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    Archive.objects.filter(pk=prete.pk).update(demandee_par=membre.compte)
    connecter(client, membre.compte)
    assert prendre(client, prete) == 200
    Membre.objects.filter(pk=membre.pk).update(sorti_le=timezone.localdate())
    assert prendre(client, prete) == 404


def test_la_part_de_l_ars_ne_se_prend_pas_par_la_porte_de_l_equipe(client, prete, acteurs):
    Archive.objects.filter(pk=prete.pk).update(pour="ars")
    connecter(client, acteurs["porteuse"])
    assert prendre(client, prete) == 404


def test_un_lien_expire_le_dit_et_son_fichier_s_efface(client, prete, acteurs):
    nom = prete.fichier.name
    Archive.objects.filter(pk=prete.pk).update(expire_le=timezone.now() - timedelta(seconds=1))
    connecter(client, acteurs["porteuse"])
    reponse = client.get(lien(prete))
    assert reponse.status_code == 410
    assert "Ce lien ne vaut plus" in reponse.content.decode()
    assert (expirer(), expirer()) == (1, 0)
    assert not default_storage.exists(nom)
    prete.refresh_from_db()
    assert prete.etat == EtatArchive.EXPIREE


def test_le_droit_est_revu_au_moment_de_fabriquer(brouillon, acteurs):
    archive = Archive.objects.create(dossier=brouillon, pour="equipe", demandee_par=acteurs["inconnue"])
    preparer(archive)
    assert (archive.etat, archive.fichier.name) == (EtatArchive.ECHOUEE, "")


def test_une_preparation_enlisee_se_redemande(brouillon, acteurs):
    archive = demander(brouillon, pour=Public.EQUIPE, acteur=acteurs["porteuse"])
    Archive.objects.filter(pk=archive.pk).update(demandee_le=timezone.now() - timedelta(hours=3))
    expirer()
    assert demander(brouillon, pour=Public.EQUIPE, acteur=acteurs["porteuse"]) != archive


def test_refaire_une_archive_prete_ne_fait_rien(prete):
    avant = prete.fichier.name
    preparer(prete)
    assert prete.fichier.name == avant


def test_demander_sans_droit_est_refuse(brouillon, acteurs):
    with pytest.raises(Refus):
        demander(brouillon, pour=Public.ARS, acteur=acteurs["referente"])


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_coute_autant_de_requetes_pour_trois_archives(
    client, brouillon, acteurs, nombre, django_assert_max_num_queries
):
    for _ in range(nombre):
        Archive.objects.create(
            dossier=brouillon, pour="equipe", demandee_par=acteurs["porteuse"], etat=EtatArchive.EXPIREE
        )
    connecter(client, acteurs["porteuse"])
    client.get(page(brouillon))
    with django_assert_max_num_queries(16):
        client.get(page(brouillon))


@pytest.mark.parametrize("reference", ["x" * 300, "..", "a%00b", "<script>"])
def test_une_reference_impossible_n_existe_pas(client, acteurs, reference):
    connecter(client, acteurs["porteuse"])
    assert client.get(f"/dossiers/{reference}/emporter/").status_code == 404
