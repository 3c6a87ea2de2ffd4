"""L'écran des membres : ajouter, modifier, inviter, transmettre, retirer, quitter."""

import re

import pytest

from esperluette.commun.permissions import non
from esperluette.equipes import actions
from esperluette.equipes.models import Membre
from esperluette.equipes.registres import GARDES_COMPOSITION
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.equipes.pages import adresse, messages, texte
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import MembreFabrique

pytestmark = pytest.mark.django_db

YANN = {
    "prenom": "Yann",
    "nom": "Kerbrat",
    "courriel": "yann@cabinet.example",
    "profession": "60",
    "exercice": "liberal",
    "commune": "Loudéac",
}


def test_ajouter_et_inviter_en_un_geste_meme_double(client_porteur, equipe):
    for _ in range(2):
        reponse = client_porteur.post(adresse("membre_ajouter", equipe.pk), {**YANN, "inviter": "oui"}, follow=True)
        assert messages(reponse) == ["Yann Kerbrat est ajouté. L’invitation part à yann@cabinet.example."]
    assert Courriel.objects.count() == 1
    membre = equipe.membres.get(nom="Kerbrat")
    assert (membre.etat, membre.commune.code) == ("invite", "22136")
    assert "Renvoyer" in texte(reponse)


def test_ajouter_sans_inviter_puis_inviter(client_porteur, equipe):
    client_porteur.post(adresse("membre_ajouter", equipe.pk), YANN)
    membre = equipe.membres.get(nom="Kerbrat")
    assert membre.etat == "a_inviter"
    client_porteur.post(adresse("membre_inviter", equipe.pk, membre.pk))
    membre.refresh_from_db()
    assert membre.etat == "invite"


@pytest.mark.parametrize(
    ("ecart", "champ", "phrase"),
    [
        ({"courriel": "porteur"}, "id_courriel", "Cette adresse est déjà celle de"),
        ({"rpps": "99700218896"}, "id_rpps", "Ce numéro RPPS est déjà celui de"),
        ({"rpps": "abc"}, "id_rpps", "ne contient que des chiffres"),
        ({"courriel": "pas une adresse"}, "id_courriel", "Cette adresse n’est pas reconnue"),
        ({"commune": "Xyzville"}, "id_commune", "Aucune commune"),
        ({"nom": ""}, "id_nom", "Indiquez le nom."),
    ],
)
def test_un_membre_refuse_est_dit_a_cote_du_champ(client_porteur, equipe, ecart, champ, phrase):
    Membre.objects.filter(pk=equipe.porteur.pk).update(rpps="99700218896")
    if ecart.get("courriel") == "porteur":
        ecart = {"courriel": equipe.porteur.courriel}
    reponse = client_porteur.post(adresse("membre_ajouter", equipe.pk), {**YANN, **ecart})
    assert reponse.status_code == 422
    erreur = re.search(rf'id="{champ}_error">(.*?)</div>', reponse.content.decode(), re.DOTALL)
    assert erreur
    assert phrase in erreur[1]
    assert equipe.membres.count() == 1
    assert 'value="Yann"' in reponse.content.decode()


def test_quand_un_projet_est_fige_les_ecrans_le_disent(client_porteur, equipe):
    def garde(_equipe, *, changement, membre, acteur):
        return non("Un dossier est à la signature : rouvrez sa rédaction.")

    membre = MembreFabrique(equipe=equipe)
    GARDES_COMPOSITION.inscrire(garde)
    try:
        for ecran, arguments in (("membres", ()), ("membre_ajouter", ()), ("membre_retirer", (membre.pk,))):
            assert "Un dossier est à la signature" in texte(client_porteur.get(adresse(ecran, equipe.pk, *arguments)))
        reponse = client_porteur.post(adresse("membre_retirer", equipe.pk, membre.pk), follow=True)
        assert messages(reponse) == ["Un dossier est à la signature : rouvrez sa rédaction."]
    finally:
        GARDES_COMPOSITION.retirer(garde)
    membre.refresh_from_db()
    assert membre.est_present


