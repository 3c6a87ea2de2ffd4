"""Les invitations d'agenda, relues par un autre programme que celui qui les écrit."""

import datetime
from email import message_from_bytes

import pytest
import vobject
from django.core import mail
from django.utils import timezone

from esperluette.commissions import ics
from esperluette.commissions.actions import annuler_seance, convoquer, modifier_seance
from esperluette.commissions.models import Convocation
from esperluette.notifications.models import Courriel, PieceDeCourriel
from esperluette.notifications.taches import envoyer_courriel
from tests.fabriques.commissions import MandatFabrique, PointFabrique, SeanceFabrique
from tests.fabriques.comptes import FonctionFabrique, connecter

pytestmark = pytest.mark.django_db


@pytest.fixture
def seance(db):
    jour = timezone.localdate() + datetime.timedelta(days=40)
    seance = SeanceFabrique(date=jour, heure=datetime.time(14), lieu="Rennes ; salle 2, 1er étage")
    MandatFabrique(siege__instance=seance.instance, compte__nom='O’Neil; "dit", Jo')
    PointFabrique(seance=seance, duree_minutes=90)
    return seance


@pytest.fixture
def secretaire(seance):
    return FonctionFabrique(secretariat=True, region=seance.region).compte


def derniere_invitation():
    """La dernière invitation jointe à un courriel, relue par vobject."""
    piece = PieceDeCourriel.objects.latest("pk")
    return piece, vobject.readOne(bytes(piece.contenu).decode())


def test_la_convocation_porte_une_invitation_lisible(seance, secretaire):
    convoquer(seance, acteur=secretaire)
    piece, agenda = derniere_invitation()
    evenement = agenda.vevent
    assert piece.type_mime == "text/calendar; charset=utf-8; method=REQUEST"
    assert (agenda.method.value, evenement.status.value, evenement.sequence.value) == ("REQUEST", "CONFIRMED", "0")
    debut = evenement.dtstart.value
    assert (debut.astimezone(ics.PARIS).time(), debut.date()) == (datetime.time(14), seance.date)
    assert evenement.dtend.value - debut == datetime.timedelta(minutes=90)
    assert evenement.location.value == seance.lieu
    assert evenement.attendee.value == f"MAILTO:{Convocation.objects.get().compte.courriel}"
    assert str(Convocation.objects.get().jeton) in evenement.uid.value


def test_l_uid_reste_et_la_sequence_monte_jusqu_a_l_annulation(seance, secretaire):
    convoquer(seance, acteur=secretaire)
    uid = derniere_invitation()[1].vevent.uid.value
    valeurs = {"date": seance.date + datetime.timedelta(days=1), "lieu": "Brest"}
    modifier_seance(seance, acteur=secretaire, valeurs=valeurs)
    _, deplacee = derniere_invitation()
    assert (deplacee.method.value, deplacee.vevent.sequence.value) == ("REQUEST", "1")
    assert deplacee.vevent.location.value == "Brest"
    annuler_seance(seance, acteur=secretaire, motif="Grève des trains")
    _, annulee = derniere_invitation()
    assert (annulee.method.value, annulee.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert annulee.vevent.sequence.value == "2"
    assert uid == deplacee.vevent.uid.value == annulee.vevent.uid.value
    assert "Grève" not in Courriel.objects.latest("pk").texte, "le motif se lit sur la page, pas dans le courriel"


def test_ce_qui_ne_change_pas_l_agenda_n_ecrit_a_personne(seance, secretaire):
    convoquer(seance, acteur=secretaire)
    nombre = Courriel.objects.count()
    modifier_seance(seance, acteur=secretaire, valeurs={"capacite": 12, "publique": False})
    assert Courriel.objects.count() == nombre
    seance.refresh_from_db()
    assert seance.sequence == 0


def test_une_nouvelle_date_efface_les_reponses_un_nouveau_lieu_les_garde(seance, secretaire):
    convoquer(seance, acteur=secretaire)
    Convocation.objects.update(reponse="vient", repondue_le=timezone.now())
    modifier_seance(seance, acteur=secretaire, valeurs={"lieu": "Brest"})
    assert Convocation.objects.get().reponse == "vient"
    modifier_seance(seance, acteur=secretaire, valeurs={"heure": datetime.time(9)})
    assert Convocation.objects.get().reponse == ""


def test_sans_heure_le_rendez_vous_dure_la_journee(seance, secretaire):
    seance.heure = None
    seance.save()
    convoquer(seance, acteur=secretaire)
    evenement = derniere_invitation()[1].vevent
    assert (evenement.dtstart.value, evenement.dtend.value) == (seance.date, seance.date + datetime.timedelta(days=1))


def test_convoquer_deux_fois_n_ecrit_qu_une_fois(seance, secretaire):
    convoquer(seance, acteur=secretaire)
    nombre = Courriel.objects.count()
    convoquer(seance, acteur=secretaire)
    assert Courriel.objects.count() == nombre


def test_le_courriel_parti_porte_la_piece_et_l_oublie(seance, secretaire, settings):
    settings.DEMONSTRATION = False
    convoquer(seance, acteur=secretaire)
    courriel = Courriel.objects.get(gabarit="commissions/convocation")
    envoyer_courriel.call(courriel.pk)
    recu = message_from_bytes(mail.outbox[-1].message().as_bytes())
    (piece,) = [p for p in recu.walk() if p.get_content_type() == "text/calendar"]
    assert piece.get_param("method") == "REQUEST"
    assert piece.get_filename() == "convocation.ics"
    assert vobject.readOne(piece.get_payload(decode=True).decode()).vevent.summary.value.startswith("CARPEC")
    assert not PieceDeCourriel.objects.filter(courriel=courriel).exists()


def test_l_agenda_se_telecharge_par_le_seul_convoque(client, seance, secretaire):
    convoquer(seance, acteur=secretaire)
    convocation = Convocation.objects.get()
    adresse = f"/commissions/convocations/{convocation.jeton}/agenda.ics"
    assert connecter(client, secretaire).get(adresse).status_code == 404
    reponse = connecter(client, convocation.compte).get(adresse)
    assert reponse["Content-Disposition"].startswith("attachment")
    assert vobject.readOne(reponse.content.decode()).vevent.sequence.value == "0"


@pytest.mark.parametrize("texte", ["a" * 10_000, "BEGIN:VEVENT\r\nUID:faux\r\nEND:VEVENT", "#set page()", "\\n;,"])
def test_un_texte_hostile_ne_sort_pas_de_son_champ(texte):
    rdv = ics.RendezVous(
        uid="x", sequence=3, titre=texte, debut=datetime.date(2027, 1, 4), duree=ics.DUREE_PAR_DEFAUT, lieu=texte,
        lien="https://exemple.example/", description=texte, invite=ics.Invite("a@b.example", texte[:200]),
    )  # fmt: skip
    agenda = vobject.readOne(ics.ecrire(rdv).decode())
    assert len(list(agenda.components())) == 1
    assert agenda.vevent.uid.value == f"x@{ics.DOMAINE}"
