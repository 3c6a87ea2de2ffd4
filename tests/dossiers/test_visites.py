"""Les lectures d'un accompagnateur se notent ; celles des membres et des agents, non."""

import pytest
from django.urls import reverse

from esperluette.equipes.lectures import CONSULTATION
from esperluette.journal.models import Evenement
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["fiche", "redaction", "manques", "pieces", "signature"])
def test_chaque_page_lue_par_un_accompagnateur_est_au_journal(page, dossier, acteurs, client):
    connecter(client, acteurs["accompagnatrice"]).get(reverse(f"dossiers:{page}", args=[dossier.reference]))
    (visite,) = Evenement.objects.filter(sorte=CONSULTATION)
    assert (visite.acteur, visite.donnees["page"]) == (acteurs["accompagnatrice"], f"dossier/{page}")


@pytest.mark.parametrize("qui", ["porteuse", "membre", "porteuse_ailleurs", "inconnue"])
def test_les_autres_lectures_ne_se_notent_pas(qui, dossier, acteurs, client):
    connecter(client, acteurs[qui]).get(reverse("dossiers:fiche", args=[dossier.reference]))
    assert not Evenement.objects.filter(sorte=CONSULTATION).exists()
