"""Retirer une reconnaissance, en deux temps : l'intention, la réponse de l'équipe, la décision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from esperluette.reconnaissances.actions.reconnaissance import corriger_la_reconnaissance, reconnaitre
from esperluette.reconnaissances.actions.retrait import decider, envisager, repondre
from esperluette.reconnaissances.enums import EtatReconnaissance, IssueRetrait
from esperluette.reconnaissances.lectures import annuaire, limite_du_retrait, verifiable
from esperluette.reconnaissances.models import Retrait

pytestmark = pytest.mark.django_db
JOUR = timezone.localdate
UN_JOUR = timedelta(days=1)


@pytest.fixture
def retrait(reconnaissance, referente):
    return envisager(
        reconnaissance, acteur=referente, motif="Aucune réunion depuis un an.", reponse_avant_le=JOUR() + 15 * UN_JOUR
    )


def test_l_intention_ne_retire_rien_et_previent_l_equipe(reconnaissance, retrait):
    reconnaissance.refresh_from_db()
    assert reconnaissance.etat == EtatReconnaissance.EN_COURS
    assert len(annuaire()) == 1
    assert Courriel.objects.filter(texte__contains="Rien n’est décidé").count() == 2
    assert not Courriel.objects.filter(texte__contains="Aucune réunion").exists()


def test_on_ne_retire_pas_avant_la_reponse_ou_la_fin_du_delai(retrait, autorite):
    with pytest.raises(ErreurMetier, match="attendez sa réponse"):
        decider(retrait, acteur=autorite, issue="retiree", motif="Un motif")
    retrait.refresh_from_db()
    assert retrait.est_ouvert
    maintenue = decider(retrait, acteur=autorite, issue="maintenue", motif="Les réunions ont repris.")
    assert maintenue.issue == IssueRetrait.MAINTENUE


def test_le_retrait_decide_apres_la_reponse(reconnaissance, retrait, acteurs, autorite):
    repondre(retrait, acteur=acteurs["porteuse"], observations="Les réunions reprennent en mars.")
    assert Courriel.objects.filter(destinataire=acteurs["referente"].courriel).exists()
    decide = decider(retrait, acteur=autorite, issue="retiree", motif="Aucune date n’est donnée.")
    assert decider(retrait, acteur=autorite, issue="retiree", motif="Aucune date n’est donnée.").pk == decide.pk
    reconnaissance.refresh_from_db()
    assert reconnaissance.etat == EtatReconnaissance.RETIREE
    assert (reconnaissance.retiree_le, reconnaissance.fin) == (JOUR(), JOUR() - UN_JOUR)
    assert annuaire() == []
    assert verifiable(reconnaissance.numero).etat == EtatReconnaissance.RETIREE
    sortes = set(evenements_de(reconnaissance.equipe).values_list("sorte", flat=True))
    assert {"retrait_envisage", "retrait_observations", "reconnaissance_retiree", "retrait_decide"} <= sortes


def test_le_delai_passe_sans_reponse_permet_de_decider(retrait, autorite):
    Retrait.objects.update(reponse_avant_le=JOUR() - UN_JOUR)
    assert decider(retrait, acteur=autorite, issue="retiree", motif="Un motif").issue == IssueRetrait.RETIREE


def test_un_retrait_a_venir_vaut_jusqu_a_la_veille(reconnaissance, retrait, acteurs, autorite):
    repondre(retrait, acteur=acteurs["porteuse"], observations="Nous comprenons.")
    with pytest.raises(ErreurMetier, match="vaut pour l’avenir"):
        decider(retrait, acteur=autorite, issue="retiree", motif="Un motif", effet_le=JOUR() - UN_JOUR)
    decider(retrait, acteur=autorite, issue="retiree", motif="Un motif", effet_le=JOUR() + 3 * UN_JOUR)
    reconnaissance.refresh_from_db()
    assert reconnaissance.est_en_cours
    assert reconnaissance.fin == JOUR() + 2 * UN_JOUR


def test_deux_onglets_ne_decident_pas_deux_fois(retrait, acteurs, autorite):
    repondre(retrait, acteur=acteurs["porteuse"], observations="Une réponse")
    decider(retrait, acteur=autorite, issue="maintenue", motif="Un motif")
    with pytest.raises(Conflit, match="déjà décidé"):
        decider(retrait, acteur=autorite, issue="retiree", motif="Un autre motif")
    with pytest.raises(Refus, match="déjà décidé"):
        repondre(retrait, acteur=acteurs["porteuse"], observations="Trop tard")


def test_un_seul_retrait_envisage_a_la_fois(reconnaissance, retrait, referente):
    meme = envisager(reconnaissance, acteur=referente, motif=retrait.motif, reponse_avant_le=retrait.reponse_avant_le)
    assert meme == retrait
    with pytest.raises(Conflit, match="décidez d’abord"):
        envisager(reconnaissance, acteur=referente, motif="Autre chose", reponse_avant_le=JOUR() + UN_JOUR)


@pytest.mark.parametrize(("motif", "jours"), [(" ", 10), ("Un motif", 0), ("Un motif", -1)])
def test_une_intention_sans_motif_ou_sans_delai_se_refuse(reconnaissance, referente, motif, jours):
    with pytest.raises(ErreurMetier):
        envisager(reconnaissance, acteur=referente, motif=motif, reponse_avant_le=JOUR() + jours * UN_JOUR)


def test_chacun_son_geste(reconnaissance, retrait, acteurs):
    for role in ("membre", "referente", "porteuse_ailleurs"):
        with pytest.raises(Refus):
            repondre(retrait, acteur=acteurs[role], observations="Une réponse")
    for role in ("porteuse", "referent_ailleurs", "presidente"):
        with pytest.raises(Refus):
            envisager(reconnaissance, acteur=acteurs[role], motif="m", reponse_avant_le=JOUR() + UN_JOUR)
    for role in ("referente", "porteuse"):
        with pytest.raises(Refus):
            decider(retrait, acteur=acteurs[role], issue="maintenue", motif="Un motif")


def test_une_reconnaissance_retiree_ne_se_corrige_plus_mais_l_equipe_peut_l_etre_de_nouveau(
    reconnaissance, retrait, acteurs, autorite
):
    repondre(retrait, acteur=acteurs["porteuse"], observations="Une réponse")
    decider(retrait, acteur=autorite, issue="retiree", motif="Un motif")
    reconnaissance.refresh_from_db()
    with pytest.raises(ErreurMetier, match="a été retirée"):
        corriger_la_reconnaissance(reconnaissance, acteur=autorite, fin=None)
    nouvelle = reconnaitre(reconnaissance.equipe, acteur=autorite, forme="esp", debut=JOUR(), decision="Décision 2")
    assert nouvelle.etat == EtatReconnaissance.EN_COURS


def test_le_delai_pour_retirer_vient_de_l_edition_et_n_empeche_rien(reconnaissance):
    limite = limite_du_retrait(reconnaissance)
    assert limite.jour.isoformat() == "2025-07-01"
    assert limite.passee
