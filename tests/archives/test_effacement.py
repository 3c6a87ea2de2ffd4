"""Effacer son compte : ce qui part, ce qui reste et pourquoi, ce qui l'empêche ; rien ne casse."""

import json
import re

import pytest
from django.apps import apps
from django.core import serializers

from esperluette.archives.conservation.comptes import NOM, effacer_le_compte, gardes, obstacles
from esperluette.comptes.models import Compte
from esperluette.documents.canonique import empreinte
from esperluette.documents.models import Signature
from esperluette.dossiers.models import Depot
from esperluette.equipes.models import Membre
from esperluette.journal.lectures import evenements_par, verifier
from esperluette.notifications.enums import Etat
from esperluette.notifications.models import Courriel
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.fabriques.commissions import MandatFabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, InvitationFabrique
from tests.fabriques.interlocuteurs import DemandeFabrique

pytestmark = pytest.mark.django_db
PAGE = "/compte/profil/effacer/"
# Ce qui garde un nom parce que c'est un acte : le dépôt signé, la signature, le document produit.
ACTES = {"dossiers.depot", "documents.signature", "documents.documentproduit", "documents.preuvedesignature"}


@pytest.fixture
def signe(db):
    """Un dossier déposé : chacun y a signé."""
    return fabrique.signe(fabrique.equipe_complete())


@pytest.fixture
def membre(signe):
    """Une signataire, qui ne porte pas l'équipe."""
    membre = signe.dossier.equipe.membres.confirmes().filter(porteur=False).first()
    Compte.objects.filter(pk=membre.compte_id).update(
        prenom="Rozenn", nom="Quéméneur", courriel="rozenn.quemeneur@cabinet.example", telephone="02 96 00 00 00"
    )
    membre.compte.refresh_from_db()
    return membre


def traces(*mots):
    """Les modèles où l'un de ces mots se lit encore."""
    trouves = set()
    for modele in apps.get_models():
        lignes = serializers.serialize("json", modele._base_manager.all(), ensure_ascii=False)
        if any(mot in lignes for mot in mots):
            trouves.add(modele._meta.label_lower)
    return trouves


def test_le_nom_et_l_adresse_ne_se_lisent_plus_nulle_part_hors_des_actes(membre, signe):
    compte = membre.compte
    Membre.objects.filter(pk=membre.pk).update(nom="Quéméneur", courriel=compte.courriel, rpps="10100000001")
    AccesFabrique(courriel=compte.courriel, nom="Rozenn Quéméneur", compte=compte)
    InvitationFabrique(courriel=compte.courriel)
    DemandeFabrique(demandeur=compte, nom="Rozenn Quéméneur", courriel=compte.courriel)
    echanges.message(signe.dossier, compte, "Bonjour.")
    Courriel.objects.create(destinataire="x@y.example", gabarit="x", objet=f"{compte} a écrit", etat=Etat.ENVOYE)
    effacer_le_compte(compte, acteur=compte)
    Courriel.objects.filter(gabarit="equipes/depart").delete()  # l'avis de départ : dit à la personne, puis purgé
    assert traces("Quéméneur", "rozenn.quemeneur", "10100000001", "02 96 00 00 00") <= ACTES
    assert verifier().intact


def test_les_signatures_et_les_depots_ne_bougent_pas(membre, signe):
    avant = list(Signature.objects.order_by("pk").values())
    effacer_le_compte(membre.compte, acteur=membre.compte)
    assert list(Signature.objects.order_by("pk").values()) == avant
    depot = Depot.objects.get(pk=signe.pk)
    assert empreinte(depot.contenu) == depot.empreinte


def test_les_actes_restent_sans_le_nom(membre):
    nombre = evenements_par(membre.compte).count()
    assert nombre > 0
    effacer_le_compte(membre.compte, acteur=membre.compte)
    restes = evenements_par(membre.compte)
    assert restes.count() >= nombre
    assert set(restes.values_list("acteur_nom", flat=True)) == {""}


def test_effacer_deux_fois_ne_fait_rien_de_plus(membre):
    effacer_le_compte(membre.compte, acteur=membre.compte)
    avant = evenements_par(membre.compte).count(), Compte.objects.get(pk=membre.compte_id).courriel
    effacer_le_compte(membre.compte, acteur=membre.compte)
    assert (evenements_par(membre.compte).count(), Compte.objects.get(pk=membre.compte_id).courriel) == avant


def test_on_peut_revenir_avec_la_meme_adresse_sous_un_compte_neuf(membre):
    adresse = membre.compte.courriel
    effacer_le_compte(membre.compte, acteur=membre.compte)
    assert Compte.objects.create_user(adresse).pk != membre.compte_id


