"""Les délais avec le temps : l'horloge tenue par le cycle, les alertes, les relances ; chacune une seule fois."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.complements import taches
from esperluette.complements.actions import demandes as actions
from esperluette.complements.models import DemandeDeComplements, Rappel
from esperluette.dossiers.cycle import poser_echeance
from esperluette.dossiers.delais import explication, horloge_de, reponse_apres_seance
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import echeance_de, phrase_pour
from esperluette.dossiers.models import Dossier, Passage
from esperluette.instruction.actions import prendre_en_instruction, rendre
from esperluette.notifications.models import Courriel
from tests.fabriques import complements as fabrique
from tests.fabriques.complements import dans
from tests.fabriques.comptes import FonctionFabrique

pytestmark = pytest.mark.django_db


def lu(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def vieillir(dossier, jours):
    """Tout ce qui est arrivé au dossier est arrivé `jours` plus tôt."""
    recul = timedelta(days=jours)
    for passage in Passage.objects.filter(dossier=dossier):
        avant_le = passage.avant_le - recul if passage.avant_le else None
        Passage.objects.filter(pk=passage.pk).update(le=passage.le - recul, avant_le=avant_le)
    dossier = lu(dossier)
    Dossier.objects.filter(pk=dossier.pk).update(
        depose_le=dossier.depose_le - recul,
        silence_le=dossier.silence_le - recul if dossier.silence_le else None,
        echeance=dossier.echeance - recul if dossier.echeance else None,
    )
    for demande in dossier.demandes.all():
        DemandeDeComplements.objects.filter(pk=demande.pk).update(
            avant_le=demande.avant_le - recul, demandee_le=demande.demandee_le - recul
        )
    return lu(dossier)


def gabarits(nom):
    return Courriel.objects.filter(gabarit=f"complements/{nom}")


# --- L'horloge tenue par le cycle ----------------------------------------------------------------------


def test_le_depot_pose_l_echeance_et_tous_disent_la_meme_date(dossier, acteurs):
    attendue = ajouter_mois(timezone.localdate(), 2)
    dossier = lu(dossier)
    assert (dossier.silence_le, dossier.echeance) == (attendue, attendue)
    assert dossier.echeance_nature == NatureEcheance.SILENCE
    assert echeance_de(dossier) == phrase_pour(dossier, "agent").echeance == attendue
    assert phrase_pour(dossier, "equipe").echeance == attendue
    assert horloge_de(dossier).echeance == attendue


def test_prendre_puis_rendre_ne_change_pas_l_echeance(dossier, acteurs):
    avant = lu(dossier).silence_le
    pris = prendre_en_instruction(dossier, acteur=acteurs["referente"])
    assert (pris.silence_le, pris.echeance) == (avant, avant)
    assert rendre(pris, acteur=acteurs["referente"]).silence_le == avant


def test_le_temps_passe_chez_l_equipe_decale_l_echeance_d_autant(dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    dossier = vieillir(dossier, 10)
    demande = fabrique.demande(dossier, acteurs["referente"])
    dossier = vieillir(dossier, 7)
    vue = horloge_de(dossier)
    assert (vue.jours, vue.echeance) == (10, None)
    assert vue.suspendue_depuis == timezone.localdate() - timedelta(days=7)
    demande.refresh_from_db()
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    depot = fabrique.redeposer(dossier)
    premier = timezone.localdate(lu(dossier).depose_le)
    assert depot.dossier.silence_le == ajouter_mois(premier, 2) + timedelta(days=7)
    assert depot.dossier.echeance == depot.dossier.silence_le


def test_le_delai_donne_passe_l_echeance_revient_sans_que_l_etat_change(demande, dossier):
    dossier = vieillir(dossier, 31)
    assert dossier.silence_le is None
    taches.tenir_les_delais()
    dossier = lu(dossier)
    assert dossier.etat == Etat.A_COMPLETER
    assert dossier.silence_le == ajouter_mois(timezone.localdate(dossier.depose_le), 2) + timedelta(days=31)
    assert dossier.echeance_nature == NatureEcheance.COMPLEMENTS


def test_prolonger_apres_coup_suspend_de_nouveau(demande, dossier, acteurs):
    vieillir(dossier, 31)
    taches.tenir_les_delais()
    actions.prolonger(demande, acteur=acteurs["referente"], avant_le=dans(10))
    assert lu(dossier).silence_le is None
    assert lu(dossier).echeance == dans(10)


def test_l_explication_dit_d_ou_vient_le_chiffre(demande, dossier):
    dossier = lu(dossier)
    phrases = " ".join(explication(dossier, horloge_de(dossier)))
    for attendu in ("Le délai est de 2 mois", "L’horloge est arrêtée depuis", "article L. 114-5", "Source : "):
        assert attendu in phrases


def test_un_dossier_depose_avant_les_passages_garde_son_echeance(dossier):
    Passage.objects.filter(dossier=dossier).delete()
    Dossier.objects.filter(pk=dossier.pk).update(silence_le=None, echeance=None, echeance_nature="")
    taches.tenir_les_delais()
    assert lu(dossier).silence_le == ajouter_mois(timezone.localdate(), 2)
    assert lu(dossier).echeance == lu(dossier).silence_le


def test_sans_promesse_comptee_de_la_seance_pas_de_date_de_reponse(dossier):
    assert reponse_apres_seance(dossier, timezone.localdate()) is None


def test_la_reponse_promise_apres_la_seance_a_sa_date():
    fiche = Dossier(region="provence-alpes-cote-d-azur", edition="2022-02", demarche="lettre-intention")
    assert reponse_apres_seance(fiche, date(2026, 12, 4)) == date(2027, 1, 4)


def test_une_autre_echeance_ne_s_efface_pas_au_passage_de_l_entretien(dossier):
    poser_echeance(lu(dossier), dans(5), NatureEcheance.SEANCE)
    taches.tenir_les_delais()
    assert (lu(dossier).echeance, lu(dossier).echeance_nature) == (dans(5), NatureEcheance.SEANCE)


# --- Le silence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reste", "attendu"), [(16, None), (15, 15), (9, 15), (7, 7), (3, 7), (2, 2), (0, 2), (-1, None)]
)
def test_le_palier_est_le_plus_proche_de_l_echeance(reste, attendu):
    assert taches.palier(reste, (15, 7, 2)) == attendu


@pytest.mark.parametrize("reste", [15, 7, 2])
def test_l_agent_et_l_autorite_sont_alertes_une_seule_fois(reste, dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    total = (lu(dossier).silence_le - timezone.localdate()).days
    vieillir(dossier, total - reste)
    for _ in range(2):
        taches.tenir_les_delais()
    assert set(gabarits("silence").values_list("destinataire", flat=True)) == {
        acteurs["referente"].courriel, acteurs["autorite"].courriel,
    }  # fmt: skip
    assert gabarits("silence").count() == 2
    assert Rappel.objects.get().jours == reste


def test_les_trois_alertes_partent_l_une_apres_l_autre(dossier, acteurs, monkeypatch):
    echeance = lu(dossier).silence_le
    for reste in range(20, -5, -1):
        monkeypatch.setattr(taches.timezone, "localdate", lambda *_, jour=echeance - timedelta(days=reste): jour)
        taches.tenir_les_delais()
    assert sorted(Rappel.objects.values_list("jours", flat=True)) == [2, 7, 15]
    assert lu(dossier).etat == Etat.DEPOSE


def test_l_agent_affecte_est_prevenu_et_l_autorite_d_ailleurs_non(dossier, acteurs):
    affecte = FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte
    ailleurs = FonctionFabrique(autorite=True, departement=acteurs["referent_ailleurs"].fonctions.get().departement)
    Dossier.objects.filter(pk=dossier.pk).update(affecte_a=affecte)
    vieillir(dossier, (lu(dossier).silence_le - timezone.localdate()).days - 2)
    taches.tenir_les_delais()
    prevenus = set(gabarits("silence").values_list("destinataire", flat=True))
    assert affecte.courriel in prevenus
    assert ailleurs.compte.courriel not in prevenus


def test_un_dossier_suspendu_n_alerte_personne(demande, dossier):
    vieillir(dossier, 20)
    taches.alerter_du_silence()
    assert not gabarits("silence").exists()


def test_l_echeance_passee_se_dit_des_deux_cotes_avec_les_recours_et_l_etat_ne_change_pas(dossier):
    dossier = vieillir(dossier, 70)
    taches.tenir_les_delais()
    dossier = lu(dossier)
    assert dossier.etat == Etat.DEPOSE
    for public in ("equipe", "agent"):
        suite = phrase_pour(dossier, public).ensuite
        assert "réputée rejetée" in suite
        assert "tribunal administratif" in suite
    assert not gabarits("silence").exists()


# --- Les compléments -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reste", [7, 2])
def test_toute_l_equipe_est_relancee_une_seule_fois(reste, demande, dossier, equipe):
    vieillir(dossier, 30 - reste)
    for _ in range(2):
        taches.tenir_les_delais()
    relances = gabarits("relance")
    assert sorted(relances.values_list("destinataire", flat=True)) == sorted(m.courriel for m in equipe.membres.all())
    assert f"plus que {reste} jours" in relances[0].objet


def test_une_date_prolongee_relance_de_nouveau(demande, dossier, acteurs):
    vieillir(dossier, 28)
    taches.tenir_les_delais()
    actions.prolonger(demande, acteur=acteurs["referente"], avant_le=dans(7))
    taches.tenir_les_delais()
    assert gabarits("relance").count() == 4


def test_la_date_passee_previent_l_agent_et_rien_d_autre(demande, dossier, acteurs):
    vieillir(dossier, 31)
    for _ in range(2):
        taches.tenir_les_delais()
    assert gabarits("retard").get().destinataire == acteurs["referente"].courriel
    assert lu(dossier).etat == Etat.A_COMPLETER
    assert "est passée" in phrase_pour(lu(dossier), "agent").texte


def test_une_demande_repondue_ne_relance_plus(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    fabrique.redeposer(dossier)
    vieillir(dossier, 28)
    taches.tenir_les_delais()
    assert not gabarits("relance").exists()
