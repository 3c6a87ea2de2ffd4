"""Demander, répondre, relire : les verbes, leurs refus, et ce qu'ils laissent intact."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.complements.actions import demandes as actions
from esperluette.complements.actions.demandes import RemarqueSaisie
from esperluette.complements.actions.reponses import repondre
from esperluette.complements.enums import EtatDemande, EtatRemarque
from esperluette.complements.lectures import VERROU, active_de, etat_du_retour, ouverts_par, retours_de
from esperluette.complements.models import DemandeDeComplements, Remarque
from esperluette.documents.models import Signature
from esperluette.dossiers.actions.depot import figer, retirer, rouvrir, signer
from esperluette.dossiers.actions.redaction import (
    ajouter_ligne,
    enregistrer_reponse,
    joindre_piece,
    restaurer_version,
)
from esperluette.dossiers.cycle import GardeFermee, TransitionImpossible
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import phrase_pour, trame_de
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import PIECES
from esperluette.instruction.actions import prendre_en_instruction
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques import complements as fabrique
from tests.fabriques import dossiers as fabrique_dossier
from tests.fabriques.complements import CHAMPS, dans
from tests.fabriques.fichiers import pdf, upload

pytestmark = pytest.mark.django_db
CHAMP, AUTRE, TROISIEME = CHAMPS
TEXTE = "<p>Un territoire rural & vieillissant.</p>"


def lu(dossier):
    return Dossier.objects.get(pk=dossier.pk)


# --- Demander ------------------------------------------------------------------------------------------


def test_demander_rend_le_dossier_a_l_equipe_suspend_et_previent(demande, dossier, equipe):
    dossier = lu(dossier)
    assert dossier.etat == Etat.A_COMPLETER
    assert dossier.silence_le is None
    assert (dossier.echeance, dossier.echeance_nature) == (demande.avant_le, NatureEcheance.COMPLEMENTS)
    recus = Courriel.objects.filter(gabarit="complements/demande")
    assert set(recus.values_list("destinataire", flat=True)) == {m.courriel for m in equipe.membres.all()}
    assert not any("Précisez" in courriel.texte for courriel in recus)
    assert "demander_complements" in [e.sorte for e in evenements_de(dossier)]


def test_une_seule_demande_attend_l_equipe(demande, dossier, acteurs):
    with pytest.raises(TransitionImpossible):
        fabrique.demande(dossier, acteurs["referente"])
    champs = {"dossier": dossier, "depot": demande.depot, "preparee_par": acteurs["referente"], "avant_le": dans(3)}
    with pytest.raises(IntegrityError), transaction.atomic():
        DemandeDeComplements.objects.create(**champs, demandee_par=acteurs["referente"], demandee_le=timezone.now())


def test_un_double_envoi_ne_demande_qu_une_fois(dossier, acteurs):
    demande = fabrique.demande(dossier, acteurs["referente"])
    rejouee = actions.envoyer(demande, acteur=acteurs["referente"], version=demande.version)
    assert rejouee.pk == demande.pk
    assert Courriel.objects.filter(gabarit="complements/demande").count() == 2


@pytest.mark.parametrize(
    "qui", ["porteuse", "membre", "accompagnatrice", "referent_ailleurs", "secretaire", "inconnue"]
)
def test_les_autres_ne_demandent_rien(qui, dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    with pytest.raises(Refus):
        actions.preparer(dossier, acteur=acteurs[qui])
    assert not DemandeDeComplements.objects.exists()


@pytest.mark.parametrize("avant_le", [None, dans(0), dans(-1), dans(400), date.max])
def test_une_demande_part_avec_une_date_a_venir(avant_le, dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    actions.remarquer(dossier, RemarqueSaisie(CHAMP, "Précisez."), acteur=acteurs["referente"])
    brouillon = DemandeDeComplements.objects.get()
    DemandeDeComplements.objects.update(avant_le=avant_le)
    with pytest.raises(ErreurMetier, match="date limite"):
        actions.envoyer(brouillon, acteur=acteurs["referente"])
    assert lu(dossier).etat == Etat.EN_INSTRUCTION


def test_une_demande_vide_ne_part_pas(dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    with pytest.raises(ErreurMetier, match="au moins une remarque"):
        actions.demander(dossier, acteur=acteurs["referente"], avant_le=dans(5), remarques=[])
    assert lu(dossier).etat == Etat.EN_INSTRUCTION


def test_un_champ_inconnu_ne_se_remarque_pas(dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    with pytest.raises(ErreurMetier, match="n’existe pas"):
        actions.remarquer(dossier, RemarqueSaisie("inconnu", "Précisez."), acteur=acteurs["referente"])


def test_remarquer_deux_fois_la_meme_chose_n_en_fait_qu_une(dossier, acteurs):
    prendre_en_instruction(dossier, acteur=acteurs["referente"])
    for _ in range(2):
        actions.remarquer(dossier, RemarqueSaisie(CHAMP, "Précisez."), acteur=acteurs["referente"])
    assert Remarque.objects.count() == 1


def test_un_brouillon_ecrit_ailleurs_ne_s_ecrase_pas(dossier, acteurs):
    agent = acteurs["referente"]
    prendre_en_instruction(dossier, acteur=agent)
    brouillon = actions.preparer(dossier, acteur=agent)
    envoi = {"acteur": agent, "version": 1, "avant_le": dans(9), "textes": {}, "ouvre": {}}
    actions.enregistrer_le_brouillon(brouillon, message="Le premier.", **envoi)
    with pytest.raises(Conflit, match="autre onglet"):
        actions.enregistrer_le_brouillon(brouillon, message="Le second.", **envoi)
    brouillon.refresh_from_db()
    assert brouillon.message == "Le premier."


def test_l_apercu_d_une_autre_version_ne_s_envoie_pas(dossier, acteurs):
    agent = acteurs["referente"]
    prendre_en_instruction(dossier, acteur=agent)
    actions.remarquer(dossier, RemarqueSaisie(CHAMP, "Précisez."), acteur=agent)
    DemandeDeComplements.objects.update(avant_le=dans(9))
    brouillon = DemandeDeComplements.objects.get()
    with pytest.raises(Conflit, match="depuis l’aperçu"):
        actions.envoyer(brouillon, acteur=agent, version=brouillon.version - 1)


def test_abandonner_efface_le_brouillon_jamais_une_demande_partie(dossier, acteurs):
    agent = acteurs["referente"]
    prendre_en_instruction(dossier, acteur=agent)
    brouillon = actions.preparer(dossier, acteur=agent)
    actions.abandonner(brouillon, acteur=agent)
    assert not DemandeDeComplements.objects.exists()
    with pytest.raises(Conflit):
        actions.abandonner(brouillon, acteur=agent)
    with pytest.raises(Conflit, match="s’annule"):
        actions.abandonner(fabrique.demande(dossier, agent), acteur=agent)


# --- Ce qui se rouvre, ce qui reste fermé --------------------------------------------------------------


def test_seul_le_champ_remarque_se_rouvre(demande, dossier, acteurs):
    membre = acteurs["membre"]
    fabrique_dossier.ecrire(dossier, CHAMP, TEXTE, membre)
    avant = dossier.reponses.get(champ=AUTRE).valeur
    for ecrire in (
        lambda: fabrique_dossier.ecrire(dossier, AUTRE, TEXTE, membre),
        lambda: restaurer_version(dossier, AUTRE, 1, acteur=membre),
        lambda: ajouter_ligne(dossier, "axes_thematiques", acteur=membre),
        lambda: joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", acteur=membre),
    ):
        with pytest.raises(Refus) as refus:
            ecrire()
        assert str(refus.value) == VERROU
    assert dossier.reponses.get(champ=AUTRE).valeur == avant


def test_une_remarque_sur_les_pieces_les_rouvre(dossier, acteurs):
    fabrique.demande(dossier, acteurs["referente"], champs=[PIECES])
    joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", acteur=acteurs["membre"])
    with pytest.raises(Refus):
        fabrique_dossier.ecrire(dossier, CHAMP, TEXTE, acteurs["membre"])


def test_une_remarque_generale_rouvre_ce_que_l_agent_choisit(dossier, acteurs):
    trame = trame_de(dossier)
    rubrique = trame.rubrique_de(CHAMP)
    demande = fabrique.demande(dossier, acteurs["referente"], champs=[], generale=(rubrique.id, "inconnue"))
    assert demande.remarques.get().ouvre == [rubrique.id]
    assert ouverts_par(trame, demande.remarques.all()) == {c.id for c in rubrique.champs}
    enregistrer_reponse(dossier, CHAMP, TEXTE, version_lue=1, acteur=acteurs["membre"])


def test_un_champ_qui_depend_d_un_champ_remarque_se_rouvre_avec_lui(dossier):
    trame = trame_de(dossier)
    for _, champ in trame.champs():
        if champ.si is not None:
            remarque = Remarque(champ=champ.si.champ)
            assert {champ.si.champ, champ.id} <= ouverts_par(trame, [remarque])


def test_la_version_figee_reste_fermee_puis_rouvre_le_meme_perimetre(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    figer(lu(dossier), acteur=acteurs["porteuse"])
    assert lu(dossier).echeance == demande.avant_le
    with pytest.raises(Refus):
        repondre(demande.remarques.get(), "Encore", acteur=acteurs["membre"], version_lue=1)
    rouvrir(lu(dossier), acteur=acteurs["porteuse"])
    assert (lu(dossier).etat, lu(dossier).echeance) == (Etat.A_COMPLETER, demande.avant_le)
    with pytest.raises(Refus):
        fabrique_dossier.ecrire(dossier, AUTRE, TEXTE, acteurs["membre"])


# --- Répondre ------------------------------------------------------------------------------------------


def test_on_ne_fige_pas_sans_avoir_repondu(demande, dossier, acteurs):
    with pytest.raises(GardeFermee, match="Il reste 1 remarque"):
        figer(lu(dossier), acteur=acteurs["porteuse"])
    assert "1 remarque de l’ARS, avant le" in phrase_pour(lu(dossier), "equipe", acteurs["porteuse"]).texte


@pytest.mark.parametrize("comment", ["reponse", "champ"])
def test_une_reponse_ou_un_champ_change_suffit(comment, demande, dossier, acteurs):
    if comment == "reponse":
        fabrique.repondre_a_tout(demande, acteurs["membre"])
    else:
        fabrique_dossier.ecrire(dossier, CHAMP, TEXTE, acteurs["membre"])
    figer(lu(dossier), acteur=acteurs["porteuse"])
    assert lu(dossier).etat == Etat.A_SIGNER


def test_une_reponse_videe_ne_compte_plus(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    repondre(demande.remarques.get(), "  ", acteur=acteurs["membre"], version_lue=1)
    with pytest.raises(GardeFermee):
        figer(lu(dossier), acteur=acteurs["porteuse"])


def test_deux_reponses_croisees_ne_s_ecrasent_pas(demande, acteurs):
    remarque = demande.remarques.get()
    repondre(remarque, "La mienne.", acteur=acteurs["membre"], version_lue=0)
    with pytest.raises(Conflit, match=str(acteurs["membre"])):
        repondre(remarque, "La sienne.", acteur=acteurs["porteuse"], version_lue=0)
    assert demande.remarques.get().reponse == "La mienne."


@pytest.mark.parametrize("qui", ["accompagnatrice", "referente", "porteuse_ailleurs", "inconnue"])
def test_seuls_les_membres_repondent(qui, demande, acteurs):
    with pytest.raises(Refus):
        repondre(demande.remarques.get(), "Moi.", acteur=acteurs[qui], version_lue=0)


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", "#set page()", "$x$ @ref", "a\x00b", "é" * 10_000])
def test_une_reponse_hostile_se_garde_telle_quelle_sans_octet_nul(texte, demande, acteurs):
    rendue = repondre(demande.remarques.get(), texte, acteur=acteurs["membre"], version_lue=0)
    assert rendue.reponse == texte.replace("\x00", "")


def test_une_reponse_trop_longue_se_refuse(demande, acteurs):
    with pytest.raises(ErreurMetier, match="10000 caractères"):
        repondre(demande.remarques.get(), "é" * 10_001, acteur=acteurs["membre"], version_lue=0)


# --- Deux tours ----------------------------------------------------------------------------------------


def test_deux_tours_de_la_demande_a_la_levee(dossier, acteurs):
    agent = acteurs["referente"]
    premiere = fabrique.demande(dossier, agent, champs=[CHAMP, AUTRE])
    fabrique_dossier.ecrire(dossier, CHAMP, TEXTE, acteurs["membre"])
    fabrique.repondre_a_tout(premiere, acteurs["membre"])
    fabrique.redeposer(dossier)
    premiere = DemandeDeComplements.objects.get(pk=premiere.pk)
    assert premiere.etat == EtatDemande.REPONDUE
    retours = retours_de(premiere)
    assert [bool(r.changements) for r in retours] == [True, False]
    assert {s.sorte for s in retours[0].changements[0].segments} >= {"ajout", "retrait"}
    actions.lever(retours[0].remarque, acteur=agent)
    suite = actions.redemander(retours[1].remarque, acteur=agent)
    assert actions.redemander(retours[1].remarque, acteur=agent) == suite
    assert etat_du_retour(retours[1].remarque) == EtatRemarque.REDEMANDEE
    prendre_en_instruction(lu(dossier), acteur=agent)
    DemandeDeComplements.objects.en_preparation().update(avant_le=dans(20))
    seconde = actions.envoyer(suite.demande, acteur=agent)
    assert (active_de(dossier), seconde.depot.numero) == (seconde, 2)
    assert DemandeDeComplements.objects.get(pk=premiere.pk).etat == EtatDemande.CLOSE
    fabrique.repondre_a_tout(seconde, acteurs["membre"])
    fabrique.redeposer(dossier)
    actions.lever(seconde.remarques.get(), acteur=agent)
    actions.lever(seconde.remarques.get(), acteur=agent)
    assert DemandeDeComplements.objects.get(pk=seconde.pk).etat == EtatDemande.CLOSE
    assert [e.sorte for e in evenements_de(dossier)].count("remarque_levee") == 2


def test_on_ne_leve_ni_ne_redemande_avant_le_retour(demande, acteurs):
    for geste in (actions.lever, actions.redemander):
        with pytest.raises(TransitionImpossible, match="pas encore répondu"):
            geste(demande.remarques.get(), acteur=acteurs["referente"])


def test_retirer_le_dossier_clot_la_demande(demande, dossier, acteurs):
    retirer(lu(dossier), acteur=acteurs["porteuse"])
    assert DemandeDeComplements.objects.get().etat == EtatDemande.CLOSE


# --- Prolonger, annuler --------------------------------------------------------------------------------


def test_prolonger_repousse_la_date_et_previent(demande, dossier, acteurs):
    actions.prolonger(demande, acteur=acteurs["referente"], avant_le=dans(60))
    actions.prolonger(demande, acteur=acteurs["referente"], avant_le=dans(60))
    assert lu(dossier).echeance == dans(60)
    assert dossier.passages.get(geste="demander_complements").avant_le == dans(60)
    assert Courriel.objects.filter(gabarit="complements/prolongation").count() == 2


def test_une_date_donnee_ne_se_raccourcit_pas(demande, acteurs):
    with pytest.raises(ErreurMetier, match="raccourcit"):
        actions.prolonger(demande, acteur=acteurs["referente"], avant_le=dans(3))


def test_annuler_rend_le_dossier_a_l_instruction_sans_rien_perdre(demande, dossier, acteurs):
    fabrique_dossier.ecrire(dossier, CHAMP, TEXTE, acteurs["membre"])
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    for _ in range(2):
        actions.annuler(demande, acteur=acteurs["referente"], motif="Envoyée au mauvais dossier.")
    dossier = lu(dossier)
    assert (dossier.etat, dossier.echeance_nature) == (Etat.EN_INSTRUCTION, NatureEcheance.SILENCE)
    assert dossier.silence_le is not None
    assert "vieillissant" in dossier.reponses.get(champ=CHAMP).valeur
    assert DemandeDeComplements.objects.get().remarques.get().reponse == "C’est précisé."
    assert Courriel.objects.filter(gabarit="complements/annulation").count() == 2
    fabrique.demande(dossier, acteurs["referente"])


def test_annuler_pendant_la_signature_fait_tomber_les_signatures(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    depot = figer(lu(dossier), acteur=acteurs["porteuse"])
    signer(depot, acteur=acteurs["porteuse"], empreinte=depot.empreinte)
    actions.annuler(demande, acteur=acteurs["referente"], motif="Par erreur.")
    depot.refresh_from_db()
    assert depot.annule_le is not None
    assert not Signature.objects.filter(object_id=depot.pk, annulee_le=None).exists()
    assert Courriel.objects.filter(gabarit="dossiers/signature_annulee").count() == 1


def test_une_demande_repondue_ne_s_annule_plus(demande, dossier, acteurs):
    fabrique.repondre_a_tout(demande, acteurs["membre"])
    fabrique.redeposer(dossier)
    with pytest.raises(TransitionImpossible, match="déjà répondu"):
        actions.annuler(demande, acteur=acteurs["referente"], motif="Trop tard.")
    with pytest.raises(TransitionImpossible):
        actions.prolonger(demande, acteur=acteurs["referente"], avant_le=timezone.localdate() + timedelta(days=90))


def test_annuler_demande_un_motif(demande, dossier, acteurs):
    with pytest.raises(ErreurMetier, match="motif"):
        actions.annuler(demande, acteur=acteurs["referente"], motif="  ")
    assert lu(dossier).etat == Etat.A_COMPLETER
