"""Enregistrer, remplacer, retirer une patientèle ; dire ce que l'équipe partage."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.comptes.exports import donnees_de
from esperluette.diagnostics.models import CommuneDePatientele, Patientele, PatienteleCommune, TrancheDePatientele
from esperluette.diagnostics.patienteles import actions
from esperluette.diagnostics.patienteles.lectures import (
    Base,
    communes_declarees,
    ensemble,
    historique,
    part_en_commun,
    partages,
    patienteles_en_cours,
    phrases,
)
from esperluette.diagnostics.patienteles.partage import Encadrement, au_plus, suivis_a_plusieurs
from esperluette.equipes.actions import retirer_membre
from esperluette.journal.lectures import evenements_de
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.patienteles import LOUDEAC, PLOUGUENAST, ROSTRENEN, agregat, patientele, patientele_commune

pytestmark = pytest.mark.django_db


def sortes(equipe):
    return [e.sorte for e in evenements_de(equipe) if e.sorte.startswith("patientele")]


def test_une_patientele_se_garde_par_commune_et_par_age_sans_les_croiser(equipe):
    gardee = patientele(equipe, membre=equipe.porteur, autres=(3, 20), periode="année 2025")
    assert (gardee.total, gardee.version, gardee.periode) == (1420, 1, "année 2025")
    assert {c.commune_id: c.effectif for c in gardee.communes.all()} == {
        LOUDEAC: 1000, PLOUGUENAST: 300, ROSTRENEN: 100,
    }  # fmt: skip
    assert [t.libelle for t in gardee.tranches.all()] == ["0 à 59 ans", "60 ans et plus"]
    assert sortes(equipe) == ["patientele_enregistree"]


def test_le_meme_apercu_enregistre_deux_fois_ne_fait_qu_une_version(equipe):
    lu, acteur = agregat({LOUDEAC: 50}), equipe.porteur.compte
    deux = [actions.enregistrer_la_patientele(equipe, acteur=acteur, membre=None, agregat=lu) for _ in range(2)]
    assert deux[0] == deux[1]
    assert Patientele.objects.count() == 1
    assert len(sortes(equipe)) == 1


def test_une_nouvelle_version_remplace_la_precedente_qui_reste_dans_l_histoire(equipe):
    patientele(equipe, {LOUDEAC: 50})
    patientele(equipe, {LOUDEAC: 70})
    assert [(p.version, p.total) for p in patienteles_en_cours(equipe)] == [(2, 70)]
    assert [(p.version, p.total) for p in historique(equipe)] == [(1, 50)]


def test_retirer_efface_les_effectifs_de_toutes_les_versions(equipe):
    patientele(equipe, {LOUDEAC: 50})
    gardee = patientele(equipe, {LOUDEAC: 70})
    autre = patientele(equipe, {LOUDEAC: 30}, membre=equipe.porteur)
    for _ in range(2):
        actions.retirer_la_patientele(gardee, acteur=equipe.porteur.compte)
    assert patienteles_en_cours(equipe) == [autre]
    assert {p.total for p in historique(equipe)} == {None}
    assert set(CommuneDePatientele.objects.values_list("patientele", flat=True)) == {autre.pk}
    assert set(TrancheDePatientele.objects.values_list("patientele", flat=True)) == {autre.pk}
    assert sortes(equipe).count("patientele_retiree") == 1


def test_apres_un_retrait_on_peut_deposer_de_nouveau(equipe):
    actions.retirer_la_patientele(patientele(equipe, {LOUDEAC: 50}), acteur=equipe.porteur.compte)
    assert patientele(equipe, {LOUDEAC: 60}).version == 2


@pytest.mark.parametrize(
    ("qui", "de", "motif"),
    [
        ("membre", "equipe", "Seul le porteur tient la patientèle de l’équipe"),
        ("membre", "porteur", "Seuls le porteur et la personne concernée"),
        ("invite", "equipe", "Confirmez d’abord"),
        ("etranger", "equipe", "Seuls les membres de l’équipe"),
    ],
)
def test_chacun_ne_tient_que_sa_patientele(equipe, qui, de, motif):
    acteur = {
        "membre": lambda: MembreFabrique(equipe=equipe, confirme=True).compte,
        "invite": lambda: MembreFabrique(equipe=equipe, compte=CompteFabrique(), invite=True).compte,
        "etranger": CompteFabrique,
    }[qui]()
    membre = equipe.porteur if de == "porteur" else None
    with pytest.raises(Refus, match=motif):
        actions.enregistrer_la_patientele(equipe, acteur=acteur, membre=membre, agregat=agregat({LOUDEAC: 50}))
    assert not Patientele.objects.exists()


def test_un_membre_tient_la_sienne_et_le_porteur_celle_de_tous(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    for acteur in (membre.compte, equipe.porteur.compte):
        actions.enregistrer_la_patientele(equipe, acteur=acteur, membre=membre, agregat=agregat({LOUDEAC: 50}))
    assert Patientele.objects.get(courante=True).version == 2


def test_la_patientele_d_un_membre_d_une_autre_equipe_se_refuse(equipe):
    autre = EquipeFabrique().porteur
    with pytest.raises(Refus, match="n’est pas de l’équipe"):
        patientele(equipe, {LOUDEAC: 50}, membre=autre)


def test_un_apercu_ne_sert_qu_a_qui_il_etait(equipe):
    lu, acteur = agregat({LOUDEAC: 50}), equipe.porteur.compte
    actions.enregistrer_la_patientele(equipe, acteur=acteur, membre=None, agregat=lu)
    with pytest.raises(Refus, match="a déjà servi"):
        actions.enregistrer_la_patientele(equipe, acteur=acteur, membre=equipe.porteur, agregat=lu)


def test_qui_quitte_l_equipe_emporte_sa_patientele(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    gardee, reste = patientele(equipe, {LOUDEAC: 50}, membre=membre), patientele(equipe, membre=equipe.porteur)
    patientele_commune(equipe, equipe.porteur, membre)
    patientele_commune(equipe)
    retirer_membre(membre, acteur=equipe.porteur.compte)
    gardee.refresh_from_db()
    assert (gardee.total, gardee.communes.count(), gardee.tranches.count()) == (None, 0, 0)
    assert patienteles_en_cours(equipe) == [reste]
    assert [c.membre for c in PatienteleCommune.objects.all()] == [None]
    assert sortes(equipe).count("patientele_retiree") == 1


@pytest.mark.parametrize(
    "ecrire",
    [
        lambda p: Patientele.objects.filter(pk=p.pk).update(total=10),
        lambda p: Patientele.objects.filter(pk=p.pk).update(ald=3),
        lambda p: Patientele.objects.filter(pk=p.pk).update(autres_effectif=9),
        lambda p: p.communes.update(effectif=10),
        lambda p: p.tranches.update(effectif=1),
        lambda p: p.tranches.update(ald=10),
        lambda p: PatienteleCommune.objects.create(equipe=p.equipe, effectif=4, declaree_par=p.importee_par),
    ],
)
def test_la_base_elle_meme_refuse_un_effectif_faible(equipe, ecrire):
    gardee = patientele(equipe)
    with pytest.raises(IntegrityError), transaction.atomic():
        ecrire(gardee)


# --- Réunir ----------------------------------------------------------------------------------


def test_le_tableau_de_l_equipe_l_emporte_sur_la_somme_de_ceux_des_membres(equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    patientele(equipe, {LOUDEAC: 50, PLOUGUENAST: 20}, membre=membre)
    patientele(equipe, {LOUDEAC: 100}, membre=equipe.porteur, autres=(2, 15))
    somme = ensemble(equipe)
    assert (somme.base, somme.total, somme.autres_effectif) == (Base.MEMBRES, 185, 15)
    assert somme.communes == {LOUDEAC: 150, PLOUGUENAST: 20}
    patientele(equipe, {LOUDEAC: 120})
    assert (ensemble(equipe).base, ensemble(equipe).total) == (Base.EQUIPE, 120)


def test_les_territoires_primaire_et_secondaire_vont_de_la_plus_a_la_moins_representee(equipe):
    patientele(equipe, {"22136": 400, "22219": 250, "22266": 200, "22278": 90, "29019": 60})
    assert [(p.code, p.rang.libelle) for p in ensemble(equipe).places] == [
        ("22136", "Territoire primaire"),
        ("22219", "Territoire primaire"),  # c'est elle qui fait franchir la moitié
        ("22266", "Territoire secondaire"),
        ("22278", "Au-delà"),
        ("29019", "Au-delà"),
    ]
    assert [round(p.cumul) for p in ensemble(equipe).places] == [40, 65, 85, 94, 100]


@pytest.mark.parametrize("membres", [1, 3])
def test_lire_les_patienteles_coute_autant_a_une_et_a_trois(equipe, membres, django_assert_num_queries):
    for membre in [equipe.porteur, *MembreFabrique.create_batch(membres - 1, equipe=equipe, confirme=True)]:
        patientele(equipe, membre=membre)
    with django_assert_num_queries(4):
        lues = patienteles_en_cours(equipe)
        assert next(c.commune.nom for c in lues[0].communes.all()) == "Loudéac"
        assert ensemble(equipe, lues).total == 1400 * membres


# --- La patientèle commune -------------------------------------------------------------------


def test_une_patientele_commune_se_declare_se_corrige_et_se_retire(equipe):
    autre, acteur = MembreFabrique(equipe=equipe, confirme=True), equipe.porteur.compte
    for paire in ((equipe.porteur, autre), (autre, equipe.porteur)):  # l'ordre est indifférent
        actions.declarer_la_patientele_commune(equipe, acteur=acteur, membres=paire, effectif=120)
    (declaree,) = communes_declarees(equipe)
    assert declaree.effectif == 120
    assert sortes(equipe) == ["patientele_commune_declaree"]
    actions.declarer_la_patientele_commune(equipe, acteur=acteur, membres=(equipe.porteur, autre), effectif=0)
    assert communes_declarees(equipe)[0].effectif == 0
    for _ in range(2):
        actions.retirer_la_patientele_commune(declaree, acteur=acteur)
    assert communes_declarees(equipe) == []
    assert sortes(equipe).count("patientele_commune_retiree") == 1


def test_une_patientele_commune_faible_ne_garde_pas_son_nombre(equipe):
    declaree = actions.declarer_la_patientele_commune(
        equipe, acteur=equipe.porteur.compte, membres=None, effectif=10
    )  # fmt: skip
    assert declaree.effectif is None


def test_on_ne_partage_pas_ses_patients_avec_soi_meme_ni_avec_un_absent(equipe):
    acteur, parti = equipe.porteur.compte, MembreFabrique(equipe=equipe, confirme=True, parti=True)
    for paire in ((equipe.porteur, equipe.porteur), (equipe.porteur, parti)):
        with pytest.raises(ErreurMetier, match="deux membres différents"):
            actions.declarer_la_patientele_commune(equipe, acteur=acteur, membres=paire, effectif=50)


def test_la_part_commune_se_dit_de_chaque_patientele(equipe):
    autre = MembreFabrique(equipe=equipe, confirme=True, nom="Kerbrat")
    patientele(equipe, {LOUDEAC: 300}, membre=equipe.porteur)
    patientele(equipe, {LOUDEAC: 480}, membre=autre)
    declaree = actions.declarer_la_patientele_commune(
        equipe, acteur=autre.compte, membres=(equipe.porteur, autre), effectif=120
    )
    dite = part_en_commun(declaree, patienteles_en_cours(equipe))
    assert dite == f"40 % de celle de {equipe.porteur}, 25 % de celle de {autre}"


def test_deux_tableaux_et_celui_de_l_equipe_disent_la_patientele_commune(equipe):
    autre = MembreFabrique(equipe=equipe, confirme=True)
    patientele(equipe, {LOUDEAC: 300}, membre=equipe.porteur)
    patientele(equipe, {LOUDEAC: 200}, membre=autre)
    assert len(partages(equipe, patienteles_en_cours(equipe))) == 1  # un plafond seulement
    patientele(equipe, {LOUDEAC: 400})
    de_l_equipe, _ = partages(equipe, patienteles_en_cours(equipe))
    assert de_l_equipe.phrase == "100 patients"


def test_tant_qu_un_soignant_n_a_rien_depose_l_equipe_ne_se_compare_pas(equipe):
    autre, _ = MembreFabrique.create_batch(2, equipe=equipe, confirme=True)
    patientele(equipe, {LOUDEAC: 300}, membre=equipe.porteur)
    patientele(equipe, {LOUDEAC: 200}, membre=autre)
    patientele(equipe, {LOUDEAC: 400})
    assert not [p for p in partages(equipe, patienteles_en_cours(equipe)) if p.qui.startswith("Au moins deux")]


@pytest.mark.parametrize(
    ("encadrement", "phrase"),
    [
        (Encadrement(0, 0), "aucun patient"),
        (Encadrement(4, 4), "moins de 11 patients"),
        (Encadrement(0, 10), "moins de 11 patients"),
        (Encadrement(120, 120), "120 patients"),
        (Encadrement(3, 40), "au plus 40 patients"),
        (Encadrement(50, 80), "entre 50 et 80 patients"),
    ],
)
def test_un_encadrement_ne_dit_jamais_un_nombre_faible(encadrement, phrase):
    assert encadrement.phrase == phrase


patients = st.lists(st.tuples(st.sampled_from("abcde"), st.sets(st.integers(0, 3))), max_size=60)


@given(patients)
def test_l_encadrement_contient_toujours_le_vrai_nombre_de_patients_communs(suivis):
    membres = [sum(1 for _, par in suivis if m in par) for m in range(4)]
    total = sum(1 for _, par in suivis if par)
    vrai = sum(1 for _, par in suivis if len(par) >= 2)
    encadrement = suivis_a_plusieurs(total, membres)
    assert encadrement is not None
    assert encadrement.minimum <= vrai <= encadrement.maximum


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["un", "autre", "deux"])), max_size=150))
def test_le_plafond_de_deux_tableaux_masques_n_est_jamais_depasse(suivis):
    nommees, tus = [], []
    for qui in ("un", "autre"):
        par_commune = {c: sum(1 for d, par in suivis if d == c and par in (qui, "deux")) for c in "abcdefgh"}
        faibles = sum(n for n in par_commune.values() if n < 11)
        nommees.append({c: n for c, n in par_commune.items() if n >= 11})
        tus.append(faibles if faibles >= 11 else 0)  # un reste trop faible n'est pas gardé
    vrai = sum(1 for _, par in suivis if par == "deux")
    assert vrai <= au_plus(*nommees, tus_un=tus[0], tus_autre=tus[1])


def test_la_patientele_se_dit_en_phrases(equipe):
    autre = MembreFabrique(equipe=equipe, confirme=True)
    patientele(equipe, {LOUDEAC: 1200, PLOUGUENAST: 600, ROSTRENEN: 200}, ald=500)
    declarees = [patientele_commune(equipe, effectif=300), patientele_commune(equipe, equipe.porteur, autre)]
    dites = phrases(ensemble(equipe), {LOUDEAC: "Loudéac", PLOUGUENAST: "Plouguenast-Langast"}, declarees)
    assert dites == [
        "2\u202f000 patients (chaque patient compté une fois).",
        "500 sont en affection de longue durée, soit 25 %.",
        "90 % viennent de Loudéac (60 %), Plouguenast-Langast (30 %).",
        "Par âge : 0 à 59 ans 50 %, 60 ans et plus 50 %.",
        "300 patients sont suivis par au moins deux membres de l’équipe.",
        f"120 patients sont suivis par {declarees[1].membre} et {declarees[1].autre}.",
    ]


def test_des_ages_decoupes_autrement_ne_s_additionnent_pas(equipe):
    patientele(equipe, {LOUDEAC: 100}, membre=equipe.porteur)
    patientele(equipe, {LOUDEAC: 100}, membre=MembreFabrique(equipe=equipe, confirme=True), tranches=((0, None),))
    dites = phrases(ensemble(equipe), {LOUDEAC: "Loudéac"})
    assert not any("Par âge" in phrase for phrase in dites)
    assert "y compte deux fois" in dites[0]


def test_sans_patientele_aucune_phrase(equipe):
    assert phrases(ensemble(equipe), {}) == []


def test_mes_donnees_disent_ce_que_j_ai_depose(equipe):
    patientele(equipe, {LOUDEAC: 50})
    actions.declarer_la_patientele_commune(equipe, acteur=equipe.porteur.compte, membres=None, effectif=30)
    part = donnees_de(equipe.porteur.compte)["patienteles"]
    assert [p["total"] for p in part["deposees"]] == [50]
    assert [c["effectif"] for c in part["communes_declarees"]] == [30]
    assert donnees_de(CompteFabrique())["patienteles"] == {"deposees": [], "communes_declarees": []}
