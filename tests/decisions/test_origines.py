"""Ce que la vérification dit d'un courrier : qui l'a signé, et si la décision vaut toujours."""

import pytest
from django.utils import timezone

from esperluette.decisions.documents import produire_le_pdf
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.decisions.models import Courrier, Decision
from esperluette.documents.enums import EtatDuDocument, Verdict
from esperluette.documents.registres import ORIGINES
from esperluette.documents.verification import verifier, verifier_le_code
from tests.fabriques import decisions as fabrique


@pytest.fixture
def courrier(dossier, acteurs):
    return Courrier.objects.get(decision=fabrique.signee(dossier, acteurs))


def test_le_courrier_dit_son_signataire_et_sa_qualite(courrier, acteurs):
    document = produire_le_pdf(courrier)
    with document.fichier.open() as fichier:
        constat = verifier(fichier.read())
    assert (constat.verdict, constat.document.libelle) == (Verdict.INTACT, "Courrier de décision")
    (signataire,) = constat.document.signataires
    assert signataire.qualite == fabrique.QUALITE
    assert acteurs["autorite"].nom in signataire.nom
    assert constat.document.emetteur == "Agence régionale de santé Bretagne"


def test_le_code_seul_ne_dit_ni_le_sens_ni_l_equipe_ni_le_signataire(dossier, acteurs):
    courrier = Courrier.objects.get(decision=fabrique.signee(dossier, acteurs, Sens.REFUS))
    tout = repr(verifier_le_code(produire_le_pdf(courrier).code)).lower()
    for secret in ("refus", dossier.equipe.nom.lower(), acteurs["autorite"].nom.lower(), dossier.reference.lower()):
        assert secret not in tout


@pytest.mark.parametrize(
    ("etat", "attendu"),
    [
        (EtatDecision.RETIREE, EtatDuDocument.RETIRE),
        (EtatDecision.REMPLACEE, EtatDuDocument.REMPLACE),
        (EtatDecision.NOTIFIEE, EtatDuDocument.EN_VIGUEUR),
        (EtatDecision.SIGNEE, EtatDuDocument.EN_VIGUEUR),
    ],
)
def test_une_decision_finie_ne_vaut_plus(courrier, etat, attendu):
    finie = etat in (EtatDecision.RETIREE, EtatDecision.REMPLACEE)
    Decision.objects.filter(pk=courrier.decision_id).update(
        etat=etat, notifiee_le=timezone.now() if etat != EtatDecision.SIGNEE else None,
        finie_le=timezone.now() if finie else None, fin_motif="Illégale." if finie else "",
    )  # fmt: skip
    lu = ORIGINES.de(Courrier.objects.get(pk=courrier.pk), None)
    assert (lu.etat, lu.etat_le is not None) == (attendu, finie)


def test_le_courrier_de_retrait_vaut_quand_la_decision_ne_vaut_plus(courrier):
    Decision.objects.filter(pk=courrier.decision_id).update(
        etat=EtatDecision.RETIREE, notifiee_le=timezone.now(), finie_le=timezone.now(), fin_motif="Illégale."
    )
    retrait = Courrier.objects.create(
        decision=courrier.decision, nature=NatureDeCourrier.RETRAIT, modele="retrait", objet="Retrait", corps="…",
        contexte=courrier.contexte, empreinte="0" * 64, cree_par=courrier.cree_par,
    )  # fmt: skip
    lu = ORIGINES.de(Courrier.objects.get(pk=retrait.pk), None)
    assert (lu.etat, lu.libelle) == (EtatDuDocument.EN_VIGUEUR, "Courrier de retrait d’une décision")
    assert [s.qualite for s in lu.signataires] == [fabrique.QUALITE]
