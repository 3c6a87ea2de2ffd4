"""Les zonages en base, dans le simulateur et dans `eligibilite` : ils répondent, ou posent la question."""

import json
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command

from esperluette.territoires.zonages import classement
from tests.fabriques.territoires import communes_reelles
from tests.fabriques.zonages import decoupage_note, zoner

GAP, VOISINE = "05061", "05170"
EQUIPE = (
    f"/simulateur/?forme=esp&commune={GAP}&communes={VOISINE}&profession1=10&qualification1=SM54&exercice1=liberal"
    "&profession2=60&exercice2=liberal&statut=association&avancement=cree&zone-qpv=non"
)
FICHIER = f"""\
statut_juridique: association
implantation: "{GAP}"
communes: ["{VOISINE}"]
zonages: {{zip: false, qpv: false}}
membres:
  - {{profession: "10", savoir_faire: "SM54", exercice: liberal}}
  - {{profession: "60", exercice: liberal}}
"""


@pytest.fixture
def gap(db):
    """Gap et une voisine, dont les zonages restent à poser."""
    communes_reelles(GAP, VOISINE)
    decoupage_note()


def page(client) -> str:
    reponse = client.get(EQUIPE)
    assert reponse.status_code == 200
    return unescape(reponse.content.decode()).replace("\xa0", " ")


def eligibilite(tmp_path) -> tuple[dict, str]:
    chemin = tmp_path / "equipe.yaml"
    chemin.write_text(FICHIER, encoding="utf-8")
    sortie, erreurs = StringIO(), StringIO()
    options = ("--region=provence-alpes-cote-d-azur", "--forme=esp", f"--equipe={chemin}", "--json")
    call_command("eligibilite", *options, stdout=sortie, stderr=erreurs)
    return json.loads(sortie.getvalue()), erreurs.getvalue()


def aide(reponse: dict) -> dict:
    (trouvee,) = [a for a in reponse["aides"] if a["montant"] == "10000.00"]
    return trouvee


@pytest.mark.parametrize(
    ("classes", "verdict"),
    [({GAP: "zip", VOISINE: "zip"}, "satisfait"), ({GAP: "hors_zone", VOISINE: "hors_zone"}, "non_satisfait")],
)
def test_un_zonage_charge_repond_et_l_emporte_sur_le_fichier(gap, tmp_path, classes, verdict):
    zoner("zonage-medecins", classes)
    reponse, erreurs = eligibilite(tmp_path)
    assert aide(reponse)["verdict"] == verdict
    contredit = "Zone d'intervention prioritaire : les données chargées disent le contraire du fichier"
    assert (contredit in erreurs) is (verdict == "satisfait")
    assert not any("intervention prioritaire (déclaré)" in c["motif"] for c in reponse["criteres"])


def test_le_simulateur_montre_le_zonage_et_d_ou_il_vient(client, gap):
    zoner("zonage-medecins", {GAP: "zip", VOISINE: "zip"})
    html = page(client)
    assert 'name="zone-zip"' not in html
    assert 'name="zone-qpv"' in html
    assert "Zone d'intervention prioritaire : <strong>oui</strong>" in html
    assert str(classement(GAP, [VOISINE]).sources["zip"]) in html
    assert "zone-zip" not in html.partition("data-esp-copier")[0].rpartition("href=")[2]


def test_un_territoire_mi_classe_pose_la_question_et_garde_la_reponse(client, gap, tmp_path):
    zoner("zonage-medecins", {GAP: "hors_zone", VOISINE: "zip"})
    html = page(client)
    assert 'name="zone-zip"' in html
    assert "laquelle compte ?" in html
    reponse, _ = eligibilite(tmp_path)
    # Le fichier déclare « pas en ZIP » : la réponse déclarée tranche ce que les données laissent ouvert.
    assert aide(reponse)["verdict"] == "non_satisfait"


def test_sans_zonage_charge_tout_se_demande(client, gap):
    html = page(client)
    for zone in ("zip", "zac", "qpv"):
        assert f'name="zone-{zone}"' in html
    assert "Ce zonage n’est pas chargé ici" in html


def test_les_zonages_ne_coutent_pas_plus_cher_pour_trois_communes(client, gap, django_assert_num_queries):
    communes_reelles("05023", "05046")
    zoner("zonage-medecins", dict.fromkeys((GAP, VOISINE, "05023", "05046"), "zip"))
    page(client)
    for suite in ("", "&communes=05023&communes=05046"):
        with django_assert_num_queries(11):
            assert client.get(EQUIPE + suite).status_code == 200
