"""Ce que la vérification dit d'un procès-verbal, de ses extraits et d'un livret."""

import pytest

from esperluette.commissions.enums import EtatDeSeance
from esperluette.deliberations.actions.cloture import clore, valider
from esperluette.deliberations.models import ProcesVerbal
from esperluette.deliberations.taches import garder_le_proces_verbal
from esperluette.documents.enums import EtatDuDocument, Verdict
from esperluette.documents.registres import ORIGINES
from esperluette.documents.verification import verifier, verifier_le_code
from tests.fabriques.deliberations import commission

pytestmark = pytest.mark.django_db


def octets_de(document):
    with document.fichier.open() as fichier:
        return fichier.read()


@pytest.fixture
def tenue():
    c = commission(points=1, ouverte=True)
    c.arrivent(0, 1)
    c.rend("favorable")
    return c, clore(c.seance, acteur=c.secretaire)


def test_un_projet_de_proces_verbal_n_est_pas_valide(tenue):
    _, pv = tenue
    lu = ORIGINES.de(pv, None)
    assert lu.etat == EtatDuDocument.INCONNU
    assert "projet" in lu.phrase


def test_valide_le_proces_verbal_et_ses_extraits_se_verifient_dans_les_trois_formats(tenue):
    c, pv = tenue
    pv = valider(pv, empreinte_lue=pv.empreinte, acteur=c.presidente)
    garder_le_proces_verbal.call(pv.pk)
    for objet, libelle in ((pv, "Procès-verbal"), (pv.extraits.get(), "Extrait de procès-verbal")):
        codes = set()
        for document in objet.documents.all():
            constat = verifier(octets_de(document))
            assert (constat.verdict, constat.document.etat) == (Verdict.INTACT, EtatDuDocument.EN_VIGUEUR)
            assert constat.document.libelle == f"{libelle} de commission"
            assert [s.qualite for s in constat.document.signataires] == ["Président de la commission"]
            assert verifier_le_code(document.code).signataires == ()
            codes.add(document.code)
        assert len(codes) == 3
    ProcesVerbal.objects.filter(pk=pv.pk).update(empreinte="0" * 64)
    relu = ORIGINES.de(ProcesVerbal.objects.get(pk=pv.pk), pv.documents.first())
    assert relu.etat == EtatDuDocument.REMPLACE


@pytest.mark.parametrize(("etat", "attendu"), [("close", "en_vigueur"), (EtatDeSeance.ANNULEE, "annule")])
def test_un_livret_est_un_document_de_travail(etat, attendu):
    seance = commission().seance
    seance.etat = etat
    lu = ORIGINES.de(seance, None)
    assert (lu.libelle, lu.etat) == ("Livret de séance", attendu)
