"""La phrase : pour chaque état et chaque public, qui a la main et ce qui vient ensuite."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.dossiers.actions.depot import signer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import phrase_pour
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.phrases import Phrase
from tests.fabriques import dossiers as fabrique

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("public", ["equipe", "agent"])
@pytest.mark.parametrize("etat", list(Etat))
def test_chaque_etat_a_sa_phrase_pour_chaque_public(etat, public, dossier_depose):
    Dossier.objects.filter(pk=dossier_depose.pk).update(etat=etat)
    dossier_depose.refresh_from_db()
    phrase = phrase_pour(dossier_depose, public)
    assert phrase.texte.endswith(".")
    assert phrase.qui
    assert phrase.etat == etat.libelle_pour(public)


def test_un_brouillon_compte_ce_qui_manque(dossier):
    phrase = phrase_pour(dossier, "equipe")
    assert phrase.texte.startswith("À vous : il manque ")
    assert phrase.qui == "Vous"


def test_un_brouillon_complet_invite_a_figer(equipe):
    assert "figer la version" in phrase_pour(fabrique.brouillon(equipe, rempli=True), "equipe").texte


def test_a_la_signature_on_nomme_ceux_qui_manquent(equipe, acteurs):
    depot = fabrique.fige(equipe)
    signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    reste = str(equipe.membres.get(porteur=False))
    assert phrase_pour(depot.dossier, "equipe", acteurs["membre"]).texte == (
        f"À vous : relisez et signez. Il manque 1 signature sur 2, de {reste}."
    )
    assert phrase_pour(depot.dossier, "equipe", acteurs["porteuse"]).texte == (
        f"Il manque 1 signature sur 2, de {reste}."
    )


@pytest.mark.parametrize(("qui", "mot"), [("porteuse", "Vous"), ("membre", "L’équipe")])
def test_quand_tous_ont_signe_la_main_est_au_porteur(qui, mot, equipe, acteurs):
    depot = fabrique.signe(equipe)
    assert phrase_pour(depot.dossier, "equipe", acteurs[qui]).qui == mot


@pytest.mark.parametrize(("qui", "mot"), [("membre", "Vous"), ("accompagnatrice", "L’équipe")])
def test_on_ne_dit_pas_a_vous_a_qui_ne_peut_pas_ecrire(qui, mot, dossier, acteurs):
    assert phrase_pour(dossier, "equipe", acteurs[qui]).qui == mot


def test_un_dossier_recu_dit_le_delai_et_l_effet_du_silence(dossier_depose):
    phrase = phrase_pour(dossier_depose, "equipe")
    assert phrase.echeance == ajouter_mois(timezone.localdate(), 2)
    assert "Sans réponse de l'ARS deux mois après" in phrase.ensuite


def test_la_phrase_de_l_agent_ne_coute_aucune_requete(dossier_depose, django_assert_num_queries):
    dossier = Dossier.objects.select_related("instruit_par").get(pk=dossier_depose.pk)
    with django_assert_num_queries(0):
        phrase_pour(dossier, "agent")


@pytest.mark.parametrize(
    ("jours", "mot"),
    [
        (0, "aujourd’hui"),
        (1, "dans 1 jour"),
        (12, "dans 12 jours"),
        (-1, "dépassée de 1 jour"),
        (-3, "dépassée de 3 jours"),
    ],
)
def test_l_echeance_se_dit_aussi_en_mots(jours, mot):
    jour = timezone.localdate() + timedelta(days=jours)
    assert Phrase("", "", "", "", echeance=jour).echeance_mot == mot


@pytest.mark.parametrize(
    ("jour", "mois", "attendu"),
    [
        (date(2026, 11, 21), 2, date(2027, 1, 21)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_deux_mois_se_comptent_comme_le_droit(jour, mois, attendu):
    assert ajouter_mois(jour, mois) == attendu
