"""L'onglet « Commission » d'un dossier : inscrire, retirer, et ce que l'équipe en lit."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.models import Point
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import phrase_pour
from esperluette.instruction.models_fiche import ReunionSurSite
from tests.fabriques.commissions import InstanceFabrique, SeanceFabrique, dossier_recu
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.dossiers import _autre_departement

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(db):
    return dossier_recu(etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def agent(dossier):
    lieu = dossier.equipe.implantation
    return FonctionFabrique(referent=True, region=lieu.region, departement=lieu.departement).compte


@pytest.fixture
def chez_lui(client, agent):
    return connecter(client, agent)


@pytest.fixture
def seance(dossier):
    return SeanceFabrique(date=timezone.localdate() + datetime.timedelta(days=40), capacite=1)


def adresse(dossier, nom="commission"):
    return reverse(f"instruction:{nom}", args=[dossier.reference])


def test_l_agent_inscrit_depuis_la_fiche_et_l_equipe_le_lit(client, chez_lui, dossier, seance):
    fiche = chez_lui.get(reverse("instruction:fiche", args=[dossier.reference])).text
    assert "Inscrire à une séance" in fiche
    page = chez_lui.get(adresse(dossier))
    assert "1 place" in page.text
    assert chez_lui.post(adresse(dossier), {"seance": seance.pk}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.etat == Etat.INSCRIT
    phrase = phrase_pour(dossier, "equipe")
    assert phrase.texte.startswith("Votre projet passe en commission le ")
    assert "Rien à faire d’ici là." in phrase.texte
    assert phrase.echeance == seance.date
    page = chez_lui.get(adresse(dossier)).text
    assert "Voir la séance" in page
    connecter(client, dossier.equipe.porteur.compte)
    equipe = client.get(reverse("dossiers:fiche", args=[dossier.reference])).text
    assert "Votre projet passe en CARPEC le " in equipe
    assert "Rien à faire d’ici là" in equipe


def test_retirer_avec_un_motif_que_l_equipe_lit(client, chez_lui, dossier, seance):
    chez_lui.post(adresse(dossier), {"seance": seance.pk})
    assert chez_lui.get(adresse(dossier, "commission_retirer")).status_code == 200
    assert chez_lui.post(adresse(dossier, "commission_retirer"), {"motif": " "}).status_code == 422
    assert chez_lui.post(adresse(dossier, "commission_retirer"), {"motif": "Budget à revoir."}).status_code == 302
    assert chez_lui.post(adresse(dossier, "commission_retirer"), {"motif": "x"}).status_code == 404
    page = chez_lui.get(adresse(dossier)).text
    assert "Ses passages" in page
    assert "Budget à revoir." in page
    connecter(client, dossier.equipe.porteur.compte)
    equipe = client.get(reverse("dossiers:fiche", args=[dossier.reference])).text
    assert "Votre projet ne passe plus en CARPEC" in equipe
    assert "Budget à revoir." in equipe


def test_hors_delai_le_motif_se_demande_a_cote_du_champ(chez_lui, dossier, seance):
    seance.depot_avant = timezone.localdate() - datetime.timedelta(days=2)
    seance.save()
    assert "date limite de dépôt dépassée" in chez_lui.get(adresse(dossier)).text
    refus = chez_lui.post(adresse(dossier), {"seance": seance.pk})
    assert refus.status_code == 422
    assert "dites pourquoi" in refus.text
    envoi = {"seance": seance.pk, "motif_hors_delai": "<b>Panne</b>"}
    assert chez_lui.post(adresse(dossier), envoi).status_code == 302
    assert "<b>Panne</b>" not in chez_lui.get(adresse(dossier)).text


def test_sans_reunion_sur_site_la_raison_se_lit(chez_lui, dossier, seance):
    ReunionSurSite.objects.all().delete()
    assert "réunion sur site précède la commission" in chez_lui.get(adresse(dossier)).text
    assert chez_lui.post(adresse(dossier), {"seance": seance.pk}).status_code == 422
    assert not Point.objects.exists()


def test_sans_seance_ou_sans_instance_la_page_dit_que_faire(chez_lui, dossier):
    assert "n’est pas encore ouverte ici" in chez_lui.get(adresse(dossier)).text
    InstanceFabrique()
    assert "Aucune séance à venir n’est fixée" in chez_lui.get(adresse(dossier)).text


def test_un_agent_d_un_autre_departement_ne_voit_rien(client, dossier, seance):
    region = dossier.equipe.implantation.region
    ailleurs = FonctionFabrique(referent=True, region=region, departement=_autre_departement(region)).compte
    connecter(client, ailleurs)
    for nom in ("commission", "commission_retirer"):
        assert client.get(adresse(dossier, nom)).status_code == 404
        assert client.post(adresse(dossier, nom), {"seance": seance.pk, "motif": "x"}).status_code == 404


def test_une_seance_devinee_ou_perdue_de_vue_n_inscrit_pas(chez_lui, dossier, seance):
    for pk in ("0", "abc", "\x00", str(SeanceFabrique(instance__departementale=True).pk)):
        assert chez_lui.post(adresse(dossier), {"seance": pk}).status_code == 422
    dossier.etat = Etat.DEPOSE
    dossier.save()
    assert chez_lui.post(adresse(dossier), {"seance": seance.pk}).status_code == 422
    assert not Point.objects.exists()


@pytest.mark.parametrize("nombre", [1, 3])
def test_l_onglet_coute_autant_a_une_seance_qu_a_trois(chez_lui, dossier, nombre, django_assert_max_num_queries):
    instance = InstanceFabrique()
    for n in range(nombre):
        jour = timezone.localdate() + datetime.timedelta(days=30 + n)
        SeanceFabrique(instance=instance, date=jour, capacite=4)
    with django_assert_max_num_queries(REQUETES):
        chez_lui.get(adresse(dossier))


REQUETES = 27
