"""Demander un chiffre à l'ARS, relancer, retirer, répondre : qui le peut, ce qui s'écrit, qui est prévenu."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.dossiers.actions.depot import retirer as retirer_le_dossier
from esperluette.journal.models import Evenement
from esperluette.notifications.models import Courriel
from esperluette.sollicitations import actions
from esperluette.sollicitations.enums import EtatSollicitation
from esperluette.sollicitations.lectures import a_traiter_par
from esperluette.sollicitations.models import LONGUEUR, Sollicitation
from tests.fabriques.sollicitations import LIBELLE, REPONSE, fournie, indisponible, sollicitation

pytestmark = pytest.mark.django_db


def prevenus(gabarit):
    return {c.destinataire for c in Courriel.objects.filter(gabarit=f"sollicitations/{gabarit}")}


def vieillir(demande, jours=8):
    Sollicitation.objects.filter(pk=demande.pk).update(demandee_le=timezone.now() - timedelta(days=jours))
    demande.refresh_from_db()
    return demande


# --- Demander --------------------------------------------------------------------------------------


def test_les_agents_du_territoire_sont_prevenus_sans_la_question_ni_la_reference(demande, acteurs):
    assert demande.etat == EtatSollicitation.EN_ATTENTE
    assert prevenus("demande") == {acteurs["referente"].courriel, acteurs["collegue"].courriel}
    for courriel in Courriel.objects.filter(gabarit="sollicitations/demande"):
        assert demande.dossier.equipe.nom in courriel.objet
        assert f"/instruction/chiffres/{demande.pk}/" in courriel.texte
        for tu in (LIBELLE, demande.dossier.reference):
            assert tu not in courriel.objet + courriel.texte


@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "porteuse_ailleurs", "inconnue"])
def test_seuls_les_membres_demandent(qui, brouillon, acteurs):
    with pytest.raises(Refus):
        sollicitation(brouillon, acteur=acteurs[qui])
    assert not Sollicitation.objects.exists()


def test_on_ne_demande_plus_rien_d_un_dossier_depose(dossier, acteurs):
    with pytest.raises(Refus, match="ses réponses ne changent plus"):
        sollicitation(dossier)


def test_le_meme_envoi_fait_deux_fois_ne_demande_qu_une_fois(demande):
    encore = sollicitation(demande.dossier, libelle="Autre", jeton=demande.jeton)
    assert encore == demande
    assert Sollicitation.objects.count() == 1
    assert Courriel.objects.filter(gabarit="sollicitations/demande").count() == 2  # deux agents, une fois chacun


def test_les_demandes_en_attente_sont_comptees(settings, demande, acteurs):
    settings.SOLLICITATIONS_EN_ATTENTE = 2
    seconde = sollicitation(demande.dossier)
    with pytest.raises(ErreurMetier, match="2 demandes attendent déjà"):
        sollicitation(demande.dossier)
    actions.retirer(seconde, acteur=acteurs["membre"])
    assert sollicitation(demande.dossier).est_en_attente


@pytest.mark.parametrize(
    ("champs", "raison"),
    [
        ({"libelle": " \x00 "}, "Dites le chiffre demandé"),
        ({"libelle": "x" * 201}, "201 signes"),
        ({"precisions": "x" * (LONGUEUR + 1)}, "la limite est de"),
        ({"rubrique": "inconnue"}, "Choisissez la rubrique"),
    ],
)
def test_une_demande_mal_faite_est_refusee_et_ne_s_ecrit_pas(champs, raison, brouillon, acteurs):
    with pytest.raises(ErreurMetier, match=raison):
        sollicitation(brouillon, **champs)
    assert not Sollicitation.objects.exists()


def test_chaque_acte_est_au_journal_du_dossier_sans_texte(demande, acteurs):
    vieillir(demande)
    actions.relancer(demande, acteur=acteurs["membre"])
    indisponible(demande, acteurs["referente"])
    fournie(demande, acteurs["referente"])
    autre = sollicitation(demande.dossier)
    actions.retirer(autre, acteur=acteurs["porteuse"])
    actes = Evenement.objects.filter(sorte__startswith="chiffre_").order_by("pk")
    assert [a.sorte for a in actes] == [
        "chiffre_demande", "chiffre_relance", "chiffre_indisponible", "chiffre_donne", "chiffre_fourni",
        "chiffre_demande", "chiffre_retire",
    ]  # fmt: skip
    assert {cle for a in actes for cle in a.donnees} == {"sollicitation", "champ"}


# --- Relancer, retirer -----------------------------------------------------------------------------


def test_une_relance_attend_son_delai_puis_previent_les_agents(settings, demande, acteurs):
    settings.SOLLICITATION_RELANCE_JOURS = 7
    with pytest.raises(ErreurMetier, match="prévenue il y a moins de 7 jours"):
        actions.relancer(demande, acteur=acteurs["membre"])
    vieillir(demande)
    relancee = actions.relancer(demande, acteur=acteurs["membre"])
    assert relancee.relances == 1
    assert prevenus("relance") == {acteurs["referente"].courriel, acteurs["collegue"].courriel}
    with pytest.raises(ErreurMetier, match="prévenue il y a moins de 7 jours"):
        actions.relancer(demande, acteur=acteurs["porteuse"])
    assert Courriel.objects.filter(gabarit="sollicitations/relance").count() == 2


@pytest.mark.parametrize("geste", [actions.relancer, actions.retirer])
@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "inconnue"])
def test_seuls_les_membres_relancent_et_retirent(geste, qui, demande, acteurs):
    with pytest.raises(Refus):
        geste(vieillir(demande), acteur=acteurs[qui])
    demande.refresh_from_db()
    assert (demande.relances, demande.retiree_le) == (0, None)


def test_une_demande_retiree_ne_se_relance_ni_ne_se_repond(demande, acteurs):
    retiree = actions.retirer(vieillir(demande), acteur=acteurs["membre"])
    assert actions.retirer(demande, acteur=acteurs["porteuse"]).retiree_par == acteurs["membre"]
    assert retiree.etat == EtatSollicitation.RETIRE
    with pytest.raises(Refus, match="n’attend plus de réponse"):
        actions.relancer(demande, acteur=acteurs["membre"])
    with pytest.raises(Refus, match="L’équipe a retiré cette demande"):
        fournie(demande, acteurs["referente"])
    assert not a_traiter_par(acteurs["referente"]).exists()


def test_une_demande_repondue_ne_se_retire_plus(demande, acteurs):
    fournie(demande, acteurs["referente"])
    with pytest.raises(Refus, match="ne se retire plus"):
        actions.retirer(demande, acteur=acteurs["porteuse"])


# --- Répondre --------------------------------------------------------------------------------------


def test_la_reponse_previent_toute_l_equipe_sans_le_chiffre(demande, acteurs):
    repondue = fournie(demande, acteurs["referente"])
    assert repondue.valeur_lue == "1\u202f234,5 patients"
    assert repondue.source_datee == "Assurance maladie, SNDS, 2024"
    assert prevenus("reponse") == {acteurs["porteuse"].courriel, acteurs["membre"].courriel}
    for courriel in Courriel.objects.filter(gabarit="sollicitations/reponse"):
        assert "234" not in courriel.texte
        assert "SNDS" not in courriel.texte


def test_le_motif_d_un_agent_n_efface_pas_celui_d_un_autre(demande, acteurs):
    indisponible(demande, acteurs["referente"])
    with pytest.raises(Conflit, match="déjà répondu"):
        indisponible(demande, acteurs["collegue"])
    demande.refresh_from_db()
    assert demande.repondue_par == acteurs["referente"]


def test_retirer_puis_redemander_a_une_fin(demande, acteurs, settings):
    settings.SOLLICITATIONS_EN_ATTENTE = 2
    for _ in range(3):
        actions.retirer(sollicitation(demande.dossier), acteur=acteurs["membre"])
    with pytest.raises(ErreurMetier, match="reprenez demain"):
        sollicitation(demande.dossier)


def test_l_ars_dit_qu_elle_n_a_pas_le_chiffre_puis_le_trouve(demande, acteurs):
    absente = indisponible(demande, acteurs["referente"])
    assert absente.etat == EtatSollicitation.INDISPONIBLE
    trouvee = fournie(absente, acteurs["collegue"])
    assert (trouvee.issue, trouvee.motif, trouvee.repondue_par) == ("fourni", "", acteurs["collegue"])


@pytest.mark.parametrize(
    "qui", ["porteuse", "membre", "accompagnatrice", "referent_ailleurs", "administrateur", "presidente", "inconnue"]
)
def test_seuls_les_agents_qui_instruisent_ici_repondent(qui, demande, acteurs):
    for repondre in (fournie, indisponible):
        with pytest.raises(Refus):
            repondre(demande, acteurs[qui])
    demande.refresh_from_db()
    assert demande.est_en_attente


def test_le_meme_agent_qui_clique_deux_fois_ne_repond_qu_une_fois(demande, acteurs):
    premiere = fournie(demande, acteurs["referente"])
    assert fournie(demande, acteurs["referente"]).repondue_le == premiere.repondue_le
    assert Courriel.objects.filter(gabarit="sollicitations/reponse").count() == 2


def test_deux_agents_ne_repondent_pas_l_un_par_dessus_l_autre(demande, acteurs):
    fournie(demande, acteurs["referente"])
    with pytest.raises(Conflit, match="L’ARS a déjà répondu"):
        fournie(demande, acteurs["collegue"], valeur=Decimal(3))
    with pytest.raises(Conflit):
        indisponible(demande, acteurs["referente"])
    demande.refresh_from_db()
    assert demande.valeur == REPONSE["valeur"]


@pytest.mark.parametrize("valeur", ["NaN", "Infinity", "1e13", "0.00001"])
def test_une_valeur_impossible_est_refusee(valeur, demande, acteurs):
    with pytest.raises(ErreurMetier, match="Écrivez un nombre"):
        fournie(demande, acteurs["referente"], valeur=Decimal(valeur))


@pytest.mark.parametrize("manque", ["unite", "source", "millesime"])
def test_un_chiffre_sans_son_origine_est_refuse(manque, demande, acteurs):
    with pytest.raises(ErreurMetier, match="Dites"):
        fournie(demande, acteurs["referente"], **{manque: " "})


def test_un_dossier_ferme_n_attend_plus_de_chiffre(demande, acteurs):
    assert list(a_traiter_par(acteurs["referente"])) == [demande]
    retirer_le_dossier(demande.dossier, acteur=acteurs["porteuse"], motif="Nous recommencerons.")
    assert not a_traiter_par(acteurs["referente"]).exists()
    with pytest.raises(Refus, match="L’équipe a fermé ce dossier"):
        fournie(demande, acteurs["referente"])
    with pytest.raises(Refus, match="Ce dossier est clos"):
        actions.relancer(vieillir(demande), acteur=acteurs["porteuse"])


def test_rien_ne_part_si_la_transaction_echoue(brouillon, acteurs, settings):
    settings.SOLLICITATIONS_EN_ATTENTE = 0
    with pytest.raises(ErreurMetier):
        sollicitation(brouillon)
    assert not Courriel.objects.filter(gabarit__startswith="sollicitations/").exists()
    assert mail.outbox == []
