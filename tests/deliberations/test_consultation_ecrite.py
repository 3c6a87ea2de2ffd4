"""La consultation écrite : on propose, chaque siège vote en ligne jusqu'à une date, le quorum est la participation."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.enums import Modalite
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.deliberations.actions import lecture
from esperluette.deliberations.actions import points as sur_le_point
from esperluette.deliberations.actions.cloture import clore
from esperluette.deliberations.actions.deports import se_deporter
from esperluette.deliberations.actions.seance import fermer_la_consultation, noter_presence, ouvrir
from esperluette.deliberations.models import Tenue, Voix
from tests.fabriques.deliberations import commission, demain

pytestmark = pytest.mark.django_db


def proposee(ouverte=True, **voulu):
    c = commission(modalite=Modalite.ECRITE, **voulu)
    c.propose("favorable", motif="Projet solide.")
    if ouverte:
        c.seance = ouvrir(c.seance, acteur=c.secretaire, vote_jusqu_a=demain())
    return c


def voter(c, rang, sens="pour"):
    return lecture.voter(c.points[0], sens, acteur=c.membres[rang])


def test_elle_s_ouvre_jusqu_a_une_date_a_venir(sous):
    c = proposee(ouverte=False)
    for fin in (None, timezone.now() - datetime.timedelta(minutes=1)):
        with pytest.raises(ErreurMetier, match="Dites jusqu’à quand"):
            ouvrir(c.seance, acteur=c.secretaire, vote_jusqu_a=fin)
    client, adresse = sous(c.secretaire), reverse("deliberations:ouvrir", args=[c.seance.pk])
    assert "Avis soumis au vote" in client.get(reverse("deliberations:cockpit", args=[c.seance.pk])).content.decode()
    assert client.post(adresse, {"jour": "", "heure": ""}).status_code == 422
    jour = timezone.localdate() + datetime.timedelta(days=3)
    assert client.post(adresse, {"jour": jour.isoformat(), "heure": "18:00"}).status_code == 302
    assert timezone.localtime(Tenue.objects.get().vote_jusqu_a).hour == 18


def test_chaque_siege_vote_en_ligne_et_change_d_avis(sous):
    c = proposee()
    page = reverse("deliberations:lecture", args=[c.seance.pk, c.points[0].pk])
    client = sous(c.membres[1])
    html = client.get(page).content.decode()
    assert "Avis soumis au vote&nbsp;: <strong>Favorable</strong>" in html
    assert client.post(page, {"geste": "voter", "sens": "contre"}).status_code == 302
    assert client.post(page, {"geste": "voter", "sens": "pour"}).status_code == 302
    assert "Votre siège a voté&nbsp;: <strong>pour</strong>" in client.get(page).content.decode()
    voix = Voix.objects.get()
    assert (voix.sens, voix.version, voix.compte) == ("pour", 2, c.membres[1])
    assert client.post(page, {"geste": "voter", "sens": "peut-etre"}).status_code == 422


def test_le_quorum_est_la_participation():
    c = proposee()
    voter(c, 0)
    fermer_la_consultation(c.seance, acteur=c.secretaire)
    with pytest.raises(ErreurMetier, match="On ne rend pas d’avis sans quorum"):
        sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)


def test_l_avis_attend_la_fermeture_ou_que_tous_aient_vote():
    c = proposee()
    for rang in (0, 1):
        voter(c, rang)
    with pytest.raises(ErreurMetier, match="La consultation écrite court encore"):
        sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)
    se_deporter(c.points[0], acteur=c.membres[3], motif="Parent")
    voter(c, 2)
    avis = sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)
    assert avis.voix["phrase"] == "3 pour, 0 contre, 0 abstention."
    pv = clore(c.seance, acteur=c.secretaire)
    assert pv.contenu["modalite"] == "Consultation écrite"
    assert pv.contenu["presents"] == pv.contenu["absents"] == []
    assert len(pv.contenu["points"][0]["voix_par_siege"]) == 3


def test_une_majorite_contre_ne_rend_pas_l_avis_propose():
    c = proposee()
    for rang, sens in ((0, "pour"), (1, "contre"), (2, "contre"), (3, "contre")):
        voter(c, rang, sens)
    with pytest.raises(ErreurMetier, match="Les voix ne portent pas cet avis"):
        sur_le_point.rendre_avis(c.points[0], acteur=c.secretaire)


def test_fermee_on_ne_vote_plus():
    c = proposee()
    fermer_la_consultation(c.seance, acteur=c.secretaire)
    with pytest.raises(Refus, match="La consultation écrite est fermée"):
        voter(c, 0)


def test_l_observateur_ne_vote_pas_ni_le_secretariat_pour_les_autres():
    c = proposee()
    with pytest.raises(Refus, match="observateur"):
        lecture.voter(c.points[0], "pour", acteur=c.observateur.compte)
    with pytest.raises(ErreurMetier, match="chaque siège vote lui-même"):
        sur_le_point.saisir_voix(c.points[0], c.sieges[0], "pour", version_lue=0, acteur=c.secretaire)


def test_en_seance_on_ne_vote_pas_en_ligne():
    c = commission(ouverte=True)
    c.propose("favorable")
    with pytest.raises(Refus, match="on y vote en séance"):
        voter(c, 0)


def test_un_deporte_ne_vote_pas():
    c = proposee()
    voter(c, 1)
    se_deporter(c.points[0], acteur=c.membres[1], motif="Parent")
    assert not Voix.objects.exists()
    with pytest.raises(Refus):
        voter(c, 1)


def test_en_visioconference_tous_sont_a_distance_et_comptent():
    c = commission(modalite=Modalite.VISIO, ouverte=True)
    for rang in (0, 1):
        m = c.mandats[rang]
        noter_presence(c.seance, m.siege, m.compte, "distance", acteur=c.secretaire)
    assert c.rend("favorable").quorum["comptes"] == 2
