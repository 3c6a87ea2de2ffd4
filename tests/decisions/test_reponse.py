"""La réponse promise dans le mois qui suit la CCOPD (Provence-Alpes-Côte d'Azur), et les démarches sans commission."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois, en_lettres
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.decisions.actions import preparation
from esperluette.decisions.enums import Sens
from esperluette.decisions.lectures import courrier_de, reponse_promise
from esperluette.decisions.taches import veiller_aux_reponses
from esperluette.dossiers.cycle import franchir, poser_echeance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier, Passage
from esperluette.notifications.models import Courriel
from tests.decisions.test_pages import client_de
from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.commissions import dossier_recu
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.equipes import commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def gap(db):
    implantation = commune("05061")
    equipe = fabrique_dossiers.equipe_complete(nom="Équipe du Buëch", implantation=implantation)
    region, departement = implantation.region, implantation.departement
    return equipe, {
        "referente": FonctionFabrique(referent=True, region=region, departement=departement).compte,
        "autorite": FonctionFabrique(autorite=True, region=region, departement=departement).compte,
        "presidente": FonctionFabrique(president=True, region=region, departement=departement).compte,
        "porteuse": equipe.porteur.compte,
    }


@pytest.fixture
def lettre(gap):
    """Une lettre d'intention dont la CCOPD a rendu l'avis."""
    equipe, acteurs = gap
    return fabrique.avis_rendu(acteurs, equipe, demarche="lettre-intention"), acteurs


def il_y_a(dossier, jours):
    """L'avis a été rendu il y a ce nombre de jours."""
    le = timezone.now() - timedelta(days=jours)
    Passage.objects.filter(dossier=dossier, geste="rendre_avis").update(le=le)
    Dossier.objects.filter(pk=dossier.pk).update(etat_depuis=le)
    return Dossier.objects.get(pk=dossier.pk)


def test_la_reponse_se_compte_d_un_mois_apres_la_seance(lettre):
    dossier, _ = lettre
    promise = reponse_promise(dossier)
    assert promise.le == ajouter_mois(timezone.localdate(), 1)
    assert "un mois" in promise.texte
    assert promise.ton == "info"


def test_l_echeance_que_la_seance_a_posee_l_emporte(lettre):
    dossier, _ = lettre
    jour = timezone.localdate() + timedelta(days=3)
    poser_echeance(dossier, jour, NatureEcheance.REPONSE)
    promise = reponse_promise(dossier)
    assert (promise.le, promise.mot, promise.ton) == (jour, "dans 3 jours", "attention")


@pytest.mark.parametrize(("jours", "mot", "ton"), [(40, "dépassée", "erreur"), (1, "dans", "info")])
def test_le_compte_a_rebours_se_voit_de_l_agent_de_l_autorite_et_de_l_equipe(jours, mot, ton, lettre):
    dossier, acteurs = lettre
    dossier = il_y_a(dossier, jours)
    promise = reponse_promise(dossier)
    assert promise.ton == ton
    jour = en_lettres(promise.le)
    for qui, page in [
        ("referente", reverse("decisions:fiche", args=[dossier.reference])),
        ("autorite", reverse("instruction:fiche", args=[dossier.reference])),
        ("porteuse", reverse("dossiers:fiche", args=[dossier.reference])),
    ]:
        contenu = client_de(acteurs[qui]).get(page).content.decode()
        assert jour in contenu, qui
        assert mot in contenu, qui


def test_la_boite_de_depart_montre_le_terme(lettre):
    dossier, acteurs = lettre
    veiller_aux_reponses()  # la boîte ne calcule rien : elle lit le terme posé sur le dossier
    fabrique.preparee(dossier, acteurs)
    page = client_de(acteurs["autorite"]).get(reverse("decisions:boite")).content.decode()
    assert en_lettres(reponse_promise(dossier).le) in page


def test_l_alerte_part_une_fois_avant_le_terme_a_qui_suit_et_a_qui_decide(lettre):
    dossier, acteurs = lettre
    assert veiller_aux_reponses() == 0  # le terme est loin ; il est posé
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.echeance_nature == NatureEcheance.REPONSE
    Dossier.objects.filter(pk=dossier.pk).update(echeance=timezone.localdate() + timedelta(days=5))
    assert veiller_aux_reponses() == 1
    assert veiller_aux_reponses() == 0
    courriels = Courriel.objects.filter(gabarit="decisions/reponse_proche")
    assert {c.compte_id for c in courriels} == {acteurs["referente"].pk, acteurs["autorite"].pk}


def test_une_fois_la_decision_partie_plus_de_compte_a_rebours(lettre):
    dossier, acteurs = lettre
    fabrique.notifiee(dossier, acteurs)
    dossier = il_y_a(dossier, 40)
    assert reponse_promise(dossier) is None
    assert veiller_aux_reponses() == 0


def test_le_courrier_de_paca_est_celui_de_la_region_et_vient_de_la_delegation(lettre):
    dossier, acteurs = lettre
    decision = fabrique.signee(dossier, acteurs)
    courrier = courrier_de(decision)
    assert courrier.modele == "reponse-accord"
    assert "ne reconnaît pas encore votre équipe" in courrier.corps
    assert courrier.contexte["service"].startswith("Délégation départementale")
    assert "Hautes-Alpes" in courrier.contexte["service"]


def test_la_bretagne_ne_promet_pas_de_date(dossier):
    assert reponse_promise(dossier) is None


# --- Sans commission -------------------------------------------------------------------------------------


def test_sans_commission_on_decide_depuis_l_instruction(gap):
    equipe, acteurs = gap
    dossier = dossier_recu(equipe, etat=Etat.DEPOSE, demarche="projet-de-sante")
    with pytest.raises(Refus, match="n’attend pas de décision"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD)
    franchir(dossier, "prendre_en_instruction", acteur=acteurs["referente"])
    with pytest.raises(ErreurMetier, match="demandez des compléments"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.AJOURNEMENT, motif="Attendre.")
    decision = fabrique.notifiee(dossier, acteurs)
    dossier.refresh_from_db()
    assert dossier.etat == Etat.ACCEPTE
    assert "commission" not in courrier_de(decision).corps.lower()


def test_avec_une_commission_son_avis_precede_la_decision(gap):
    equipe, acteurs = gap
    dossier = dossier_recu(equipe, etat=Etat.DEPOSE, demarche="lettre-intention")
    franchir(dossier, "prendre_en_instruction", acteur=acteurs["referente"])
    with pytest.raises(Refus, match="son avis précède la décision"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD)
    page = client_de(acteurs["referente"]).get(reverse("decisions:fiche", args=[dossier.reference])).content.decode()
    assert "son avis précède la décision" in page
