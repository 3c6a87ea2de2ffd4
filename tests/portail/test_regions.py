"""Le chemin d'une région : tout ce que dit son édition, et ce qu'elle ne sait pas ; sans code par région."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.lecture import edition_en_vigueur
from tests.portail.pages import lire

pytestmark = pytest.mark.django_db
CHEMINS = [(edition.region, forme) for edition in editions_du_jour() for forme in edition.entete.formes]


def page(client, cle, forme):
    return client.get(reverse("portail:chemin", args=[cle, forme])).content.decode().replace("\xa0", " ")


def dit(html, *phrases):
    """Les phrases que la page ne dit pas."""
    return [phrase for phrase in phrases if escape(phrase) not in html]


@pytest.mark.parametrize(("cle", "forme"), CHEMINS)
def test_la_page_dit_tout_le_chemin_de_l_edition(client, cle, forme):
    edition = edition_en_vigueur(cle, timezone.localdate())
    html = page(client, cle, forme)
    for etape in edition.chemin_de(forme):
        assert dit(html, etape.titre, etape.quoi, etape.qui, etape.duree, etape.document, etape.suite) == []
        assert dit(html, *etape.pieges) == []


@pytest.mark.parametrize(("cle", "forme"), CHEMINS)
def test_la_page_dit_les_demarches_les_aides_et_la_commission(client, cle, forme):
    edition = edition_en_vigueur(cle, timezone.localdate())
    html = page(client, cle, forme)
    ancres = lire(html).ancres
    for demarche in (d for d in edition.demarches if forme in d.formes):
        assert f"demarche-{demarche.id}" in ancres
        assert dit(html, demarche.resume, *demarche.effets, *(p.libelle for p in demarche.pieces)) == []
        assert dit(html, demarche.regime.texte, demarche.regime.silence.texte) == []
    for aide in (a for a in edition.aides if forme in a.formes):
        assert dit(html, aide.libelle, aide.description, aide.beneficiaire, aide.montant_note, *aide.objets) == []
        assert dit(html, *(edition.critere(cle).enonce for cle in aide.conditions)) == []
    citees = {d.instance for d in edition.demarches if forme in d.formes}
    for instance in (i for i in edition.instances if i.id in citees):
        assert dit(html, instance.sigle, *(siege.libelle for siege in instance.sieges)) == []


@pytest.mark.parametrize(("cle", "forme"), CHEMINS)
def test_la_page_avoue_ce_qu_elle_ne_sait_pas_et_cite_ses_sources(client, cle, forme):
    edition = edition_en_vigueur(cle, timezone.localdate())
    html = page(client, cle, forme)
    assert dit(html, *(i.sujet for i in edition.inconnues), *(i.texte for i in edition.inconnues)) == []
    for document in edition.entete.documents:
        assert dit(html, document.titre, *(e.lecture for e in document.erreurs)) == []


def test_la_region_seule_montre_sa_premiere_forme(client):
    seule = client.get(reverse("portail:region", args=["bretagne"])).content.decode()
    assert lire(seule).titre == lire(page(client, "bretagne", "esp")).titre


def test_une_region_ajoutee_par_ses_seuls_fichiers_a_ses_pages(client, region_zonee):
    assert "essai" in [edition.region for edition in editions_du_jour()]
    html = page(client, "essai", "esp")
    assert "zone d&#x27;intervention prioritaire" in html
    for nom in ("regions", "plan", "comprendre", "calendrier"):
        assert "essai" in client.get(reverse(f"portail:{nom}")).content.decode(), nom
    assert "BEGIN:VCALENDAR" in client.get(reverse("portail:calendrier_ics", args=["essai"])).content.decode()


@pytest.mark.parametrize(
    "adresse",
    [
        "/regions/nulle-part/",
        "/regions/bretagne/sisa/",
        "/regions/national/",
        "/aide/inconnu/",
        "/calendrier/nulle.ics",
    ],
)
def test_ce_qui_n_existe_pas_est_une_404(client, adresse):
    assert client.get(adresse).status_code == 404


def test_une_region_du_decoupage_sans_edition_le_dit_et_donne_le_national(client, bretagne):
    html = client.get(reverse("portail:region", args=["ile-de-france"])).content.decode()
    assert "Cette région n’est pas encore décrite ici." in html
    assert "Maison de santé" in html
    assert reverse("portail:comprendre") in lire(html).liens
    assert "/regions/ile-de-france/" in client.get(reverse("portail:regions")).content.decode()


def test_une_forme_sans_demarche_ne_montre_pas_la_commission_d_une_autre(client):
    assert "CCOPD" in page(client, "provence-alpes-cote-d-azur", "esp")
    autre = page(client, "provence-alpes-cote-d-azur", "msp")
    assert 'id="instance-ccopd"' not in autre
    assert "Les documents lus ne disent pas par quelle commission passe cette forme." in autre


def test_un_texte_d_edition_garde_ses_deux_points_avec_leur_phrase(client):
    html = client.get(reverse("portail:chemin", args=["bretagne", "esp"])).content.decode()
    assert not re.search(r">[^<]* [:;?!»][^<]*<", html.partition("<main")[2].partition("</main")[0])
