"""Qui peut faire quoi : la matrice rôle × geste, et la phrase de chaque refus."""

import pytest
from django.contrib.auth.models import AnonymousUser

from esperluette.commun.permissions import OUI, non
from esperluette.equipes import droits
from esperluette.equipes.enums import Changement
from esperluette.equipes.models import Equipe
from esperluette.equipes.registres import GARDES_COMPOSITION
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique, MembreFabrique

pytestmark = pytest.mark.django_db

ROLES = (
    "porteur",
    "membre",
    "parti",
    "lecteur",
    "commentateur",
    "acces_fini",
    "porteur_d_une_autre",
    "inconnu",
    "ferme",
    "anonyme",
)


@pytest.fixture
def equipe():
    equipe = EquipeFabrique(porteur__prenom="Claire", porteur__nom="Le Goff")
    MembreFabrique(equipe=equipe, confirme=True)
    return equipe


def compte_de(role, equipe):
    if role == "porteur":
        return equipe.porteur.compte
    if role == "membre":
        return MembreFabrique(equipe=equipe, confirme=True).compte
    if role == "parti":
        return MembreFabrique(equipe=equipe, confirme=True, parti=True).compte
    if role == "lecteur":
        return AccesFabrique(equipe=equipe, rattache=True).compte
    if role == "commentateur":
        return AccesFabrique(equipe=equipe, rattache=True, commentaire=True).compte
    if role == "acces_fini":
        return AccesFabrique(equipe=equipe, rattache=True, commentaire=True, fini=True).compte
    if role == "porteur_d_une_autre":
        return EquipeFabrique().porteur.compte
    if role == "ferme":
        return MembreFabrique(equipe=equipe, confirme=True, compte=CompteFabrique(inactif=True)).compte
    return AnonymousUser() if role == "anonyme" else CompteFabrique()


