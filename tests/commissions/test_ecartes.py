"""Ce que chacun lit d'un ordre du jour : son périmètre, jamais un dossier auquel il est intéressé."""

import datetime

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.actions import deporter, proposer_les_rapporteurs, regler_le_point
from esperluette.commissions.actions.livrets import demander_livret
from esperluette.commissions.actions.ordre import rapporteurs_possibles
from esperluette.commissions.actions.outils import ChampRefuse
from esperluette.commissions.conflits import ecartes
from esperluette.commissions.droits import preside_le_point_de
from esperluette.commissions.models import Deport
from tests.fabriques.commissions import DeportFabrique, MandatFabrique, PointFabrique, SeanceFabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.deliberations import commission
from tests.fabriques.dossiers import _autre_departement
from tests.fabriques.equipes import AccesFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def seance(db):
    return SeanceFabrique(date=timezone.localdate() + datetime.timedelta(days=40), heure=datetime.time(14))


@pytest.fixture
def point(seance):
    return PointFabrique(seance=seance, rapporteur=MandatFabrique(siege__instance=seance.instance).compte)


def adresse(seance):
    return reverse("commissions:seance", args=[seance.pk])


def referent(seance, **lieu):
    return FonctionFabrique(referent=True, region=seance.region, **lieu).compte


def test_l_agent_d_un_autre_departement_ne_lit_que_le_rang_et_l_heure(client, seance, point):
    ailleurs = referent(seance, departement=_autre_departement(seance.region))
    page = connecter(client, ailleurs).get(adresse(seance)).text
    assert "Un autre dossier" in page
    assert "14:00" in page
    for secret in (point.dossier.reference, point.dossier.equipe.nom, str(point.rapporteur)):
        assert secret not in page


@pytest.mark.parametrize("partout", [True, False])
def test_l_agent_du_territoire_lit_ses_dossiers(client, seance, point, partout):
    departement = point.dossier.equipe.implantation.departement
    page = connecter(client, referent(seance, departement=None if partout else departement)).get(adresse(seance)).text
    assert point.dossier.reference in page
    assert "Un autre dossier" not in page


def test_le_deport_d_un_membre_ne_se_lit_pas_non_plus_hors_du_perimetre(client, seance, point):
    deport = DeportFabrique(point=point)
    ailleurs = referent(seance, departement=_autre_departement(seance.region))
    assert str(deport.compte) not in connecter(client, ailleurs).get(adresse(seance)).text


def test_le_secretariat_interesse_ne_lit_ni_ne_prepare_ce_dossier(client, seance, point):
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    autre = PointFabrique(seance=seance)
    connecter(client, secretaire)
    assert client.get(reverse("commissions:point", args=[seance.pk, point.pk])).status_code == 200
    AccesFabrique(equipe=point.dossier.equipe, compte=secretaire, courriel=secretaire.courriel)
    page = client.get(adresse(seance)).text
    assert point.dossier.equipe.nom not in page
    assert autre.dossier.reference in page
    for nom in ("point", "retirer", "deporter"):
        reponse = client.get(reverse(f"commissions:{nom}", args=[seance.pk, point.pk]))
        assert reponse.status_code == 403
        assert "intéressé à ce dossier" in reponse.text
    assert demander_livret(seance, acteur=secretaire).points == [autre.pk]


def test_la_seance_coute_autant_avec_un_ou_trois_dossiers_masques(client, seance, point):
    from django.db import connection

    connecter(client, referent(seance, departement=_autre_departement(seance.region)))
    nombres = []
    for _ in range(2):
        client.get(adresse(seance))
        with CaptureQueriesContext(connection) as lues:
            client.get(adresse(seance))
        nombres.append(len(lues))
        PointFabrique.create_batch(2, seance=seance)
    assert nombres[0] == nombres[1]


