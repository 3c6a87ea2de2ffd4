"""Ce que l'équipe ne doit pas apprendre d'une décision avant de la recevoir."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from esperluette.decisions.actions.preparation import abandonner
from tests.fabriques import decisions as fabrique
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db


def _fiche(compte, dossier) -> str:
    return connecter(Client(), compte).get(reverse("dossiers:fiche", args=[dossier.reference])).text


@pytest.mark.parametrize("faire", [fabrique.preparee, fabrique.signee])
def test_la_fiche_de_l_equipe_ne_dit_rien_d_une_decision_qui_se_prepare(faire, dossier, acteurs):
    faire(dossier, acteurs, "refus")
    lue = _fiche(acteurs["porteuse"], dossier)
    assert "a préparé une décision" not in lue
    assert "a signé la décision" not in lue


def test_une_decision_abandonnee_ne_se_lit_pas_dans_le_journal_de_l_equipe(dossier, acteurs):
    abandonner(fabrique.signee(dossier, acteurs), acteur=acteurs["referente"], motif="Erreur sur le territoire.")
    assert "a abandonné la décision" not in _fiche(acteurs["porteuse"], dossier)


def test_l_agent_lit_toujours_ces_actes(dossier, acteurs):
    fabrique.signee(dossier, acteurs)
    page = connecter(Client(), acteurs["referente"]).get(reverse("instruction:journal", args=[dossier.reference])).text
    assert "a préparé une décision" in page
    assert "a signé la décision" in page


def test_la_decision_notifiee_se_lit_au_journal_de_l_equipe(dossier, acteurs):
    fabrique.notifiee(dossier, acteurs)
    assert "a notifié la décision" in _fiche(acteurs["porteuse"], dossier)


def test_le_jour_de_la_notification_est_celui_de_paris(dossier, acteurs):
    """Notifiée à 0 h 30 le 2 juillet, heure de Paris, c'est-à-dire le 1er en temps universel."""
    decision = fabrique.notifiee(dossier, acteurs)
    decision.notifiee_le = datetime.datetime(2026, 7, 1, 22, 30, tzinfo=datetime.UTC)
    decision.save(update_fields=["notifiee_le"])
    lue = _fiche(acteurs["porteuse"], dossier)
    assert "sa décision le 2 juillet 2026" in lue
