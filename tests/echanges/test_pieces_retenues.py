"""Les pièces des messages et l'antivirus : ce que le fil en dit, qui les lit, qui est prévenu."""

import pytest
from django.urls import reverse

from esperluette.fichiers import taches
from esperluette.fichiers.enums import Analyse
from esperluette.fichiers.models import Fichier
from esperluette.notifications.models import Courriel
from tests.fabriques import dossiers as fabrique
from tests.fabriques import echanges
from tests.fabriques.comptes import connecter
from tests.fabriques.fichiers import pdf, servi, upload
from tests.fichiers.faux_clamd import EICAR, faux_clamd

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings):
    with faux_clamd() as serveur:
        settings.CLAMD, settings.CLAMD_DELAI = serveur.adresse, 5
        yield serveur


@pytest.fixture
def fil(client, clamd):
    """Une porteuse écrit, avec une pièce ; l'agente regarde."""
    equipe = fabrique.equipe_complete()
    acteurs, dossier = fabrique.acteurs_de(equipe), fabrique.depose(equipe).dossier
    return dossier, acteurs


def envoyer(dossier, acteurs, octets):
    message = echanges.message(dossier, acteurs["porteuse"], pieces=[upload("plan.pdf", octets)])
    return message.pieces.get()


def test_une_piece_en_attente_se_dit_et_n_est_lue_que_de_qui_l_a_envoyee(fil, client):
    dossier, acteurs = fil
    piece = envoyer(dossier, acteurs, pdf())
    agente = connecter(client, acteurs["referente"])
    assert "Attend l’antivirus" in agente.get(f"/instruction/{dossier.reference}/echanges/").content.decode()
    adresse = f"/instruction/{dossier.reference}/echanges/pieces/{piece.pk}/"
    assert agente.get(adresse).status_code == 403
    taches.examiner.call(piece.fichier_id)
    assert servi(agente.get(adresse)) == pdf()


def test_une_piece_en_quarantaine_ne_se_lit_plus_et_chaque_cote_le_sait(fil, client):
    dossier, acteurs = fil
    piece = envoyer(dossier, acteurs, pdf() + EICAR)
    taches.examiner.call(piece.fichier_id)
    assert Fichier.objects.get(pk=piece.fichier_id).analyse == Analyse.INFECTE
    prevenus = Courriel.objects.filter(gabarit__contains="quarantaine").values_list("destinataire", flat=True)
    assert set(prevenus) == {acteurs["porteuse"].courriel, acteurs["referente"].courriel}
    porteuse = connecter(client, acteurs["porteuse"])
    page = porteuse.get(reverse("echanges:fil", args=[dossier.reference])).content.decode()
    adresse = reverse("echanges:piece", args=[dossier.reference, piece.pk])
    assert "En quarantaine" in page
    assert adresse not in page
    assert porteuse.get(adresse).status_code == 403
