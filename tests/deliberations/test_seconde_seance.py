"""Convoquer de nouveau : seulement faute de quorum, l'écran le vérifie ; une date passée ne se convoque plus."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.actions import convoquer, convoquer_de_nouveau
from esperluette.commissions.cycle import GardeDeSeance
from esperluette.commissions.enums import EtatDeSeance
from esperluette.commissions.models import Seance
from esperluette.commun.erreurs import ErreurMetier
from esperluette.deliberations.actions.cloture import clore
from esperluette.deliberations.actions.deports import deporter_en_seance
from tests.fabriques.commissions import PointFabrique, SeanceFabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.deliberations import commission

pytestmark = pytest.mark.django_db
BOUTON = "Convoquer de nouveau, faute de quorum"


def dans(jours):
    return timezone.localdate() + datetime.timedelta(days=jours)


def valeurs():
    return {"date": dans(12), "modalite": "presentiel"}


def page(c, sous, nom="seance"):
    return sous(c.secretaire).get(reverse(f"commissions:{nom}", args=[c.seance.pk]), follow=True).text


def test_le_quorum_atteint_ne_propose_pas_de_seconde_seance(sous):
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1, 2)
    assert BOUTON not in page(c, sous)
    assert "On ne convoque de nouveau que faute de quorum" in page(c, sous, "seconde")
    with pytest.raises(ErreurMetier, match="que faute de quorum"):
        convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs())
    envoi = {"date": dans(12).isoformat(), "modalite": "presentiel"}
    reponse = sous(c.secretaire).post(reverse("commissions:seconde", args=[c.seance.pk]), envoi)
    assert reponse.status_code == 422
    assert Seance.objects.count() == 1


def test_sans_quorum_l_ecran_la_propose(sous):
    c = commission(points=2, ouverte=True)
    c.arrivent(0)
    assert BOUTON in page(c, sous)
    assert convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs()).points.count() == 2


def test_des_avis_rendus_se_closent_d_abord(sous):
    """Sans cela, un point déjà délibéré repasserait devant la seconde séance."""
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1, 2)
    c.rend("favorable")
    c.partent(0, 1, 2)
    assert BOUTON not in page(c, sous)
    with pytest.raises(ErreurMetier, match="closez d’abord"):
        convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs())
    clore(c.seance, acteur=c.secretaire, reporter=True)
    assert BOUTON in page(c, sous)
    assert convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs()).points.get() != c.points[0]


def test_un_point_que_ses_deports_privent_de_quorum_se_reporte(sous):
    """Quatre sièges, trois présents, deux déportés sur ce point : on ne pouvait ni l'ajourner, ni clore."""
    c = commission(points=2, ouverte=True)
    c.arrivent(0, 1, 2)
    c.rend("favorable")
    for rang in (1, 2):
        deporter_en_seance(c.points[1], c.membres[rang], acteur=c.secretaire, motif="Parent")
    confirmation = sous(c.secretaire).get(reverse("deliberations:clore", args=[c.seance.pk])).text
    assert "reporter 1 point" in confirmation
    clore(c.seance, acteur=c.secretaire, reporter=True)
    assert convoquer_de_nouveau(c.seance, acteur=c.secretaire, valeurs=valeurs()).points.get().dossier == (
        c.points[1].dossier
    )


@pytest.mark.parametrize("etat", [EtatDeSeance.PREVUE, EtatDeSeance.CONVOQUEE])
def test_une_seance_passee_jamais_tenue_ne_se_convoque_plus(sous, etat):
    seance = SeanceFabrique(date=dans(-1), convoquee=etat == EtatDeSeance.CONVOQUEE)
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    PointFabrique(seance=seance)
    adresse = reverse("commissions:seance", args=[seance.pk])
    lue = sous(secretaire).get(adresse).text
    assert "Convoquer la séance" not in lue
    assert "il faudra motiver l’urgence" not in lue
    assert "La date de cette séance est passée" in lue
    assert ("ouvrez-la pour noter les avis" in lue) is (etat == EtatDeSeance.CONVOQUEE)
    accueil = sous(secretaire).get(reverse("commissions:accueil")).text
    assert "Date passée, pas tenue" in accueil, "des dossiers y attendent : elle ne disparaît pas"
    assert (
        "Date passée, pas tenue"
        in sous(secretaire).get(reverse("commissions:instance", args=[seance.instance_id])).text
    )
    if etat == EtatDeSeance.PREVUE:
        with pytest.raises(GardeDeSeance, match="passée"):
            convoquer(seance, acteur=secretaire)


def test_une_seance_a_venir_se_convoque(sous):
    seance = SeanceFabrique(date=dans(0))
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    PointFabrique(seance=seance)
    assert "Convoquer la séance" in sous(secretaire).get(reverse("commissions:seance", args=[seance.pk])).text


def test_une_seance_passee_et_vide_ne_reste_pas_a_l_accueil(sous):
    seance = SeanceFabrique(date=dans(-1))
    secretaire = FonctionFabrique(secretariat=True, region=seance.region).compte
    assert "Date passée" not in sous(secretaire).get(reverse("commissions:accueil")).text
