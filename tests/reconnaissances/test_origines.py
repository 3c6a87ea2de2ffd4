"""Ce que la vérification dit d'une attestation : la reconnaissance court-elle toujours ?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.documents.enums import EtatDuDocument
from esperluette.documents.registres import ORIGINES
from esperluette.documents.verification import verifier, verifier_le_code
from esperluette.reconnaissances.models import Reconnaissance, Suspension
from esperluette.reconnaissances.taches import produire_l_attestation

pytestmark = pytest.mark.django_db


@pytest.fixture
def attestee(reconnaissance):
    produire_l_attestation.call(reconnaissance.pk)
    reconnaissance.refresh_from_db()
    return reconnaissance


def dit(reconnaissance, document=None):
    neuve = Reconnaissance.objects.get(pk=reconnaissance.pk)
    return ORIGINES.de(neuve, document)


def test_l_attestation_gardee_se_verifie(attestee):
    with attestee.attestation.fichier.open() as fichier:
        constat = verifier(fichier.read())
    assert constat.phrase == "Ce document est intact"
    assert constat.document.reference == attestee.numero
    assert attestee.equipe.nom not in repr(verifier_le_code(attestee.attestation.code))


def test_une_attestation_plus_recente_la_remplace(attestee):
    premiere = attestee.attestation
    produire_l_attestation.call(attestee.pk)
    assert dit(attestee, premiere).etat == EtatDuDocument.REMPLACE
    attestee.refresh_from_db()
    assert dit(attestee, attestee.attestation).etat == EtatDuDocument.EN_VIGUEUR


def test_retiree_finie_ou_suspendue_elle_ne_vaut_plus(attestee, autorite):
    hier = timezone.localdate() - timedelta(days=1)
    Suspension.objects.create(reconnaissance=attestee, debut=hier, motif="x", prononcee_par=autorite)
    assert dit(attestee).etat == EtatDuDocument.SUSPENDU
    Reconnaissance.objects.filter(pk=attestee.pk).update(fin=hier)
    assert dit(attestee).etat == EtatDuDocument.FINI
    Reconnaissance.objects.filter(pk=attestee.pk).update(retiree_le=timezone.localdate())
    lu = dit(attestee)
    assert (lu.etat, lu.etat_le) == (EtatDuDocument.RETIRE, timezone.localdate())
    with attestee.attestation.fichier.open() as fichier:
        assert verifier(fichier.read()).phrase == "Ce document est intact, mais il a été retiré"
