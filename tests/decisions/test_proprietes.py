"""Quelle que soit la suite des gestes, et qui les fait : jamais deux décisions actives, ni d'état sans décision."""

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from esperluette.commun.erreurs import ErreurMetier
from esperluette.decisions.actions import apres, depart, preparation
from esperluette.decisions.enums import EtatDecision, Sens
from esperluette.decisions.lectures import empreinte_de
from esperluette.decisions.models import Decision
from esperluette.documents.models import Signature
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier, Passage
from tests.fabriques import decisions as fabrique

pytestmark = pytest.mark.django_db
QUI = ("referente", "seconde", "autorite", "porteuse", "administratrice")
GESTES = ("preparer", "corriger", "viser", "signer", "rouvrir", "notifier", "abandonner", "reexaminer", "retirer")
UTILES = ("preparer", "signer", "notifier")


def faire(geste, acteur, sens, dossier, decision):
    """Un geste sur la dernière décision du dossier, ou sur le dossier."""
    if geste == "preparer":
        preparation.preparer(dossier, acteur=acteur, sens=sens, motif="Un motif.", reserves="Une réserve.")
    if decision is None or geste == "preparer":
        return
    match geste:
        case "corriger":
            preparation.corriger(
                decision, acteur=acteur, version=decision.version, sens=sens, motif="Autre.", reserves="Une autre."
            )
        case "viser":
            preparation.viser(decision, acteur=acteur, version=decision.version)
        case "signer":
            preparation.signer(decision, acteur=acteur, empreinte=empreinte_de(decision), qualite="Directrice")
        case "rouvrir":
            preparation.rouvrir(decision, acteur=acteur, motif="Une faute.")
        case "notifier":
            depart.notifier(decision, acteur=acteur)
        case "abandonner":
            preparation.abandonner(decision, acteur=acteur, motif="Autre chose.")
        case "reexaminer":
            apres.reexaminer(decision, acteur=acteur, motif="Un recours.")
        case "retirer":
            jour = timezone.localdate()
            apres.retirer(decision, acteur=acteur, motif="Illégale.", observations_le=jour, qualite="Directrice")


def verifier(dossier):
    decisions = list(Decision.objects.filter(dossier=dossier))
    actives = list(Decision.objects.actives().filter(dossier=dossier))
    assert len(actives) <= 1
    notifiees = [d for d in actives if d.etat == EtatDecision.NOTIFIEE]
    etat = Dossier.objects.get(pk=dossier.pk).etat
    # L'état du dossier dit exactement la décision que l'équipe a en main.
    if notifiees:
        assert etat == (Etat.ACCEPTE if notifiees[0].sens in Sens.FAVORABLES else Etat.REFUSE)
    else:
        assert etat in (Etat.AVIS_RENDU, Etat.EN_INSTRUCTION)
    for decision in decisions:
        signatures = Signature.objects.de(decision).actives().count()
        signee = decision.etat in (EtatDecision.SIGNEE, *EtatDecision.RECUES)
        assert signatures == int(signee)
        assert decision.courriers.filter(remplace_le=None, nature="decision").count() == 1
        if decision.sens not in Sens.FAVORABLES:
            assert decision.motif
    # Rien de ce que l'équipe a reçu ne disparaît : autant de décisions reçues que de passages qui décident.
    recues = [d for d in decisions if d.etat in EtatDecision.RECUES]
    decides = Passage.objects.filter(dossier=dossier, geste__in=("accepter", "refuser", "differer")).count()
    assert len(recues) == decides


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=(HealthCheck.function_scoped_fixture,),
)
@given(
    suite=st.lists(
        st.tuples(st.sampled_from((*GESTES, *UTILES)), st.sampled_from((*QUI, "referente", "autorite")),
                  st.sampled_from(Sens.values)),
        max_size=14,
    )
)  # fmt: skip
def test_jamais_deux_decisions_actives(suite, dossier, acteurs, documents_legers):
    raisons = []
    with transaction.atomic():
        for geste, qui, sens in suite:
            decision = Decision.objects.filter(dossier=dossier).select_related("dossier").first()
            try:
                with transaction.atomic():
                    faire(geste, acteurs[qui], sens, dossier, decision)
            except ErreurMetier as refus:
                raisons.append(str(refus))
            verifier(dossier)
        transaction.set_rollback(True)
    assert all(raisons)  # un refus dit toujours pourquoi


@pytest.fixture
def documents_legers(monkeypatch):
    """Les PDF ont leurs essais ; ici un même document sert à tous, pour jouer beaucoup de suites."""
    from esperluette.decisions import documents

    vrai, garde = documents.produire, {}

    def produire(gabarit, contexte, format, **options):
        cle = format
        if cle not in garde:
            garde[cle] = vrai(gabarit, contexte, format, **options)
        return garde[cle]

    monkeypatch.setattr("esperluette.documents.actions.produire", produire)


def test_le_chemin_entier_et_retour(dossier, acteurs, documents_legers):
    """Un exemple qui passe par tout : refus, recours, accord, retrait, refus."""
    fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    suite = [
        ("reexaminer", "referente", Sens.ACCORD), ("preparer", "referente", Sens.ACCORD),
        ("signer", "autorite", Sens.ACCORD), ("notifier", "seconde", Sens.ACCORD),
        ("retirer", "autorite", Sens.ACCORD), ("preparer", "seconde", Sens.REFUS),
        ("signer", "autorite", Sens.ACCORD), ("notifier", "referente", Sens.ACCORD),
    ]  # fmt: skip
    for geste, qui, sens in suite:
        decision = Decision.objects.filter(dossier=dossier).select_related("dossier").first()
        faire(geste, acteurs[qui], sens, dossier, decision)
        verifier(dossier)
    etats = list(Decision.objects.filter(dossier=dossier).order_by("pk").values_list("etat", flat=True))
    assert etats == ["remplacee", "retiree", "notifiee"]
