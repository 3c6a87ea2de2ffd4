"""Ce que la base garantit, et ce qui se déduit des dates."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from esperluette.equipes.enums import EtatInvitation, EtatMembre
from esperluette.equipes.models import Equipe, Membre
from esperluette.equipes.registres import VISIBILITES, Registre
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import (
    AccesFabrique,
    EquipeFabrique,
    InvitationFabrique,
    MembreFabrique,
    SiteFabrique,
    commune,
)

pytestmark = pytest.mark.django_db


def refuse(contrainte, creer):
    with pytest.raises(IntegrityError) as erreur, transaction.atomic():
        creer()
    assert contrainte in str(erreur.value) or "UNIQUE constraint failed" in str(erreur.value)


@pytest.mark.parametrize("rpps", ["1", "1000000000", "100000000000", "1000000000A", " 1000000000", "١٢٣٤٥٦٧٨٩٠١"])
def test_la_base_refuse_un_rpps_qui_n_a_pas_onze_chiffres(rpps):
    equipe = EquipeFabrique()
    # PostgreSQL refuse d'abord par la longueur de la colonne ce qui la dépasse.
    with pytest.raises(Exception, match=r"membre_rpps_onze_chiffres|too long|trop long"), transaction.atomic():
        MembreFabrique(equipe=equipe, rpps=rpps)


def test_la_base_accepte_un_rpps_de_onze_chiffres_ou_vide():
    equipe = EquipeFabrique()
    assert MembreFabrique(equipe=equipe, rpps="10000000009").pk
    assert MembreFabrique(equipe=equipe, rpps="").pk
    assert MembreFabrique(equipe=equipe, rpps="").pk


def test_une_adresse_n_est_prise_qu_une_fois_parmi_les_presents_sans_egard_aux_majuscules():
    equipe = EquipeFabrique()
    parti = MembreFabrique(equipe=equipe, courriel="yann@cabinet.example", parti=True)
    MembreFabrique(equipe=equipe, courriel="yann@cabinet.example")
    refuse(
        "membre_courriel_unique_parmi_les_presents",
        lambda: MembreFabrique(equipe=equipe, courriel="Yann@Cabinet.example"),
    )
    assert MembreFabrique(courriel="yann@cabinet.example").equipe != parti.equipe


def test_plusieurs_membres_peuvent_etre_sans_adresse():
    equipe = EquipeFabrique()
    assert {MembreFabrique(equipe=equipe, courriel="").courriel for _ in range(2)} == {""}


def test_un_rpps_n_est_pris_qu_une_fois_parmi_les_presents():
    equipe = EquipeFabrique()
    MembreFabrique(equipe=equipe, rpps="10000000009", parti=True)
    MembreFabrique(equipe=equipe, rpps="10000000009")
    refuse("membre_rpps_unique", lambda: MembreFabrique(equipe=equipe, rpps="10000000009"))


def test_un_compte_n_est_qu_une_fois_present_dans_une_equipe():
    equipe = EquipeFabrique()
    membre = MembreFabrique(equipe=equipe, confirme=True)
    refuse(
        "membre_compte_unique",
        lambda: MembreFabrique(equipe=equipe, confirme=True, compte=membre.compte, courriel="autre@essais.example"),
    )


def test_une_equipe_n_a_qu_un_porteur():
    equipe = EquipeFabrique()
    refuse("membre_un_seul_porteur", lambda: MembreFabrique(equipe=equipe, confirme=True, porteur=True))


@pytest.mark.parametrize(
    "champs",
    [
        {"porteur": True},
        {"porteur": True, "confirme": True, "parti": True},
        {"confirme_le": timezone.now()},
        {"professionnel": True, "profession": ""},
        {"professionnel": False, "profession": "", "metier": ""},
        {"entre_le": timezone.localdate(), "sorti_le": timezone.localdate() - timedelta(days=1)},
    ],
    ids=["porteur non confirmé", "porteur parti", "confirmé sans compte", "sans profession", "sans métier", "dates"],
)
def test_la_base_refuse_un_membre_incoherent(champs):
    equipe = EquipeFabrique()
    equipe.membres.update(porteur=False)
    refuse("membre_", lambda: MembreFabrique(equipe=equipe, **champs))


@pytest.mark.parametrize(
    ("statut", "avancement", "accepte"),
    [
        ("", "", True),
        ("aucun", "", True),
        ("association", "cree", True),
        ("sisa", "en_projet", True),
        ("", "cree", False),
        ("aucun", "cree", False),
        ("association", "", False),
    ],
)
def test_l_avancement_suit_la_structure(statut, avancement, accepte):
    def creer():
        return EquipeFabrique(statut_juridique=statut, statut_avancement=avancement)

    if accepte:
        assert creer().pk
    else:
        refuse("equipe_avancement_coherent", creer)


def test_une_seule_invitation_ouverte_par_membre():
    invitation = InvitationFabrique()
    InvitationFabrique(membre=invitation.membre, revoquee=True)
    refuse("invitation_une_seule_ouverte", lambda: InvitationFabrique(membre=invitation.membre))


def test_une_invitation_n_est_pas_acceptee_et_revoquee():
    refuse("invitation_acceptee_ou_revoquee", lambda: InvitationFabrique(acceptee=True, revoquee=True))


def test_un_acces_finit_apres_avoir_commence():
    refuse("acces_dates", lambda: AccesFabrique(fin=timezone.localdate() - timedelta(days=1)))


def test_deux_sites_d_une_equipe_ne_portent_pas_le_meme_nom():
    site = SiteFabrique(nom="Cabinet du Port")
    refuse("site_nom_unique", lambda: SiteFabrique(equipe=site.equipe, nom="cabinet du port"))
    assert SiteFabrique(nom="Cabinet du Port").pk


@pytest.mark.parametrize(
    ("traits", "etat"),
    [
        ({}, EtatMembre.A_INVITER),
        ({"invite": True}, EtatMembre.INVITE),
        ({"confirme": True}, EtatMembre.CONFIRME),
        ({"confirme": True, "parti": True}, EtatMembre.PARTI),
        ({"invite": True, "parti": True}, EtatMembre.PARTI),
    ],
)
def test_l_etat_d_un_membre_se_deduit_de_ses_dates(traits, etat):
    assert MembreFabrique(**traits).etat == etat


@pytest.mark.parametrize(
    ("traits", "etat"),
    [
        ({}, EtatInvitation.EN_COURS),
        ({"perimee": True}, EtatInvitation.PERIMEE),
        ({"revoquee": True}, EtatInvitation.REVOQUEE),
        ({"acceptee": True}, EtatInvitation.ACCEPTEE),
        ({"acceptee": True, "perimee": True}, EtatInvitation.ACCEPTEE),
    ],
)
def test_l_etat_d_une_invitation_se_deduit_de_ses_dates(traits, etat):
    assert InvitationFabrique(**traits).etat == etat


def test_les_membres_presents_viennent_porteur_d_abord_puis_par_nom():
    equipe = EquipeFabrique(porteur__nom="Zimmer", porteur__prenom="Anne")
    MembreFabrique(equipe=equipe, nom="le Bihan")
    MembreFabrique(equipe=equipe, nom="Abgrall")
    MembreFabrique(equipe=equipe, nom="Parti", parti=True)
    assert [m.nom for m in equipe.presents] == ["Zimmer", "Abgrall", "le Bihan"]
    assert equipe.porteur.nom == "Zimmer"
    assert equipe.region.nom == "Bretagne"
    assert equipe.sigle == "ESP"


def test_les_questions_aux_membres():
    equipe = EquipeFabrique()
    MembreFabrique(equipe=equipe)
    MembreFabrique(equipe=equipe, confirme=True)
    MembreFabrique(equipe=equipe, confirme=True, parti=True)
    assert [equipe.membres.presents().count(), equipe.membres.confirmes().count()] == [3, 2]
    assert list(Membre.objects.porteurs()) == [equipe.porteur]


def test_on_voit_les_equipes_dont_on_est_membre_present():
    compte = CompteFabrique()
    portee = EquipeFabrique(porteur=compte)
    membre = MembreFabrique(confirme=True, compte=compte).equipe
    MembreFabrique(confirme=True, compte=compte, parti=True)
    EquipeFabrique()
    assert set(Equipe.objects.visibles_par(compte)) == {portee, membre}
    assert set(Equipe.objects.de_membre(compte)) == {portee, membre}


def test_on_voit_les_equipes_qui_nous_ouvrent_un_acces_tant_qu_il_court():
    compte = CompteFabrique(courriel="conseil@appui.example")
    par_adresse = AccesFabrique(courriel="Conseil@Appui.example").equipe
    par_compte = AccesFabrique(rattache=True, compte=compte, commentaire=True).equipe
    for trait in ("fini", "pas_commence", "revoque"):
        AccesFabrique(rattache=True, compte=compte, **{trait: True})
    AccesFabrique(rattache=True, courriel="conseil@appui.example")
    assert set(Equipe.objects.visibles_par(compte)) == {par_adresse, par_compte}
    assert not Equipe.objects.de_membre(compte)


def test_un_acces_court_jusqu_au_dernier_jour_compris():
    aujourdhui = timezone.localdate()
    assert AccesFabrique(debut=aujourdhui, fin=aujourdhui).est_en_cours
    assert not AccesFabrique(fini=True).est_en_cours


def test_on_ne_voit_rien_sans_compte_ou_avec_un_compte_ferme():
    equipe = EquipeFabrique()
    compte = equipe.porteur.compte
    compte.is_active = False
    assert not Equipe.objects.visibles_par(compte)
    assert not Equipe.objects.visibles_par(AnonymousUser())


def test_une_app_du_dessus_peut_ouvrir_des_equipes_sans_doublon():
    equipe, _autre = EquipeFabrique(), EquipeFabrique()
    equipe.communes.add(commune("22219"))
    MembreFabrique(equipe=equipe)
    agent = CompteFabrique()

    def du_departement(_compte):
        return Q(pk__in=Equipe.objects.filter(pk=equipe.pk, membres__sorti_le=None).values("pk"))

    VISIBILITES.inscrire(du_departement)
    try:
        assert list(Equipe.objects.visibles_par(agent)) == [equipe]
    finally:
        VISIBILITES.retirer(du_departement)
    assert not Equipe.objects.visibles_par(agent)


def test_inscrire_deux_fois_la_meme_fonction_ne_fait_qu_une_inscription():
    registre = Registre("essai")
    registre.inscrire(refuse)
    assert registre.inscrire(refuse) is refuse
    assert registre.noms() == [f"{__name__}.refuse"]
    assert list(registre) == [refuse]


@pytest.mark.parametrize("nombre", [1, 3])
def test_charger_une_equipe_et_ses_membres_coute_deux_requetes(nombre, django_assert_num_queries):
    for _ in range(nombre):
        MembreFabrique.create_batch(nombre, equipe=EquipeFabrique())
    with django_assert_num_queries(2):
        for equipe in Equipe.objects.avec_membres():
            assert equipe.region.nom == equipe.implantation.epci.nom or equipe.porteur.commune.departement.nom
            assert [m.compte and m.compte.courriel for m in equipe.presents]