def test_l_equipe_garde_son_message_sans_son_auteur(membre, signe):
    message = echanges.message(signe.dossier, membre.compte, "Le cabinet ouvre lundi.")
    effacer_le_compte(membre.compte, acteur=membre.compte)
    message.refresh_from_db()
    assert (message.texte, str(message.auteur)) == ("Le cabinet ouvre lundi.", NOM)


class TestObstacles:
    def test_le_porteur_d_une_equipe_vivante_transmet_d_abord(self, signe):
        (obstacle,) = obstacles(signe.dossier.equipe.porteur.compte)
        assert "Transmettez d’abord ce rôle" in obstacle.texte
        assert obstacle.lien == f"/equipes/{signe.dossier.equipe_id}/"

    def test_le_porteur_seul_d_une_equipe_sans_dossier_s_efface(self):
        equipe = EquipeFabrique()
        Membre.objects.filter(equipe=equipe, porteur=False).delete()
        compte = equipe.porteur.compte
        assert obstacles(compte) == []
        effacer_le_compte(compte, acteur=compte)
        assert str(equipe.membres.get()) == "Ancien membre"

    def test_un_agent_fait_d_abord_fermer_sa_fonction(self):
        assert "fonction est ouverte" in obstacles(FonctionFabrique(admin=True).compte)[0].texte

    def test_un_siege_se_rend_d_abord(self):
        assert "Vous tenez le siège" in obstacles(MandatFabrique().compte)[0].texte

    def test_un_inconnu_n_a_pas_d_obstacle(self):
        assert obstacles(CompteFabrique()) == []


def test_ce_qui_se_garde_se_dit_avec_sa_raison(membre):
    dits = {garde.quoi: garde.pourquoi for garde in gardes(membre.compte)}
    assert any("vos signatures (1)" in quoi for quoi in dits)
    assert all(dits.values())


class TestPage:
    def code(self):
        courriel = Courriel.objects.filter(gabarit="comptes/code_confirmation").latest("pk")
        return "".join(re.findall(r"\b(\d{3}) (\d{3})\b", courriel.texte)[0])

    def test_il_faut_etre_connecte(self, client):
        assert client.get(PAGE).status_code == 302

    def test_un_code_puis_c_est_fait(self, client, transactional_db):
        compte = CompteFabrique()
        connecter(client, compte)
        assert "Ce qui se garde, et pourquoi" in client.get(PAGE).content.decode()
        client.post(PAGE, {"etape": "code"})
        reponse = client.post(PAGE, {"etape": "effacer", "code": self.code()})
        assert (reponse.status_code, reponse.url) == (302, "/")
        compte.refresh_from_db()
        assert (compte.is_active, compte.nom) == (False, NOM)
        assert client.get(PAGE).status_code == 302

    @pytest.mark.parametrize("code", ["", "000000", "abc", "١٢٣٤٥٦", "9" * 500, "\x00"])
    def test_un_mauvais_code_n_efface_rien(self, client, transactional_db, code):
        compte = CompteFabrique()
        connecter(client, compte)
        client.post(PAGE, {"etape": "code"})
        if code == self.code():
            code = "111111"
        assert client.post(PAGE, {"etape": "effacer", "code": code}).status_code == 422
        assert Compte.objects.get(pk=compte.pk).is_active

    def test_un_obstacle_se_dit_et_l_emporte_sur_le_code(self, client):
        agent = FonctionFabrique(admin=True).compte
        connecter(client, agent)
        assert "ne peut pas être effacé maintenant" in client.get(PAGE).content.decode()
        assert client.post(PAGE, {"etape": "effacer", "code": "123456"}).status_code == 409
        assert Compte.objects.get(pk=agent.pk).is_active

    def test_la_page_publique_dit_les_durees(self, client):
        page = client.get("/donnees-personnelles/").content.decode()
        assert "730 jours après leur clôture" in page
        assert "Proposée, à fixer par le responsable du traitement" in page
        assert "rien ne s’efface" in page

    def test_mon_profil_y_mene(self, client):
        connecter(client, CompteFabrique())
        assert PAGE in client.get("/compte/profil/").content.decode()


def test_l_export_d_un_compte_efface_ne_dit_plus_rien(membre):
    from esperluette.comptes.exports import donnees_de

    effacer_le_compte(membre.compte, acteur=membre.compte)
    compte = Compte.objects.get(pk=membre.compte_id)
    assert "Rozenn" not in json.dumps(donnees_de(compte)["compte"], default=str)
