"""Trier les constats : qui, quoi, sans s'écraser, et ce que le journal en garde."""

import pytest
from django.db import IntegrityError, transaction

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.exports import donnees_de
from esperluette.diagnostics.actions import constats as actions
from esperluette.diagnostics.enums import DecisionDeConstat
from esperluette.diagnostics.lectures.constats import constats_vus, par_genre, phrases_gardees, retenus_de
from esperluette.diagnostics.models import PHRASE_MAXIMUM, ConstatRetenu
from esperluette.journal.lectures import evenements_de
from tests.fabriques.diagnostics import PHRASE, constat_garde, constat_lu
from tests.fabriques.equipes import AccesFabrique, MembreFabrique

pytestmark = pytest.mark.django_db
GARDE, MODIFIE, ECARTE = DecisionDeConstat.GARDE, DecisionDeConstat.MODIFIE, DecisionDeConstat.ECARTE


def sortes(equipe):
    return [e.sorte for e in evenements_de(equipe) if e.sorte.startswith("constat")]


def test_garder_garde_la_phrase_calculee_son_auteur_et_sa_source(equipe, porteur):
    retenu = actions.garder_constat(equipe, constat_lu(), acteur=porteur)
    assert (retenu.decision, retenu.phrase, retenu.phrase_origine) == (GARDE, PHRASE, PHRASE)
    assert (retenu.par, retenu.source, retenu.version) == (porteur, "Insee, essai, 2024", 1)
    (evenement,) = evenements_de(equipe)
    assert (evenement.sorte, evenement.donnees) == ("constat_garde", {"constat": "medecins-bas"})


def test_recrire_garde_les_deux_textes_et_le_journal_n_en_garde_aucun(equipe, porteur):
    retenu = actions.recrire_constat(equipe, constat_lu(), phrase="  Nos médecins\nsont rares. ", acteur=porteur)
    assert (retenu.decision, retenu.phrase) == (MODIFIE, "Nos médecins sont rares.")
    assert retenu.phrase_origine == PHRASE
    assert "rares" not in str([e.donnees for e in evenements_de(equipe)])


def test_recrire_avec_les_mots_du_calcul_revient_a_garder(equipe, porteur):
    assert actions.recrire_constat(equipe, constat_lu(), phrase=PHRASE, acteur=porteur).decision == GARDE


@pytest.mark.parametrize(
    ("phrase", "raison"),
    [
        ("", "Écrivez la phrase"),
        (" \x00 ", "Écrivez la phrase"),
        ("a" * (PHRASE_MAXIMUM + 1), "1001 signes : 1000 au plus"),
    ],
)
def test_une_phrase_impossible_est_refusee_avec_sa_raison(equipe, porteur, phrase, raison):
    with pytest.raises(ErreurMetier, match=raison):
        actions.recrire_constat(equipe, constat_lu(), phrase=phrase, acteur=porteur)
    assert not ConstatRetenu.objects.exists()


@pytest.mark.parametrize("phrase", ["<script>alert(1)</script>", "#set text(1pt) $x$ @ref", "é" * PHRASE_MAXIMUM])
def test_une_phrase_etrange_se_garde_telle_quelle(equipe, porteur, phrase):
    assert actions.recrire_constat(equipe, constat_lu(), phrase=phrase, acteur=porteur).phrase == phrase


def test_la_meme_decision_envoyee_deux_fois_n_ecrit_qu_une_fois(equipe, porteur):
    for _ in range(2):
        retenu = actions.ecarter_constat(equipe, constat_lu(), acteur=porteur, version=0)
    assert retenu.version == 1
    assert sortes(equipe) == ["constat_ecarte"]


def test_changer_d_avis_puis_revenir_a_trier(equipe, porteur):
    actions.ecarter_constat(equipe, constat_lu(), acteur=porteur)
    retenu = actions.garder_constat(equipe, constat_lu(), acteur=porteur, version=1)
    assert (retenu.decision, retenu.version) == (GARDE, 2)
    for _ in range(2):
        actions.retrier_constat(equipe, "medecins-bas", acteur=porteur)
    assert not ConstatRetenu.objects.exists()
    assert sorted(sortes(equipe)) == ["constat_a_retrier", "constat_ecarte", "constat_garde"]


def test_deux_personnes_ne_s_ecrasent_pas(equipe, porteur):
    autre = MembreFabrique(equipe=equipe, confirme=True).compte
    actions.recrire_constat(equipe, constat_lu(), phrase="La phrase de l’autre.", acteur=autre, version=0)
    with pytest.raises(Conflit, match="entre-temps"):
        actions.recrire_constat(equipe, constat_lu(), phrase="La mienne.", acteur=porteur, version=0)
    assert ConstatRetenu.objects.get().phrase == "La phrase de l’autre."


@pytest.mark.parametrize("geste", ["garder_constat", "ecarter_constat"])
def test_seuls_les_membres_confirmes_trient(equipe, geste):
    inconnus = (MembreFabrique(equipe=equipe).compte, AccesFabrique(equipe=equipe, rattache=True).compte)
    for compte in inconnus:
        with pytest.raises(Refus):
            getattr(actions, geste)(equipe, constat_lu(), acteur=compte)
    with pytest.raises(Refus):
        actions.retrier_constat(equipe, "medecins-bas", acteur=inconnus[1])


def test_la_base_refuse_deux_decisions_sur_un_constat(equipe):
    retenu = constat_garde(equipe)
    retenu.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        retenu.save(force_insert=True)


# --- Ce que l'écran en lit -------------------------------------------------------------------------------


def test_un_constat_dont_les_chiffres_ont_change_se_signale(equipe):
    constat_garde(equipe)
    (vu,) = constats_vus([constat_lu(phrase="On en compte encore moins.")], retenus_de(equipe))
    assert (vu.phrase, vu.lu.phrase, vu.a_change) == (PHRASE, "On en compte encore moins.", True)


def test_un_constat_decide_qui_ne_se_calcule_plus_reste_lisible(equipe):
    constat_garde(equipe)
    (vu,) = constats_vus([], retenus_de(equipe))
    assert (vu.phrase, vu.calcule, vu.a_change) == (PHRASE, False, False)


def test_les_constats_se_rangent_par_genre(equipe):
    lus = [constat_lu("q", genre="question"), constat_lu("f", genre="force"), constat_lu("g", genre="force")]
    rangs = [(genre.value, [v.lu.id for v in vus]) for genre, vus in par_genre(constats_vus(lus, {}))]
    assert rangs == [("force", ["f", "g"]), ("question", ["q"])]


def test_seules_les_phrases_gardees_se_reprennent_dans_le_projet(equipe, porteur):
    constat_garde(equipe, "a", genre="question", phrase="Une question ?")
    actions.recrire_constat(equipe, constat_lu("b", genre="force"), phrase="Notre force.", acteur=porteur)
    actions.ecarter_constat(equipe, constat_lu("c"), acteur=porteur)
    assert [r.phrase for r in phrases_gardees(equipe)] == ["Notre force.", "Une question ?"]


def test_donnees_de_disent_les_constats_dont_j_ai_decide(equipe, porteur):
    constat_garde(equipe)
    (mien,) = donnees_de(porteur)["constats_du_diagnostic"]
    assert (mien["equipe__nom"], mien["phrase"], mien["decision"]) == ("Équipe du Lié", PHRASE, "garde")