# --- Les rapporteurs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lien", ["membre", "adresse", "rpps", "accompagnateur"])
def test_on_ne_propose_pas_un_rapporteur_interesse_que_personne_n_a_deporte(lien):
    c = commission(sieges=3)
    point, compte = c.points[0], c.membres[1]
    equipe = point.dossier.equipe
    if lien == "membre":
        MembreFabrique(equipe=equipe, confirme=True, compte=compte)
    elif lien == "adresse":
        MembreFabrique(equipe=equipe, courriel=compte.courriel.upper())
    elif lien == "rpps":
        MembreFabrique(confirme=True, compte=compte, rpps="10101234567")
        MembreFabrique(equipe=equipe, rpps="10101234567")
    else:
        AccesFabrique(equipe=equipe, courriel=compte.courriel)
    assert compte.pk not in rapporteurs_possibles(c.seance, point)
    with pytest.raises(ChampRefuse, match="déportée"):
        regler_le_point(point, acteur=c.secretaire, rapporteur=compte, duree_minutes=10, porteur_invite=False)
    assert proposer_les_rapporteurs(c.seance, acteur=c.secretaire) == 1
    point.refresh_from_db()
    assert point.rapporteur == c.membres[2]
    assert not Deport.objects.exists(), "rien n'a été constaté pour autant"


def test_un_deport_annule_par_le_secretariat_rend_l_interesse_rapporteur_possible():
    c = commission(sieges=2)
    compte = c.membres[1]
    MembreFabrique(equipe=c.points[0].dossier.equipe, confirme=True, compte=compte)
    DeportFabrique(point=c.points[0], compte=compte, constate=True, annule=True)
    assert compte.pk in rapporteurs_possibles(c.seance, c.points[0])


def test_le_president_interesse_ne_rend_pas_l_avis():
    c = commission()
    assert preside_le_point_de(c.presidente, c.points[0].dossier)
    MembreFabrique(equipe=c.points[0].dossier.equipe, confirme=True, compte=c.presidente)
    assert not preside_le_point_de(c.presidente, c.points[0].dossier)


def test_un_membre_nomme_apres_la_convocation_est_deporte_d_office_quand_un_dossier_arrive():
    from esperluette.commissions.actions import inscrire
    from esperluette.dossiers.enums import Etat
    from tests.fabriques.commissions import dossier_recu

    c = commission(points=0)
    neuf = MandatFabrique(siege=c.sieges[1], suppleant=True).compte
    dossier = dossier_recu(etat=Etat.EN_INSTRUCTION)
    MembreFabrique(equipe=dossier.equipe, confirme=True, compte=neuf)
    point = inscrire(dossier, c.seance, acteur=c.secretaire)
    assert list(point.deports.values_list("compte", "deduit")) == [(neuf.pk, True)]


def test_ecartes_dit_le_deport_et_l_interet_sans_requete_de_plus_par_personne(django_assert_num_queries):
    c = commission(sieges=4, points=3)
    deporter(c.points[0], c.membres[1], acteur=c.secretaire, motif="Parent")
    MembreFabrique(equipe=c.points[1].dossier.equipe, confirme=True, compte=c.membres[2])
    comptes = {compte.pk: compte for compte in c.membres}
    with django_assert_num_queries(4):
        assert ecartes(c.points, comptes) == {
            (c.points[0].pk, c.membres[1].pk), (c.points[1].pk, c.membres[2].pk),
        }  # fmt: skip
    assert ecartes([], comptes) == set()


# --- Ce que chacun peut faire -----------------------------------------------------------------------------


def test_ce_qui_reste_a_faire_ne_se_montre_qu_a_qui_peut_le_faire(client, seance, point):
    assert "Ce qui reste à faire" not in connecter(client, referent(seance)).get(adresse(seance)).text
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    assert "Ce qui reste à faire" in connecter(client, secretaire).get(adresse(seance)).text


def test_sans_dossier_on_inscrit_avant_de_convoquer(client, seance):
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    MandatFabrique(siege__instance=seance.instance)
    page = connecter(client, secretaire).get(adresse(seance)).text
    assert "Convoquer la séance" not in page
    assert "À choisir une fois les dossiers inscrits." in page
    convoquer = reverse("commissions:convoquer", args=[seance.pk])
    assert "Rien ne peut partir encore" in client.get(convoquer).text
    PointFabrique(seance=seance)
    assert "Convoquer la séance" in client.get(adresse(seance)).text
    assert "Envoyer les convocations" in client.get(convoquer).text


def test_une_seance_du_calendrier_deja_passee_n_est_pas_dite_manquee(client, seance):
    """Les dates d'avant Esperluette : elles se sont tenues ailleurs, aucun dossier n'y attend ici."""
    hier = timezone.localdate() - datetime.timedelta(days=1)
    SeanceFabrique(instance=seance.instance, date=hier)
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    page = connecter(client, secretaire).get(reverse("commissions:instance", args=[seance.instance_id])).text
    assert "Passée" in page
    assert "pas tenue" not in page
