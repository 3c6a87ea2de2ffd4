"""Après la notification : retirer un accord, réexaminer un refus, les effets inscrits par d'autres apps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.decisions import registres
from esperluette.decisions.actions import apres, depart
from esperluette.decisions.enums import EtatDecision, NatureDeCourrier, Sens
from esperluette.decisions.lectures import active_de, courrier_de, retrait_possible_jusqu_au
from esperluette.decisions.models import Decision
from esperluette.dossiers.actions.depot import creer_dossier
from esperluette.dossiers.delais import explication, horloge_de
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.notifications.models import Courriel
from tests.decisions.test_pages import client_de, code_recu
from tests.fabriques import decisions as fabrique

pytestmark = pytest.mark.django_db
ILLEGALE = "En droit : l’article cité manque. En fait : la pièce est fausse."


def relire(decision):
    return Decision.objects.select_related("dossier").get(pk=decision.pk)


def retirer(decision, acteurs, qui="autorite", **champs):
    donnees = {"motif": ILLEGALE, "observations_le": timezone.localdate(), "qualite": "Directrice"} | champs
    return apres.retirer(decision, acteur=acteurs[qui], **donnees)


def test_retirer_rend_le_dossier_a_decider_et_le_dit_a_l_equipe(dossier, acteurs, django_capture_on_commit_callbacks):
    decision = fabrique.notifiee(dossier, acteurs)
    Courriel.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):  # rejoué, sans effet
            retirer(decision, acteurs)
    decision = relire(decision)
    assert (decision.etat, decision.dossier.etat) == (EtatDecision.RETIREE, Etat.EN_INSTRUCTION)
    assert decision.fin_motif == ILLEGALE
    assert decision.motif == ""  # les motifs de l'accord ne sont pas réécrits
    courrier = courrier_de(decision, NatureDeCourrier.RETRAIT)
    assert ILLEGALE in courrier.corps
    assert "observations" in courrier.corps
    assert courrier.contexte["voies"]
    assert courrier.document is not None
    assert courrier_de(decision).document != courrier.document  # le premier reste, tel quel
    assert Courriel.objects.filter(gabarit="decisions/decision_retiree").count() == 2
    page = client_de(acteurs["porteuse"]).get(reverse("decisions:equipe", args=[dossier.reference])).content.decode()
    assert "a été retirée" in page
    assert "Télécharger le courrier de retrait" in page
    assert fabrique.notifiee(dossier, acteurs, Sens.REFUS).remplace == decision


@pytest.mark.parametrize("qui", ["referente", "seconde", "administratrice", "porteuse", "presidente"])
def test_seule_l_autorite_retire(qui, dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    with pytest.raises(Refus):
        retirer(decision, acteurs, qui)
    assert relire(decision).etat == EtatDecision.NOTIFIEE


def test_apres_le_delai_de_l_edition_une_decision_ne_se_retire_plus(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    terme = retrait_possible_jusqu_au(decision)
    assert terme > timezone.localdate() + timedelta(days=100)
    ecart = terme - decision.date
    veille = timezone.localdate() - ecart - timedelta(days=10)
    Decision.objects.filter(pk=decision.pk).update(date=veille, notifiee_le=timezone.now() - timedelta(days=130))
    with pytest.raises(ErreurMetier, match="ne se retire plus"):
        retirer(relire(decision), acteurs)


@pytest.mark.parametrize(
    ("champs", "cause"),
    [
        ({"motif": "  "}, "illégale"),
        ({"qualite": " "}, "qualité"),
        ({"observations_le": timezone.localdate() + timedelta(days=1)}, "observations"),
        ({"observations_le": timezone.localdate() - timedelta(days=400)}, "observations"),
    ],
)
def test_un_retrait_sans_motif_ni_procedure_se_refuse(champs, cause, dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    with pytest.raises(ErreurMetier, match=cause):
        retirer(decision, acteurs, **champs)
    assert relire(decision).dossier.etat == Etat.ACCEPTE


def test_un_refus_ne_se_retire_pas(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    with pytest.raises(Refus, match="recours gracieux"):
        retirer(decision, acteurs)


def test_le_retrait_a_l_ecran_demande_un_code_et_garde_la_saisie(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    client, adresse = client_de(acteurs["autorite"]), reverse("decisions:retirer", args=[dossier.reference])
    saisie = {
        "motif": ILLEGALE, "observations_le": timezone.localdate().isoformat(), "contradictoire": "on", "qualite": "D",
    }  # fmt: skip
    page = client.post(adresse, saisie | {"etape": "code"}).content.decode()
    assert "la pièce est fausse" in page
    assert "L. 242-1" in page
    assert client.post(adresse, saisie | {"code": "000000", "etape": "retirer"}).status_code == 422
    sans = {cle: v for cle, v in saisie.items() if cle != "contradictoire"}
    code = code_recu(acteurs["autorite"])
    assert client.post(adresse, sans | {"code": code, "etape": "retirer"}).status_code == 422
    assert relire(decision).etat == EtatDecision.NOTIFIEE
    page = client.post(adresse, saisie | {"code": code, "etape": "retirer"}, follow=True).content.decode()
    assert "La décision est retirée." in page
    assert relire(decision).etat == EtatDecision.RETIREE


# --- Le recours gracieux ---------------------------------------------------------------------------------


def test_reexaminer_garde_l_ancienne_decision_lisible(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    for _ in range(2):
        apres.reexaminer(decision, acteur=acteurs["referente"], motif="Une pièce nouvelle.")
    decision = relire(decision)
    assert (decision.etat, decision.dossier.etat) == (EtatDecision.REMPLACEE, Etat.EN_INSTRUCTION)
    assert courrier_de(decision).document is not None
    assert active_de(dossier) is None
    assert Courriel.objects.filter(gabarit="decisions/dossier_reexamine").count() == 2


def test_reexaminer_fait_repartir_l_horloge_et_son_alerte(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    refuse = relire(decision).dossier
    assert (horloge_de(refuse).arretee_le, refuse.silence_le) == (timezone.localdate(), None)
    apres.reexaminer(decision, acteur=acteurs["referente"], motif="Une pièce nouvelle.")
    rouvert = relire(decision).dossier
    horloge = horloge_de(rouvert)
    attendu = ajouter_mois(timezone.localdate(), 2)
    assert (horloge.arretee_le, horloge.jours, horloge.echeance) == (None, 0, attendu)
    assert (rouvert.silence_le, rouvert.echeance, rouvert.echeance_nature) == (
        attendu,
        attendu,
        NatureEcheance.SILENCE,
    )
    assert any("recours gracieux" in phrase for phrase in explication(rouvert, horloge))
    fiche = client_de(acteurs["referente"]).get(reverse("instruction:fiche", args=[rouvert.reference])).text
    assert "arrêtée le" not in fiche


def test_reexaminer_se_motive(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    with pytest.raises(ErreurMetier, match="motif"):
        apres.reexaminer(decision, acteur=acteurs["referente"], motif=" ")
    assert relire(decision).etat == EtatDecision.NOTIFIEE


@pytest.mark.parametrize("qui", ["porteuse", "referent_ailleurs", "administratrice", "presidente"])
def test_personne_d_autre_ne_reexamine(qui, dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    with pytest.raises(Refus):
        apres.reexaminer(decision, acteur=acteurs[qui], motif="Oui.")


@pytest.mark.parametrize("sens", [Sens.REFUS, Sens.ACCORD])
def test_on_ne_rouvre_pas_si_l_equipe_a_ouvert_un_autre_dossier(sens, dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, sens)
    autre = creer_dossier(dossier.equipe, dossier.demarche, acteur=acteurs["porteuse"])
    gestes = {
        Sens.REFUS: lambda: apres.reexaminer(decision, acteur=acteurs["referente"], motif="Oui."),
        Sens.ACCORD: lambda: retirer(decision, acteurs),
    }
    with pytest.raises(ErreurMetier, match=autre.reference):
        gestes[sens]()
    assert relire(decision).etat == EtatDecision.NOTIFIEE


# --- Les effets ------------------------------------------------------------------------------------------


def test_un_effet_voit_la_decision_notifiee_et_une_seule_fois(dossier, acteurs):
    vus = []

    def effet(decision, acteur):
        vus.append((decision.pk, decision.sens, decision.etat, decision.dossier.etat, acteur))

    registres.EFFETS.inscrire(effet)
    try:
        decision = fabrique.notifiee(dossier, acteurs)
        depart.notifier(decision, acteur=acteurs["referente"])
    finally:
        registres.EFFETS.retirer(effet)
    assert vus == [(decision.pk, Sens.ACCORD, EtatDecision.NOTIFIEE, Etat.ACCEPTE, acteurs["referente"])]


@pytest.mark.parametrize("erreur", [ErreurMetier("L’équipe est déjà reconnue."), ZeroDivisionError()])
def test_un_effet_qui_refuse_annule_la_notification_entiere(erreur, dossier, acteurs):
    def effet(_decision, _acteur):
        raise erreur

    decision = fabrique.signee(dossier, acteurs)
    Courriel.objects.all().delete()
    registres.EFFETS.inscrire(effet)
    try:
        (parti,) = depart.notifier_ensemble([decision], acteur=acteurs["referente"])
    finally:
        registres.EFFETS.retirer(effet)
    assert not parti.partie
    assert ("déjà reconnue" if isinstance(erreur, ErreurMetier) else "Un incident") in parti.raison
    dossier.refresh_from_db()
    assert (dossier.etat, relire(decision).etat) == (Etat.AVIS_RENDU, EtatDecision.SIGNEE)
    assert not Courriel.objects.exists()
    assert depart.notifier_ensemble([decision], acteur=acteurs["referente"])[0].partie


def test_un_retrait_previent_les_apps_inscrites(dossier, acteurs):
    vus = []

    def fin(decision, acteur):
        vus.append((decision.pk, decision.etat, acteur))

    registres.RETRAITS.inscrire(fin)
    try:
        decision = fabrique.notifiee(dossier, acteurs)
        retirer(decision, acteurs)
    finally:
        registres.RETRAITS.retirer(fin)
    assert vus == [(decision.pk, EtatDecision.RETIREE, acteurs["autorite"])]


def test_sans_compte_actif_personne_ne_recevrait_rien_et_rien_ne_part(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs)
    Compte.objects.filter(pk__in=dossier.equipe.membres.values("compte_id")).update(is_active=False)
    (parti,) = depart.notifier_ensemble([decision], acteur=acteurs["referente"])
    assert "personne ne recevrait" in parti.raison
    assert relire(decision).etat == EtatDecision.SIGNEE


def test_un_visiteur_est_renvoye_a_la_connexion(dossier):
    assert Client().get(reverse("decisions:equipe", args=[dossier.reference])).status_code == 302
    assert Client().get(reverse("decisions:fiche", args=[dossier.reference])).status_code == 302
