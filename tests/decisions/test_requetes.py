"""Le nombre de requêtes de chaque page ne dépend pas du nombre de décisions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from esperluette.decisions.actions import apres
from esperluette.decisions.enums import Sens
from tests.decisions.test_pages import client_de
from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers

pytestmark = pytest.mark.django_db


def compter(client, adresse, donnees=None):
    client.get(adresse, donnees)  # les caches se chauffent
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        assert client.get(adresse, donnees).status_code == 200
    return len(requetes)


def d_autres(acteurs, nombre):
    for rang in range(nombre):
        equipe = fabrique_dossiers.equipe_complete(nom=f"Équipe {rang}")
        yield fabrique.avis_rendu(acteurs, equipe)


def test_la_boite_de_depart_a_une_et_trois_decisions(dossier, acteurs):
    client, adresse = client_de(acteurs["autorite"]), reverse("decisions:boite")
    fabrique.preparee(dossier, acteurs)
    une = compter(client, adresse)
    for autre in d_autres(acteurs, 2):
        fabrique.preparee(autre, acteurs)
    assert compter(client, adresse) == une <= 8


@pytest.mark.parametrize("etat", ["signer", "notifier"])
def test_lire_pour_signer_ou_notifier_croit_d_au_plus_quelques_requetes_par_decision(etat, dossier, acteurs):
    """Chaque courrier se relit en entier : le coût par décision est borné, et petit."""
    faire = fabrique.preparee if etat == "signer" else fabrique.signee
    client, adresse = client_de(acteurs["autorite"]), reverse(f"decisions:{etat}")
    decisions = [faire(dossier, acteurs)]
    une = compter(client, adresse, {"d": decisions[0].pk})
    decisions += [faire(autre, acteurs) for autre in d_autres(acteurs, 2)]
    trois = compter(client, adresse, {"d": [d.pk for d in decisions]})
    assert (trois - une) / 2 <= 6


def test_la_fiche_de_l_agent_et_la_page_de_l_equipe_a_une_et_trois_decisions(dossier, acteurs):
    pages = {
        "referente": reverse("decisions:fiche", args=[dossier.reference]),
        "porteuse": reverse("decisions:equipe", args=[dossier.reference]),
    }
    clients = {qui: client_de(acteurs[qui]) for qui in pages}
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    une = {qui: compter(clients[qui], page) for qui, page in pages.items()}
    for sens in (Sens.REFUS, Sens.REFUS):
        apres.reexaminer(decision, acteur=acteurs["referente"], motif="Un recours.")
        decision = fabrique.notifiee(dossier, acteurs, sens)
    assert {qui: compter(clients[qui], page) for qui, page in pages.items()} == une
