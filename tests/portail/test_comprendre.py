"""« Comprendre » : tout vient du référentiel ; la région complète et masque."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from esperluette.portail.comprendre import page_comprendre
from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.comprendre import SECTIONS
from esperluette.referentiel.lecture import national

pytestmark = pytest.mark.django_db


def page(client, region=""):
    return (
        client.get(reverse("portail:comprendre"), {"region": region} if region else {})
        .content.decode()
        .replace("\xa0", " ")
    )


def phrases(propos):
    for section in SECTIONS:
        for element in getattr(propos, section):
            yield from (
                getattr(element, champ)
                for champ in ("texte", "titre", "question", "reponse", "vers")
                if getattr(element, champ, "")
            )


def test_sans_region_la_page_dit_tout_ce_qui_vaut_partout(client):
    html = page(client)
    assert [phrase for phrase in phrases(national().comprendre) if escape(phrase) not in html] == []
    for forme in national().formes.values():
        assert escape(forme.definition) in html
    assert "Choisissez la vôtre ci-dessus." in html


@pytest.mark.parametrize("edition", editions_du_jour(), ids=lambda e: e.region)
def test_avec_une_region_la_page_dit_la_fusion_et_rien_de_masque(client, edition):
    html = page(client, edition.region)
    assert [phrase for phrase in phrases(edition.comprendre) if escape(phrase) not in html] == []
    for aide in edition.aides:
        assert escape(aide.libelle) in html


def test_une_region_inconnue_donne_ce_qui_vaut_partout(client):
    assert page(client, "nulle-part") == page(client)


def test_le_tableau_a_une_cellule_par_forme_et_aucune_ligne_vide():
    for region in ("", *(edition.region for edition in editions_du_jour())):
        lue = page_comprendre(region)
        for ligne in lue.differences:
            assert len(ligne.cellules) == len(lue.formes)
            assert any(ligne.cellules)


def test_deux_noms_de_la_meme_suite_ne_font_qu_une_cellule():
    lignes = {ligne.titre: ligne for ligne in page_comprendre("bretagne").differences}
    for cellule in lignes["Vers où évoluer"].cellules:
        sans_article = [nom.lower().removeprefix("une ").split(" (")[0] for nom in cellule]
        assert len(sans_article) == len(set(sans_article)), cellule


def test_se_former_sans_financement_dit_ce_qu_on_garde_et_ce_qu_on_perd(client):
    html = page(client)
    assert "Ce que vous gardez" in html
    assert "Ce que vous n’avez pas" in html


def test_les_elus_lisent_leur_role_partout_puis_par_region(client):
    html = client.get(reverse("portail:partenaires")).content.decode().replace("\xa0", " ")
    for propos in national().comprendre.elus:
        assert escape(propos.texte) in html
    connus = {propos.id for propos in national().comprendre.elus}
    for edition in editions_du_jour():
        for propos in edition.comprendre.elus:
            assert propos.id in connus or escape(propos.texte) in html
