"""Pages légales, aide, glossaire, sources : honnêtes, complètes, une seule donnée par mot."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.html import escape

from esperluette.config.verifications import MENTIONS
from esperluette.portail import glossaire
from esperluette.portail.aide import ROLES
from esperluette.portail.plan import editions_du_jour
from esperluette.referentiel.lecture import editions, national
from tests.coherence.depot import RACINE

pytestmark = pytest.mark.django_db


def lire(client, nom, *args):
    return client.get(reverse(f"portail:{nom}", args=args)).content.decode().replace("\xa0", " ")


@pytest.mark.parametrize("nom", ["mentions", "donnees_personnelles", "accessibilite"])
def test_ce_qui_n_est_pas_renseigne_se_dit(client, settings, nom):
    for reglage in MENTIONS:
        setattr(settings, reglage, "")
    assert re.search("n’est (encore )?(pas )?renseigné|non renseigné", lire(client, nom))


def test_les_mentions_viennent_des_reglages(client, settings):
    for reglage in MENTIONS:
        setattr(settings, reglage, f"{reglage.lower()}@<essai>.example")
    html = "".join(lire(client, nom) for nom in ("mentions", "donnees_personnelles", "accessibilite"))
    for reglage in MENTIONS:
        assert escape(f"{reglage.lower()}@<essai>.example") in html, reglage
    assert "renseigné" not in html


def test_la_declaration_d_accessibilite_ne_promet_pas_plus_qu_elle_ne_sait(client):
    html = lire(client, "accessibilite")
    assert "partiellement conforme" in html
    assert "n’a pas été audité" in html
    assert "totalement conforme" not in html
    assert "Défenseur des droits" in html


def test_les_durees_annoncees_sont_celles_des_reglages(client, settings):
    settings.DUREE_INVITATION_JOURS = 23
    assert "23 jours" in lire(client, "donnees_personnelles")


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.cle)
def test_chaque_role_a_sa_page_d_aide(client, role):
    html = lire(client, "aide_role", role.cle)
    assert role.titre in html
    assert reverse("portail:aide_role", args=[role.cle]) in lire(client, "aide")
    assert "à venir" not in html, "une page d’aide décrit ce qui marche"


def test_le_glossaire_est_celui_de_la_documentation(client):
    page = Path(RACINE / "docs" / "glossaire.md").read_text(encoding="utf-8").split(f"## {glossaire.HORS_PUBLIC}")[0]
    lignes = [ligne for ligne in page.splitlines() if ligne.startswith("| **")]
    mots = [mot for chapitre in glossaire.chapitres() for mot in chapitre.mots]
    assert len(mots) == len(lignes) > 40
    html = lire(client, "glossaire")
    for mot in mots:
        assert mot.sens in html
    assert "CleDeRecherche" not in html
    assert "](" not in html
    assert "**" not in html


def test_le_glossaire_part_dans_la_roue():
    projet = (RACINE / "pyproject.toml").read_text(encoding="utf-8")
    assert '"docs/glossaire.md" = "esperluette/portail/glossaire.md"' in projet
    assert glossaire.CHEMINS[0].parent.name == "portail"


def test_les_zonages_du_glossaire_sont_ceux_du_referentiel(client):
    html = lire(client, "glossaire")
    for zonage in national().zonages.values():
        assert escape(zonage.libelle) in html
        assert f'id="zone-{zonage.id}"' in html


def test_un_mot_hostile_s_ecrit_tel_quel():
    mot = glossaire._mot("**<b>x</b>**", "un `code` & [lien](a.md)", "maison")
    assert mot.mot == "<strong>&lt;b&gt;x&lt;/b&gt;</strong>"
    assert mot.sens == "un <code>code</code> &amp; lien"
    assert mot.source == ""


def test_les_sources_citent_chaque_document_et_chaque_erreur(client):
    html = lire(client, "sources")
    documents = {d.id: d for e in editions() for d in e.entete.documents}
    assert len(editions_du_jour()) >= 1
    for document in [*documents.values(), *national().documents.values()]:
        assert escape(document.titre) in html
        for erreur in document.erreurs:
            assert escape(erreur.lecture) in html


def test_les_sources_citent_les_jeux_et_leur_licence(client, charges):
    html = lire(client, "sources")
    assert "Découpage" in html
    assert "Contours des communes" in html
    assert "Licence Ouverte" in html