def test_modifier_la_fiche_d_un_invite_previent_que_l_ancien_lien_ne_sert_plus(client_porteur, equipe):
    membre = MembreFabrique(equipe=equipe)
    actions.inviter(membre, acteur=equipe.porteur.compte)
    url = adresse("membre_modifier", equipe.pk, membre.pk)
    assert f'value="{membre.courriel}"' in client_porteur.get(url).content.decode()
    reponse = client_porteur.post(url, {**YANN, "courriel": "nouvelle@cabinet.example"}, follow=True)
    assert "L’invitation envoyée à l’ancienne adresse ne sert plus : envoyez-en une à la nouvelle." in messages(
        reponse
    )


def test_un_membre_modifie_sa_fiche_sans_changer_son_adresse(client, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True, courriel="yann@cabinet.example")
    connecter(client, membre.compte)
    url = adresse("membre_modifier", equipe.pk, membre.pk)
    assert 'name="courriel"' not in client.get(url).content.decode()
    client.post(url, {**YANN, "courriel": "autre@cabinet.example", "prenom": "Erwan"})
    membre.refresh_from_db()
    assert (membre.prenom, membre.courriel) == ("Erwan", "yann@cabinet.example")
    autre = MembreFabrique(equipe=equipe)
    assert client.get(adresse("membre_modifier", equipe.pk, autre.pk)).status_code == 403


@pytest.mark.parametrize("geste", ["renvoyer", "revoquer"])
def test_renvoyer_et_revoquer_deux_fois_de_suite(client_porteur, equipe, geste):
    invitation = actions.inviter(MembreFabrique(equipe=equipe), acteur=equipe.porteur.compte)
    url = adresse(f"invitation_{geste}", equipe.pk, invitation.pk)
    for _ in range(2):
        assert client_porteur.post(url)["Location"] == adresse("membres", equipe.pk)
    assert evenements_de(equipe).filter(sorte__in=["invitation_renvoyee", "invitation_revoquee"]).count() == 1
    assert client_porteur.get(url).status_code == 405


def test_transmettre_demande_confirmation_puis_se_fait_une_fois(client_porteur, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    url = adresse("membre_transmettre", equipe.pk, membre.pk)
    assert "Transmettre le rôle de porteur à" in texte(client_porteur.get(url))
    assert equipe.membres.porteurs().get() != membre
    for _ in range(2):
        assert client_porteur.post(url).status_code == 302
    assert equipe.membres.porteurs().get() == membre
    assert client_porteur.get(adresse("modifier", equipe.pk)).status_code == 403


def test_retirer_demande_confirmation_puis_se_fait_une_fois(client_porteur, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    url = adresse("membre_retirer", equipe.pk, membre.pk)
    assert "Retirer" in texte(client_porteur.get(url))
    assert membre.est_present
    for _ in range(2):
        assert client_porteur.post(url).status_code == 302
    assert "Anciens membres (1)" in texte(client_porteur.get(adresse("membres", equipe.pk)))


def test_quitter_deux_fois_ramene_a_mes_equipes(client, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    connecter(client, membre.compte)
    url = adresse("quitter", equipe.pk)
    assert "Quitter l’équipe" in texte(client.get(url))
    for _ in range(2):
        reponse = client.post(url, follow=True)
        assert messages(reponse) == ["Vous avez quitté l’équipe « Équipe du Lié »."]
    assert client.get(adresse("fiche", equipe.pk)).status_code == 404


def test_le_porteur_apprend_qu_il_doit_transmettre_avant_de_partir(client_porteur, equipe):
    url = adresse("quitter", equipe.pk)
    lu = texte(client_porteur.get(url))
    assert "transmettez d’abord ce rôle" in lu
    assert "Choisir à qui transmettre le rôle" in lu
    assert "transmettez d’abord ce rôle" in messages(client_porteur.post(url, follow=True))[0]
