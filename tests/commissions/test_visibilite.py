"""Ce qu'un membre voit des dossiers d'une séance : convoqué, mandat en cours, sans déport."""

import pytest
from django.urls import reverse

from esperluette.commissions.droits import peut_composer, peut_consulter, peut_preparer, siege_de
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Convocation
from tests.fabriques.commissions import (
    ConvocationFabrique,
    DeportFabrique,
    InstanceFabrique,
    MandatFabrique,
    PointFabrique,
    SeanceFabrique,
)
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import AccesFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def convocation(db):
    return ConvocationFabrique()


@pytest.fixture
def point(convocation):
    return PointFabrique(seance=convocation.seance)


def test_un_membre_convoque_dont_le_mandat_court_voit_les_points(convocation, point):
    assert list(points_visibles(convocation.compte)) == [point]
    assert siege_de(convocation.compte, point.seance) == convocation.siege


@pytest.mark.parametrize("champs", [{"envoyee_le": None}, {"retiree_le": "2026-11-20T10:00Z"}])
def test_une_convocation_pas_envoyee_ou_retiree_n_ouvre_rien(convocation, point, champs):
    Convocation.objects.update(**champs)
    assert not points_visibles(convocation.compte).exists()
    assert siege_de(convocation.compte, point.seance) is None


def test_un_mandat_en_cours_sans_convocation_ne_voit_rien(point):
    mandat = MandatFabrique(siege__instance=point.seance.instance)
    assert not points_visibles(mandat.compte).exists()
    assert siege_de(mandat.compte, point.seance) is None


def test_un_ancien_mandat_ne_voit_plus_rien_meme_convoque_jadis(point):
    ancienne = ConvocationFabrique(seance=point.seance, mandat__ancien=True)
    assert not points_visibles(ancienne.compte).exists()
    assert siege_de(ancienne.compte, point.seance) is None


def test_le_deport_l_emporte_et_son_annulation_le_leve(convocation, point):
    deport = DeportFabrique(point=point, compte=convocation.compte)
    assert not points_visibles(convocation.compte).exists()
    deport.annule_le = deport.declare_le
    deport.save()
    assert list(points_visibles(convocation.compte)) == [point]


@pytest.mark.parametrize("lien", ["membre", "adresse", "rpps", "accompagnateur"])
def test_un_interet_que_personne_n_a_declare_ecarte_aussi(convocation, point, lien):
    compte, equipe = convocation.compte, point.dossier.equipe
    if lien == "membre":
        MembreFabrique(equipe=equipe, confirme=True, compte=compte)
    elif lien == "adresse":
        MembreFabrique(equipe=equipe, courriel=compte.courriel.upper())
    elif lien == "rpps":
        MembreFabrique(confirme=True, compte=compte, rpps="10101234567")
        MembreFabrique(equipe=equipe, rpps="10101234567")
    else:
        AccesFabrique(equipe=equipe, courriel=compte.courriel)
    assert not points_visibles(compte).exists()
    DeportFabrique(point=point, compte=compte, constate=True, annule=True)
    assert list(points_visibles(compte)) == [point], "le secrétariat a jugé qu'il n'y avait pas d'intérêt"


def test_un_point_retire_une_seance_annulee_un_compte_ferme_ne_montrent_rien(convocation, point):
    PointFabrique(seance=point.seance, retire=True)
    assert list(points_visibles(convocation.compte)) == [point]
    convocation.compte.is_active = False
    assert not points_visibles(convocation.compte).exists()
    convocation.compte.is_active = True
    point.seance.etat = "annulee"
    point.seance.save()
    assert not points_visibles(convocation.compte).exists()


def test_l_agent_qui_instruit_n_est_pas_interesse_mais_ne_siege_pas_pour_autant(point):
    region = point.seance.region
    referent = FonctionFabrique(referent=True, region=region).compte
    assert peut_consulter(referent, point.seance.instance)
    assert not peut_preparer(referent, point.seance.instance)
    assert not points_visibles(referent).exists()


@pytest.mark.parametrize(
    ("role", "ou", "prepare", "compose", "consulte"),
    [
        ("secretariat", "region", True, True, True),
        ("admin_regional", "region", False, True, True),
        ("referent", "region", False, False, True),
        ("referent", "departement", False, False, True),
        ("secretariat", "departement", False, False, True),
        ("membre_commission", "region", False, False, False),
        ("president", "region", False, False, False),
    ],
)
def test_qui_prepare_une_instance_regionale(role, ou, prepare, compose, consulte):
    instance = InstanceFabrique()
    lieu = {"region": instance.region}
    if ou == "departement":
        lieu["departement"] = instance.region.departements.first()
    compte = FonctionFabrique(**{role: True}, **lieu).compte
    assert bool(peut_preparer(compte, instance)) is prepare
    assert bool(peut_composer(compte, instance)) is compose
    assert bool(peut_consulter(compte, instance)) is consulte


def test_qui_prepare_une_instance_departementale():
    instance = InstanceFabrique(departementale=True)
    ici = FonctionFabrique(secretariat=True, region=instance.region, departement=instance.departement).compte
    region = FonctionFabrique(secretariat=True, region=instance.region).compte
    from tests.fabriques.dossiers import _autre_departement

    ailleurs = FonctionFabrique(
        secretariat=True, region=instance.region, departement=_autre_departement(instance.region)
    ).compte
    assert [bool(peut_preparer(c, instance)) for c in (ici, region, ailleurs)] == [True, True, False]
    assert not peut_consulter(ailleurs, instance)
    assert not peut_consulter(CompteFabrique(), instance)


def test_une_seance_sans_convocation_ne_montre_rien_a_personne(point):
    autre = SeanceFabrique(instance=point.seance.instance)
    assert not points_visibles(CompteFabrique()).filter(seance=autre).exists()


def test_la_convocation_d_un_ancien_mandat_ne_s_ouvre_plus_et_ne_donne_plus_de_mandat(client, point):
    ancienne = ConvocationFabrique(seance=point.seance, mandat__ancien=True)
    connecter(client, ancienne.compte)
    page = reverse("commissions:convocation", args=[ancienne.jeton])
    assert client.get(page).status_code == 404
    assert client.post(page, {"reponse": "vient"}).status_code == 404
    assert client.get(reverse("commissions:agenda", args=[ancienne.jeton])).status_code == 404
    ancienne.refresh_from_db()
    assert (ancienne.vue_le, ancienne.reponse) == (None, "")
