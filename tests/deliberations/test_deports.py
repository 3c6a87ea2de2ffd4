"""Un déport posé depuis la convocation ou par le secrétariat vaut, séance ouverte, ce que vaut celui du cockpit."""

import pytest
from django.urls import reverse

from esperluette.commissions.actions import deporter
from esperluette.commissions.enums import Modalite
from esperluette.commissions.models import Convocation, Deport
from esperluette.commun.erreurs import ErreurMetier
from esperluette.deliberations.actions import lecture
from esperluette.deliberations.actions.seance import ouvrir
from esperluette.deliberations.models import Voix
from tests.fabriques.deliberations import commission, demain

pytestmark = pytest.mark.django_db


def consultation():
    c = commission(modalite=Modalite.ECRITE)
    c.propose("favorable")
    c.seance = ouvrir(c.seance, acteur=c.secretaire, vote_jusqu_a=demain())
    return c


def test_qui_se_deporte_depuis_sa_convocation_perd_la_voix_qu_il_avait_donnee(sous):
    c = consultation()
    lecture.voter(c.points[0], "contre", acteur=c.membres[1])
    lecture.voter(c.points[0], "pour", acteur=c.membres[2])
    mienne = Convocation.objects.get(seance=c.seance, compte=c.membres[1])
    adresse = reverse("commissions:se_deporter", args=[mienne.jeton, c.points[0].pk])
    assert sous(c.membres[1]).post(adresse, {"motif": "Ma sœur en est."}).status_code == 302
    assert list(Voix.objects.values_list("compte", flat=True)) == [c.membres[2].pk]


def test_le_secretariat_qui_deporte_un_membre_ote_sa_voix():
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    point = c.propose("favorable")
    Voix.objects.create(point=point, siege=c.sieges[1], compte=c.secretaire, sens="contre")
    deporter(point, c.membres[1], acteur=c.secretaire, motif="Parent")
    assert not Voix.objects.exists()


def test_aucun_deport_ne_se_pose_apres_l_avis_rendu():
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    c.rend("favorable")
    with pytest.raises(ErreurMetier, match="est rendu"):
        deporter(c.points[0], c.membres[1], acteur=c.secretaire, motif="Parent")
    assert not Deport.objects.exists()


def test_le_refus_d_un_deport_tardif_se_lit_sans_erreur(sous):
    c = commission(ouverte=True)
    c.arrivent(0, 1, 2)
    c.rend("favorable")
    mienne = Convocation.objects.get(seance=c.seance, compte=c.membres[1])
    adresse = reverse("commissions:se_deporter", args=[mienne.jeton, c.points[0].pk])
    reponse = sous(c.membres[1]).post(adresse, {"motif": "Ma sœur en est."})
    assert reponse.status_code == 422
    assert "est rendu" in reponse.text
