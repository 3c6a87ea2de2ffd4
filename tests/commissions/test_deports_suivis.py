"""Un déport suit le dossier : reporté, ajourné puis réinscrit, ou relu par une séance d'avant."""

import datetime

import pytest
from django.utils import timezone

from esperluette.commissions.actions import (
    annuler_deport,
    annuler_seance,
    convoquer,
    convoquer_de_nouveau,
    deporter,
    inscrire,
)
from esperluette.commissions.enums import EtatDeSeance, Issue
from esperluette.commissions.lectures import points_visibles
from esperluette.commissions.models import Deport, Point, Seance
from esperluette.dossiers.enums import Etat
from tests.fabriques.commissions import ConvocationFabrique, PointFabrique, SeanceFabrique
from tests.fabriques.deliberations import commission

pytestmark = pytest.mark.django_db


def autre_seance(c) -> Seance:
    return SeanceFabrique(instance=c.seance.instance, date=timezone.localdate() + datetime.timedelta(days=40))


def test_une_seance_annulee_et_reportee_garde_les_deports_declares():
    c = commission()
    deporter(c.points[0], c.membres[1], acteur=c.secretaire, motif="Sa sœur en est.")
    vers = autre_seance(c)
    annuler_seance(c.seance, acteur=c.secretaire, motif="Neige.", reporter_sur=vers)
    convoquer(vers, acteur=c.secretaire)
    copie = Point.objects.get(seance=vers)
    assert not points_visibles(c.membres[1]).filter(pk=copie.pk).exists()
    assert points_visibles(c.membres[2]).filter(pk=copie.pk).exists()


def test_une_seconde_convocation_garde_les_deports_declares():
    c = commission(ouverte=True)
    deporter(c.points[0], c.membres[1], acteur=c.secretaire, motif="Sa sœur en est.")
    valeurs = {"date": timezone.localdate() + datetime.timedelta(days=12), "modalite": "presentiel"}
    seconde = convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs)
    assert Deport.objects.get(point__seance=seconde).compte == c.membres[1]


def test_un_dossier_ajourne_puis_reinscrit_garde_ses_deports_et_le_secretariat_peut_les_annuler():
    c = commission()
    point = c.points[0]
    deporter(point, c.membres[1], acteur=c.secretaire, motif="Sa sœur en est.")
    Point.objects.update(issue=Issue.AJOURNE)
    Seance.objects.update(etat=EtatDeSeance.CLOSE)
    point.dossier.etat = Etat.EN_INSTRUCTION
    point.dossier.save()
    vers = autre_seance(c)
    copie = inscrire(point.dossier, vers, acteur=c.secretaire)
    convoquer(vers, acteur=c.secretaire)
    deport = Deport.objects.get(point=copie)
    assert (deport.compte, deport.deduit) == (c.membres[1], False)
    annuler_deport(deport, acteur=c.secretaire, motif="Elle a quitté l’équipe.")
    assert points_visibles(c.membres[1]).filter(pk=copie.pk).exists()


def test_un_deport_ferme_aussi_les_passages_d_avant():
    """Le membre n'avait rien dit la première fois : il ne relit pas le dossier par la séance close."""
    c = commission()
    ancien = c.points[0]
    Point.objects.update(issue=Issue.AJOURNE)
    Seance.objects.update(etat=EtatDeSeance.CLOSE)
    suite = autre_seance(c)
    ConvocationFabrique(seance=suite, mandat=c.mandats[1])
    nouveau = PointFabrique(seance=suite, dossier=ancien.dossier)
    assert points_visibles(c.membres[1]).count() == 2
    deporter(nouveau, c.membres[1], acteur=c.secretaire, motif="Sa sœur en est.")
    assert not points_visibles(c.membres[1]).exists()
    assert points_visibles(c.membres[2]).get() == ancien
