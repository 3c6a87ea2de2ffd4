"""Ce qu'un compte voit, d'après ses fonctions."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.comptes.enums import Role
from esperluette.comptes.lectures import a_un_role, fonctions_actives, perimetre
from esperluette.comptes.models import Compte
from esperluette.comptes.perimetres import Perimetre
from esperluette.territoires.models import Commune
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique

TOUTES = {"Redon", "Rennes", "Loudéac", "Île-de-Bréhat", "Avessac"}
BRETONNES = TOUTES - {"Avessac"}


def vues(compte, roles=Role.LECTEURS):
    """Les communes vues, par le filtre ; `contient` doit toujours répondre pareil."""
    territoire = perimetre(compte, roles)
    par_filtre = {c.nom for c in Commune.objects.filter(territoire.filtre())}
    assert par_filtre == {c.nom for c in Commune.objects.all() if territoire.contient(c)}
    return par_filtre


FONCTIONS = {
    "une région": (lambda p: [{"region": p.bretagne}], BRETONNES),
    "un département": (lambda p: [{"region": p.bretagne, "departement": p.ille}], {"Redon", "Rennes"}),
    "un département sans région notée": (lambda p: [{"departement": p.cotes}], {"Loudéac", "Île-de-Bréhat"}),
    "une intercommunalité d'un département": (lambda p: [{"departement": p.ille, "epcis": [p.redon]}], {"Redon"}),
    "elle, dans la région seulement": (
        lambda p: [{"region": p.bretagne, "epcis": [p.redon]}],
        {"Redon"},
    ),
    "elle, de l'autre côté": (lambda p: [{"region": p.loire, "epcis": [p.redon]}], {"Avessac"}),
    "deux intercommunalités": (
        lambda p: [{"region": p.bretagne, "epcis": [p.redon, p.loudeac]}],
        {"Redon", "Loudéac"},
    ),
    "une intercommunalité hors du département": (lambda p: [{"departement": p.cotes, "epcis": [p.redon]}], set()),
    "deux fonctions s'ajoutent": (
        lambda p: [{"departement": p.cotes}, {"region": p.bretagne, "epcis": [p.redon]}],
        {"Loudéac", "Île-de-Bréhat", "Redon"},
    ),
    "deux régions": (lambda p: [{"region": p.bretagne}, {"region": p.loire}], TOUTES),
}


@pytest.mark.parametrize("cas", FONCTIONS)
def test_le_perimetre_suit_les_fonctions(pays, cas):
    fonctions, attendu = FONCTIONS[cas]
    compte = CompteFabrique()
    for champs in fonctions(pays):
        FonctionFabrique(compte=compte, referent=True, **champs)
    assert vues(compte) == attendu
    assert perimetre(compte).est_agent


ROLES = {
    Role.REFERENT: (BRETONNES, True),
    Role.AUTORITE: (BRETONNES, True),
    Role.ADMIN: (TOUTES, False),
    Role.ADMIN_REGIONAL: (set(), False),
    Role.SECRETARIAT: (set(), False),
    Role.PRESIDENT: (set(), False),
    Role.MEMBRE_COMMISSION: (set(), False),
}


@pytest.mark.parametrize("role", Role)
def test_chaque_role_lit_ce_qui_lui_revient(pays, role):
    region = None if role == Role.ADMIN else pays.bretagne
    compte = FonctionFabrique(role=role, region=region).compte
    assert (vues(compte), perimetre(compte).est_agent) == ROLES[role]


def test_l_administrateur_lit_tout_mais_n_instruit_rien(pays):
    compte = FonctionFabrique(admin=True).compte
    assert perimetre(compte).tout
    assert perimetre(compte, Role.INSTRUCTEURS).vide


def test_l_administrateur_regional_tient_sa_region(pays):
    compte = FonctionFabrique(admin_regional=True, region=pays.bretagne).compte
    assert vues(compte, Role.ADMINISTRATEURS) == BRETONNES


@pytest.mark.parametrize(
    ("debut", "fin", "voit"),
    [(0, None, True), (-10, 0, True), (-10, 5, True), (1, None, False), (-10, -1, False)],
)
def test_une_fonction_ne_vaut_qu_entre_ses_dates(pays, debut, fin, voit):
    jour = timezone.localdate()
    fonction = FonctionFabrique(
        region=pays.bretagne,
        debut=jour + timedelta(days=debut),
        fin=None if fin is None else jour + timedelta(days=fin),
    )
    assert bool(vues(fonction.compte)) is voit


def test_un_compte_inactif_ne_voit_rien(pays):
    compte = CompteFabrique(inactif=True)
    FonctionFabrique(compte=compte, admin=True)
    assert (fonctions_actives(compte), perimetre(compte)) == ([], Perimetre())


@pytest.mark.parametrize("visiteur", [AnonymousUser(), None])
def test_un_visiteur_ne_voit_rien(pays, visiteur):
    assert vues(visiteur) == set()
    assert perimetre(visiteur).vide


def test_le_filtre_s_applique_a_une_commune_jointe(pays):
    paris = FonctionFabrique(departement=pays.ille).compte
    condition = perimetre(paris).filtre("communes")
    assert list(type(pays.ille).objects.filter(condition).distinct()) == [pays.ille]


def test_un_perimetre_vide_ne_montre_rien_meme_joint(pays):
    assert not type(pays.ille).objects.filter(Perimetre().filtre("communes")).exists()


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_perimetre_se_lit_une_fois_quel_que_soit_le_nombre_de_fonctions(pays, nombre, django_assert_num_queries):
    compte = CompteFabrique()
    for _ in range(nombre):
        FonctionFabrique(compte=compte, region=pays.bretagne, epcis=[pays.redon])
    compte = Compte.objects.get(pk=compte.pk)
    with django_assert_num_queries(2):
        for _ in range(3):
            assert not perimetre(compte).vide
            assert a_un_role(compte, Role.REFERENT)


def test_une_fonction_ajoutee_se_voit_aussitot(pays):
    compte = CompteFabrique()
    assert perimetre(compte).vide
    FonctionFabrique(compte=compte, region=pays.bretagne)
    assert vues(compte) == BRETONNES


def test_une_fonction_sans_territoire_est_refusee_par_la_base(pays):
    with pytest.raises(IntegrityError), transaction.atomic():
        FonctionFabrique(referent=True)
