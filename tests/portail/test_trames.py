"""Les trames vierges à télécharger."""

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.documents.enums import Format
from esperluette.portail import trames
from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.lecture import edition_en_vigueur
from tests.portail.pages import lire

DEBUTS = {"docx": b"PK", "odt": b"PK", "pdf": b"%PDF-"}


def adresse(nature, demarche="projet-de-sante", region="bretagne"):
    return reverse("portail:trame", args=[region, demarche, nature])


@pytest.fixture(autouse=True)
def _rien_de_garde():
    trames._produire.cache_clear()


@pytest.mark.parametrize("nature", DEBUTS)
def test_la_trame_se_telecharge_dans_chaque_format(client, nature):
    reponse = client.get(adresse(nature))
    assert reponse.content.startswith(DEBUTS[nature])
    assert reponse["Content-Type"] == Format.TYPES_MIME[nature]
    assert f'filename="bretagne-projet-de-sante-2024-10.{nature}"' in reponse["Content-Disposition"]
    assert reponse["Cache-Control"] == "public, max-age=3600"
    assert reponse.cookies == {}


def test_une_trame_deja_lue_ne_se_produit_pas(client):
    etag = client.get(adresse("odt"))["ETag"]
    trames._produire.cache_clear()
    reponse = client.get(adresse("odt"), headers={"If-None-Match": etag})
    assert (reponse.status_code, reponse.content, reponse["ETag"]) == (304, b"", etag)
    assert trames._produire.cache_info().misses == 0


def test_une_trame_ne_se_produit_qu_une_fois(client):
    assert client.get(adresse("docx")).content == client.get(adresse("docx")).content
    assert trames._produire.cache_info().misses == 1


def test_chaque_format_a_son_etiquette():
    etiquettes = {trames.trame_a_telecharger("bretagne", "projet-de-sante", nature).etag for nature in DEBUTS}
    assert len(etiquettes) == 3


@pytest.mark.parametrize(
    ("region", "demarche", "nature"),
    [
        ("bretagne", "projet-de-sante", "exe"),
        ("bretagne", "projet-de-sante", "html"),
        ("bretagne", "inconnue", "pdf"),
        ("inconnue", "projet-de-sante", "pdf"),
        ("national", "projet-de-sante", "pdf"),
    ],
)
def test_ce_qui_n_existe_pas_est_une_404(client, db, region, demarche, nature):
    assert client.get(adresse(nature, demarche, region)).status_code == 404


@pytest.mark.parametrize("cle", [edition.region for edition in editions_du_jour()])
def test_chaque_demarche_en_ligne_offre_sa_trame_en_trois_formats(client, db, cle):
    edition = edition_en_vigueur(cle, timezone.localdate())
    attendues = {adresse(n, d.id, cle) for d in edition.demarches if d.en_ligne for n in DEBUTS}
    liens = set()
    for forme in edition.entete.formes:
        liens |= set(lire(client.get(reverse("portail:chemin", args=[cle, forme])).content.decode()).liens)
    assert attendues <= liens
