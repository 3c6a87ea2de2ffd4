"""Le même courriel à plusieurs : mis en mots une fois, au rythme de chacun."""

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from esperluette.notifications.actions import DestinataireInvalide, envoyer_a_chacun
from esperluette.notifications.enums import Etat, Rythme
from esperluette.notifications.models import Courriel, Preference
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db
GABARIT, SORTE = "equipes/depart", "membres"


def prevenir(comptes):
    lien = "http://localhost:8000/equipes/7/"
    contexte = {"prenom": "à tous", "membre": "Yann", "equipe": "Équipe du Lié", "lien": lien}
    return envoyer_a_chacun(GABARIT, a=comptes, contexte=contexte)


def requetes(comptes):
    with CaptureQueriesContext(connection) as lues, transaction.atomic():
        assert prevenir(comptes) == len(comptes)
    return len(lues.captured_queries)


def test_un_ou_trois_destinataires_coutent_autant():
    assert requetes([CompteFabrique()]) == requetes(CompteFabrique.create_batch(3))
    assert Courriel.objects.count() == 4


def test_personne_a_prevenir_n_ecrit_rien(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert prevenir([]) == 0


def test_chacun_a_son_rythme(settings):
    settings.DEMONSTRATION = False
    presse, pose, absent = CompteFabrique.create_batch(3)
    Preference.objects.create(compte=presse, sorte=SORTE, rythme=Rythme.IMMEDIAT)
    Preference.objects.create(compte=pose, sorte=SORTE, rythme=Rythme.QUOTIDIEN)
    Preference.objects.create(compte=absent, sorte=SORTE, rythme=Rythme.JAMAIS)
    prevenir([presse, pose, absent])
    par_compte = {c.compte_id: c for c in Courriel.objects.all()}
    assert par_compte[presse.pk].etat == Etat.A_ENVOYER
    assert par_compte[presse.pk].texte
    assert (par_compte[pose.pk].etat, par_compte[pose.pk].texte) == (Etat.A_REGROUPER, "")
    assert par_compte[pose.pk].lien.startswith("http")
    assert (par_compte[absent.pk].etat, par_compte[absent.pk].lien) == (Etat.NON_VOULU, "")


def test_une_adresse_impossible_n_ecrit_rien_pour_personne():
    faux = CompteFabrique.build(courriel="pas une adresse", pk=9)
    with pytest.raises(DestinataireInvalide):
        prevenir([CompteFabrique(), faux])
    assert not Courriel.objects.exists()


def test_chacun_recoit_le_sien_apres_la_transaction(settings, django_capture_on_commit_callbacks):
    settings.DEMONSTRATION = False
    comptes = CompteFabrique.create_batch(3)
    with django_capture_on_commit_callbacks() as suites:
        prevenir(comptes)
    assert len(suites) == 3
    assert mail.outbox == []


def test_en_demonstration_tous_sont_dans_la_boite(settings):
    settings.DEMONSTRATION = True
    prevenir(CompteFabrique.create_batch(2))
    assert set(Courriel.objects.values_list("etat", flat=True)) == {Etat.LIVRE}
