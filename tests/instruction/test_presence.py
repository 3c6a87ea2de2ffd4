"""Deux agents sur le même dossier se voient."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.instruction.models_fiche import PresenceSurDossier
from esperluette.instruction.presence import faire_signe, presents
from tests.fabriques.comptes import connecter
from tests.fabriques.fiche import collegue

pytestmark = pytest.mark.django_db


def adresse(dossier, nom="presence"):
    return reverse(f"instruction:{nom}", args=[dossier.reference])


def reculer(minutes):
    avant = timezone.now() - timedelta(minutes=minutes)
    PresenceSurDossier.objects.update(vu_le=avant, depuis=avant)


@pytest.mark.parametrize("onglet", ["fiche", "grille", "journal", "reunion"])
def test_ouvrir_une_page_du_dossier_suffit_a_se_montrer(onglet, client, acteurs, dossier):
    autre = collegue(dossier)
    connecter(client, autre).get(adresse(dossier, onglet))
    html = connecter(client, acteurs["referente"]).get(adresse(dossier, "fiche")).content.decode()
    assert f"{autre} regarde aussi ce dossier" in html


def test_on_ne_se_voit_pas_soi_meme(client, acteurs, dossier):
    client = connecter(client, acteurs["referente"])
    client.get(adresse(dossier, "fiche"))
    assert "regarde aussi" not in client.get(adresse(dossier, "fiche")).content.decode()


def test_le_battement_dit_qui_est_la(client, acteurs, dossier):
    autre = collegue(dossier)
    faire_signe(dossier, autre)
    page = connecter(client, acteurs["referente"]).post(adresse(dossier))
    assert f"{autre} regarde aussi ce dossier" in page.content.decode()
    assert "<html" not in page.content.decode()
    assert PresenceSurDossier.objects.filter(compte=acteurs["referente"]).exists()


def test_une_presence_ancienne_s_oublie_et_un_retour_recommence(acteurs, dossier):
    autre = collegue(dossier)
    faire_signe(dossier, autre)
    reculer(10)
    assert presents(dossier, acteurs["referente"]) == []
    faire_signe(dossier, autre)
    (revenu,) = presents(dossier, acteurs["referente"])
    assert timezone.now() - revenu.depuis < timedelta(minutes=1)


def test_qui_reste_garde_son_heure_d_arrivee(acteurs, dossier):
    autre = collegue(dossier)
    faire_signe(dossier, autre)
    reculer(1)
    arrivee = PresenceSurDossier.objects.get().depuis
    faire_signe(dossier, autre)
    assert presents(dossier, acteurs["referente"])[0].depuis == arrivee
    assert PresenceSurDossier.objects.count() == 1


def test_deux_signes_rapproches_n_ecrivent_qu_une_fois(acteurs, dossier, requetes):
    faire_signe(dossier, acteurs["referente"])
    assert requetes(lambda: faire_signe(dossier, acteurs["referente"])) == 1


def test_le_signe_ne_se_fait_pas_par_un_lien(client, acteurs, dossier):
    assert connecter(client, acteurs["referente"]).get(adresse(dossier)).status_code == 405


@pytest.mark.parametrize("qui", ["referent_ailleurs", "porteuse", "inconnue"])
def test_qui_n_a_pas_acces_ne_laisse_pas_de_trace(qui, client, acteurs, dossier):
    client = connecter(client, acteurs[qui])
    assert client.post(adresse(dossier)).status_code == 404
    assert client.get(adresse(dossier, "fiche")).status_code == 404
    assert not PresenceSurDossier.objects.exists()


@pytest.mark.parametrize("nombre", [1, 3])
def test_lire_les_presents_coute_une_requete(nombre, acteurs, dossier, requetes):
    for _ in range(nombre):
        faire_signe(dossier, collegue(dossier))
    assert requetes(lambda: presents(dossier, acteurs["referente"])) == 1
    assert len(presents(dossier, acteurs["referente"])) == nombre
