"""Chaque changement d'état laisse un passage, et l'échéance de l'état quitté ne traîne pas dans le suivant."""

import datetime

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import Refus
from esperluette.dossiers import cycle
from esperluette.dossiers.enums import Etat, NatureEcheance

pytestmark = pytest.mark.django_db


def test_un_geste_laisse_un_passage_date_et_signe(dossier_depose, acteurs):
    cycle.franchir(dossier_depose, "prendre_en_instruction", acteur=acteurs["referente"])
    dossier_depose.refresh_from_db()
    dernier = dossier_depose.passages.last()
    assert (dernier.geste, dernier.de, dernier.vers) == ("prendre_en_instruction", Etat.DEPOSE, Etat.EN_INSTRUCTION)
    assert (dernier.acteur, dernier.le) == (acteurs["referente"], dossier_depose.etat_depuis)
    assert dossier_depose.mouvement_le == dossier_depose.etat_depuis


def test_un_geste_refuse_n_en_laisse_pas(dossier_depose, acteurs):
    avant = dossier_depose.passages.count()
    with pytest.raises(Refus):
        cycle.franchir(dossier_depose, "prendre_en_instruction", acteur=acteurs["porteuse"])
    assert dossier_depose.passages.count() == avant


def test_les_passages_racontent_le_chemin_sans_trou(dossier_depose):
    passages = list(dossier_depose.passages.all())
    assert [p.vers for p in passages[:-1]] == [p.de for p in passages[1:]]
    assert passages[-1].vers == dossier_depose.etat


def test_l_echeance_appartient_a_l_etat_qui_la_pose(dossier_depose, acteurs):
    demain = timezone.localdate() + datetime.timedelta(days=1)
    dossier = cycle.franchir(dossier_depose, "prendre_en_instruction", acteur=acteurs["referente"])
    cycle.poser_echeance(dossier, demain, NatureEcheance.SEANCE)
    dossier.refresh_from_db()
    assert (dossier.echeance, dossier.echeance_nature) == (demain, NatureEcheance.SEANCE)
    cycle.franchir(dossier, "rendre", acteur=acteurs["referente"])
    dossier.refresh_from_db()
    assert dossier.echeance_nature != NatureEcheance.SEANCE


def test_un_mouvement_se_note_sans_changer_d_etat(dossier_depose):
    depuis = dossier_depose.etat_depuis
    cycle.marquer_un_mouvement(dossier_depose)
    dossier_depose.refresh_from_db()
    assert dossier_depose.mouvement_le > depuis
    assert dossier_depose.etat_depuis == depuis
