"""La demande de rencontre faite à un agent absent va à son relais : courriels, relances, corbeille."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from esperluette.instruction.models import Absence
from esperluette.interlocuteurs.actions import rencontres
from esperluette.interlocuteurs.destinataires import destinataires_de
from esperluette.interlocuteurs.models import Contact, DemandeDeRencontre
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.interlocuteurs import DemandeFabrique
from tests.interlocuteurs.test_rencontres import ENVOI, URL, destinataires, referente

pytestmark = pytest.mark.django_db
__all__ = ["referente"]


@pytest.fixture
def remplacant(charges):
    return FonctionFabrique(referent=True, region=charges.region, compte__nom="Relais").compte


def absente(compte, relais, jours=5):
    jour = timezone.localdate()
    return Absence.objects.create(
        compte=compte, relais=relais, debut=jour, fin=jour + timedelta(days=jours), posee_par=compte
    )


def test_la_demande_faite_a_une_referente_absente_va_a_son_relais(client, charges, referente, remplacant):
    absente(referente, remplacant)
    connecter(client, CompteFabrique())
    client.post(URL, ENVOI)
    recues = set(Courriel.objects.filter(gabarit="interlocuteurs/recue").values_list("destinataire", flat=True))
    assert remplacant.courriel in recues
    assert referente.courriel not in recues
    demande = DemandeDeRencontre.objects.get()
    assert DemandeDeRencontre.objects.recues_par(remplacant).a_traiter().get() == demande, "et sa corbeille la montre"


def test_une_adresse_publiee_qui_est_celle_de_l_absente_va_aussi_a_son_relais(charges, referente, remplacant):
    Contact.objects.update(courriel=referente.courriel.upper())
    assert destinataires_de(charges.fougeres).adresses == (referente.courriel.lower(),)
    absente(referente, remplacant)
    assert destinataires_de(charges.fougeres).adresses == (remplacant.courriel.lower(),)


def test_la_relance_suit_le_relais_et_le_retour_y_met_fin(client, charges, referente, remplacant):
    absence = absente(referente, remplacant)
    DemandeFabrique(commune=charges.fougeres, ancienne=True)
    rencontres.entretenir()
    assert remplacant.courriel in destinataires()
    absence.annulee_le = timezone.now()
    absence.save()
    assert referente.courriel in destinataires_de(charges.fougeres).adresses


def test_trois_referents_ne_coutent_pas_plus_qu_un(charges, referente, remplacant):
    absente(referente, remplacant)
    nombres = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as lues:
            destinataires_de(charges.fougeres)
        nombres.append(len(lues))
        for nom in ("Deux", "Trois"):
            FonctionFabrique(
                referent=True, region=charges.region, departement=charges.fougeres.departement, compte__nom=nom
            )
    assert nombres[0] == nombres[1]