AUTORISES = {
    droits.peut_voir: {"porteur", "membre", "lecteur", "commentateur"},
    droits.peut_modifier: {"porteur"},
    droits.peut_inviter: {"porteur"},
    droits.peut_rediger: {"porteur", "membre"},
    droits.peut_commenter: {"porteur", "membre", "commentateur"},
    droits.peut_quitter: {"membre"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("droit", AUTORISES, ids=lambda d: d.__name__)
def test_matrice_des_droits_sur_l_equipe(equipe, role, droit):
    permission = droit(compte_de(role, equipe), Equipe.objects.avec_membres().get(pk=equipe.pk))
    assert bool(permission) is (role in AUTORISES[droit])
    assert bool(permission.motif) is not permission.accordee


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("droit", [droits.peut_retirer, droits.peut_transmettre, droits.peut_modifier_membre])
def test_matrice_des_droits_sur_un_autre_membre(equipe, role, droit):
    autre = MembreFabrique(equipe=equipe, confirme=True)
    permission = droit(compte_de(role, equipe), autre)
    assert bool(permission) is (role == "porteur")
    assert bool(permission.motif) is not permission.accordee


def test_voir_une_equipe_et_la_trouver_dans_sa_liste_sont_la_meme_regle(equipe):
    for role in ROLES:
        compte = compte_de(role, equipe)
        assert bool(droits.peut_voir(compte, equipe)) is (equipe in Equipe.objects.visibles_par(compte))


def test_un_membre_modifie_sa_propre_fiche(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    assert droits.peut_modifier_membre(membre.compte, membre)


def test_la_fiche_d_un_membre_parti_ne_change_plus(equipe):
    parti = MembreFabrique(equipe=equipe, parti=True, prenom="Yann", nom="Parti")
    permission = droits.peut_modifier_membre(equipe.porteur.compte, parti)
    assert permission.motif == "Yann Parti a quitté l’équipe : sa fiche ne change plus."
    assert droits.peut_retirer(equipe.porteur.compte, parti).motif == "Yann Parti a déjà quitté l’équipe."


def test_le_porteur_ne_quitte_pas_sans_transmettre(equipe):
    attendu = (
        "Une équipe a toujours un porteur : transmettez d’abord ce rôle à un membre qui a confirmé son "
        "appartenance, puis quittez l’équipe."
    )
    assert droits.peut_quitter(equipe.porteur.compte, equipe).motif == attendu
    assert droits.peut_retirer(equipe.porteur.compte, equipe.porteur).motif == attendu


@pytest.mark.parametrize(
    ("traits", "motif"),
    [
        ({}, "Yann Kerbrat doit d’abord confirmer son appartenance à l’équipe."),
        ({"invite": True}, "Yann Kerbrat doit d’abord confirmer son appartenance à l’équipe."),
        ({"parti": True}, "Yann Kerbrat doit d’abord confirmer son appartenance à l’équipe."),
    ],
)
def test_le_portage_ne_se_transmet_qu_a_un_membre_confirme(equipe, traits, motif):
    membre = MembreFabrique(equipe=equipe, prenom="Yann", nom="Kerbrat", **traits)
    assert droits.peut_transmettre(equipe.porteur.compte, membre).motif == motif


def test_on_ne_se_transmet_pas_le_portage_a_soi_meme(equipe):
    assert droits.peut_transmettre(equipe.porteur.compte, equipe.porteur).motif == "Vous portez déjà l’équipe."


def test_le_refus_fait_a_un_membre_nomme_le_porteur(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    assert droits.peut_modifier(membre.compte, equipe).motif == (
        "Seul le porteur modifie les informations de l’équipe : Claire Le Goff."
    )
    assert droits.peut_modifier(CompteFabrique(), equipe).motif == "Vous ne faites pas partie de cette équipe."


def test_un_lecteur_apprend_comment_commenter(equipe):
    acces = AccesFabrique(equipe=equipe, rattache=True)
    assert "demandez-lui" in droits.peut_commenter(acces.compte, equipe).motif


def test_de_deux_acces_le_plus_large_compte(equipe):
    compte = CompteFabrique()
    AccesFabrique(equipe=equipe, rattache=True, compte=compte)
    AccesFabrique(equipe=equipe, rattache=True, compte=compte, commentaire=True)
    assert droits.peut_commenter(compte, equipe)


def test_un_membre_present_sans_confirmation_ne_redige_pas(equipe):
    membre = MembreFabrique(equipe=equipe, compte=CompteFabrique())
    assert droits.peut_rediger(membre.compte, equipe).motif == "Confirmez d’abord votre appartenance à l’équipe."


@pytest.mark.parametrize(
    ("courriel", "accorde"),
    [("Yann@Cabinet.example", True), ("yann@cabinet.example", True), ("autre@x.example", False)],
)
def test_une_invitation_s_accepte_avec_l_adresse_invitee(courriel, accorde):
    invitation = InvitationFabrique(courriel="yann@cabinet.example")
    permission = droits.peut_accepter(CompteFabrique(courriel=courriel), invitation)
    assert bool(permission) is accorde
    if not accorde:
        assert permission.motif == (
            "Cette invitation a été envoyée à y•••@cabinet.example ; vous êtes connecté avec autre@x.example. "
            "Connectez-vous avec l’adresse invitée, ou demandez au porteur d’inviter autre@x.example."
        )


def test_sans_compte_on_se_connecte_d_abord():
    assert "Connectez-vous" in droits.peut_accepter(AnonymousUser(), InvitationFabrique()).motif


def test_une_garde_du_dessus_peut_refuser_un_changement_de_composition(equipe):
    vus = []

    def garde(equipe, *, changement, membre, acteur):
        vus.append((changement, membre))
        return non("Le projet est figé.") if changement == Changement.RETRAIT else OUI

    droits.inscrire_garde_composition(garde)
    try:
        porteur = equipe.porteur.compte
        assert droits.peut_changer_composition(porteur, equipe, Changement.AJOUT)
        assert droits.peut_changer_composition(porteur, equipe, Changement.RETRAIT).motif == "Le projet est figé."
    finally:
        GARDES_COMPOSITION.retirer(garde)
    assert vus == [(Changement.AJOUT, None), (Changement.RETRAIT, None)]
    assert droits.peut_changer_composition(porteur, equipe, Changement.RETRAIT)


def test_les_droits_ne_font_aucune_requete_sur_une_equipe_chargee(equipe, django_assert_num_queries):
    compte = equipe.porteur.compte
    chargee = Equipe.objects.avec_membres().get(pk=equipe.pk)
    with django_assert_num_queries(0):
        assert droits.peut_modifier(compte, chargee)
        assert droits.peut_inviter(compte, chargee)
        assert droits.peut_rediger(compte, chargee)
        assert droits.peut_commenter(compte, chargee)
        assert not droits.peut_quitter(compte, chargee)
