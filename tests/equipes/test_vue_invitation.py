"""La page d'une invitation : dire qui, quoi, ce que cela engage ; et quoi faire quand le lien ne sert plus."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.equipes import actions
from esperluette.equipes.models import Invitation
from esperluette.notifications.models import Courriel
from tests.equipes.pages import messages, texte
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, InvitationFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe():
    return EquipeFabrique(nom="Équipe du Lié", porteur__prenom="Claire", porteur__nom="Le Goff")


@pytest.fixture
def membre(equipe):
    return MembreFabrique(equipe=equipe, prenom="Yann", nom="Kerbrat", courriel="yann@cabinet.example")


@pytest.fixture
def yann():
    return CompteFabrique(courriel="yann@cabinet.example")


@pytest.fixture
def invitation(membre, equipe):
    return actions.inviter(membre, acteur=equipe.porteur.compte)


@pytest.fixture
def lien(invitation):
    (trouve,) = re.findall(r"https?://[^/]+(/\S+)", Courriel.objects.latest("pk").texte)
    return trouve


def test_sans_compte_on_lit_l_invitation_et_on_est_mene_a_la_connexion(client, lien):
    reponse = client.get(lien)
    lu = texte(reponse)
    for dit in ("vous invite dans l’équipe", "Équipe du Lié", "Yann Kerbrat, Infirmier", "y•••@cabinet.example"):
        assert dit in lu
    assert "Cela ne signe aucun document" in lu
    assert f"{reverse('account_login')}?next={quote(lien)}" in reponse.content.decode()
    assert "yann@cabinet.example" not in lu
    assert "no-store" in reponse["Cache-Control"]


def test_lire_l_invitation_ne_confirme_rien(client, lien, yann, membre):
    connecter(client, yann).get(lien)
    client.head(lien)
    membre.refresh_from_db()
    assert not membre.est_confirme


def test_sans_compte_envoyer_le_formulaire_ne_confirme_rien(client, lien, membre):
    assert client.post(lien).status_code == 200
    membre.refresh_from_db()
    assert not membre.est_confirme


def test_un_clic_confirme_et_le_second_ne_casse_rien(client, lien, yann, membre, equipe):
    connecter(client, yann)
    assert "Confirmer mon appartenance" in texte(client.get(lien))
    fiche = reverse("equipes:fiche", args=[equipe.pk])
    assert client.post(lien)["Location"] == fiche
    assert client.post(lien)["Location"] == fiche
    assert client.get(lien)["Location"] == fiche
    membre.refresh_from_db()
    assert membre.compte == yann


def test_une_autre_adresse_est_refusee_avec_la_marche_a_suivre(client, lien, membre):
    connecter(client, CompteFabrique(courriel="autre@cabinet.example"))
    lu = texte(client.get(lien))
    assert "Cette invitation est pour une autre adresse" in lu
    assert "vous êtes connecté avec autre@cabinet.example" in lu
    assert "Changer de compte" in lu
    assert "Confirmer mon appartenance" not in lu
    assert "envoyée à y•••@cabinet.example" in messages(client.post(lien))[0]
    membre.refresh_from_db()
    assert not membre.est_confirme


def test_changer_de_compte_ramene_a_l_invitation(client, lien):
    connecter(client, CompteFabrique())
    assert client.post(reverse("account_logout"), {"next": lien})["Location"] == lien


def test_un_lien_inconnu_dit_de_reprendre_le_courriel(client):
    reponse = client.get(reverse("equipes:invitation", args=["inconnu"]))
    assert reponse.status_code == 404
    assert "Ouvrez-le depuis le courriel reçu" in texte(reponse)
    assert client.post(reverse("equipes:invitation", args=["inconnu"])).status_code == 404


@pytest.mark.parametrize("connecte", [True, False])
@pytest.mark.parametrize("methode", ["get", "post"])
@pytest.mark.parametrize(
    ("defaire", "titre", "marche"),
    [
        (
            lambda i: Invitation.objects.filter(pk=i.pk).update(
                envoyee_le=timezone.now() - timedelta(days=20), echeance=timezone.now() - timedelta(minutes=1)
            ),
            "Ce lien d’invitation est périmé",
            "Demandez au porteur de vous en renvoyer un",
        ),
        (
            lambda i: actions.revoquer_invitation(i, acteur=i.envoyee_par),
            "Ce lien d’invitation a été annulé",
            "Ouvrez le dernier courriel reçu",
        ),
        (
            lambda i: actions.renvoyer_invitation(i, acteur=i.envoyee_par),
            "Ce lien d’invitation a été annulé",
            "remplacé par un plus récent",
        ),
        (
            lambda i: actions.confirmer_appartenance(i.membre, acteur=CompteFabrique(courriel=i.courriel)),
            "Cette invitation a déjà servi",
            "Connectez-vous pour retrouver votre équipe",
        ),
    ],
    ids=["périmé", "révoqué", "remplacé", "déjà utilisé"],
)
def test_un_lien_qui_ne_sert_plus_dit_quoi_faire(client, invitation, lien, defaire, titre, marche, methode, connecte):
    defaire(invitation)
    if connecte:
        connecter(client, CompteFabrique())
    reponse = getattr(client, methode)(lien)
    lu = texte(reponse)
    assert reponse.status_code == 410
    assert titre in lu
    assert marche in lu
    assert "Équipe du Lié" in lu


def test_depuis_mes_equipes_un_clic_suffit(client, invitation, yann, membre, equipe):
    connecter(client, yann)
    assert "On vous attend" in texte(client.get(reverse("equipes:liste")))
    url = reverse("equipes:confirmer", args=[invitation.pk])
    for _ in range(2):
        assert client.post(url)["Location"] == reverse("equipes:fiche", args=[equipe.pk])
    membre.refresh_from_db()
    assert membre.est_confirme
    assert client.get(url).status_code == 405


def test_on_ne_confirme_pas_l_invitation_d_un_autre(client, invitation):
    connecter(client, CompteFabrique())
    assert client.post(reverse("equipes:confirmer", args=[invitation.pk])).status_code == 404


def test_confirmer_une_invitation_perimee_dit_pourquoi(client, yann):
    perimee = InvitationFabrique(perimee=True, courriel=yann.courriel)
    reponse = connecter(client, yann).post(reverse("equipes:confirmer", args=[perimee.pk]), follow=True)
    assert "a dépassé sa date" in messages(reponse)[0]


def test_un_nom_d_equipe_hostile_est_echappe(client, equipe, lien):
    equipe.nom = "<script>alert(1)</script>"
    equipe.save()
    page = client.get(lien).content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_un_compte_ferme_ne_confirme_pas(client, invitation, lien):
    ferme = CompteFabrique(courriel="yann@cabinet.example", inactif=True)
    connecter(client, ferme)
    assert "Se connecter pour confirmer" in texte(client.get(lien))
