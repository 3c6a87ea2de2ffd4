"""Préparer, viser, signer, notifier : chaque geste par qui de droit, une fois, dans l'ordre."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.decisions.actions import apres, depart, preparation
from esperluette.decisions.enums import EtatDecision, Sens
from esperluette.decisions.gestes import GESTES, GesteImpossible
from esperluette.decisions.lectures import active_de, courrier_de, empreinte_de
from esperluette.decisions.models import Courrier, Decision
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import Signature
from esperluette.dossiers.enums import Etat
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques import decisions as fabrique

pytestmark = pytest.mark.django_db
AGENTS = ("referente", "seconde", "autorite")


def relire(decision):
    return Decision.objects.select_related("dossier__equipe__implantation").get(pk=decision.pk)


def test_d_une_decision_preparee_a_une_decision_lue(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    assert (decision.etat, decision.preparee_par) == (EtatDecision.BROUILLON, acteurs["referente"])
    preparation.viser(decision, acteur=acteurs["seconde"], version=decision.version)
    decision = relire(decision)
    assert (decision.etat, decision.relue_par) == (EtatDecision.RELUE, acteurs["seconde"])
    preparation.signer(
        decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite="Directeur général"
    )
    decision = depart.notifier(decision, acteur=acteurs["referente"])
    decision = relire(decision)
    assert (decision.etat, decision.dossier.etat) == (EtatDecision.NOTIFIEE, Etat.ACCEPTE)
    assert (decision.signataire, decision.qualite) == (
        f"{acteurs['autorite'].prenom} {acteurs['autorite'].nom}",
        "Directeur général",
    )
    assert decision.date == timezone.localdate()
    document = courrier_de(decision).document
    assert est_intact(document)
    assert not decision.consultee_le
    assert apres.consulter(decision, acteur=acteurs["membre"])
    assert relire(decision).consultee_par == acteurs["membre"]


def test_le_passage_porte_le_nom_de_l_autorite_et_la_notification_celui_de_l_agent(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    passage = dossier.passages.get(geste="accepter")
    assert passage.acteur == acteurs["autorite"]
    assert decision.notifiee_par == acteurs["referente"]
    assert evenements_de(dossier)[0].sorte == "decision_notifiee"


@pytest.mark.parametrize(
    ("sens", "etat"),
    [
        (Sens.ACCORD, Etat.ACCEPTE),
        (Sens.ACCORD_RESERVES, Etat.ACCEPTE),
        (Sens.REFUS, Etat.REFUSE),
        (Sens.AJOURNEMENT, Etat.EN_INSTRUCTION),
    ],
)
def test_chaque_sens_mene_le_dossier_ou_il_doit(sens, etat, dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs, sens)
    dossier.refresh_from_db()
    assert dossier.etat == etat
    assert dossier.motif == (fabrique.MOTIF if sens not in Sens.FAVORABLES else "")
    assert (active_de(dossier) == decision) is (sens != Sens.AJOURNEMENT)


def test_l_equipe_est_prevenue_sans_que_rien_ne_soit_dit(dossier, acteurs):
    Courriel.objects.all().delete()
    fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    courriels = list(Courriel.objects.filter(gabarit="decisions/decision_notifiee"))
    assert {c.compte_id for c in courriels} == {acteurs["porteuse"].pk, acteurs["membre"].pk}
    for courriel in courriels:
        assert "une décision vous attend" in courriel.objet
        assert "refus" not in (courriel.objet + courriel.texte).lower()
        assert fabrique.MOTIF not in courriel.texte
        assert f"/dossiers/{dossier.reference}/decision/" in courriel.texte


# --- Qui peut quoi ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "intrus",
    ["membre", "porteuse", "accompagnatrice", "referent_ailleurs", "presidente", "secretaire", "administratrice",
     "porteuse_ailleurs", "inconnue"],
)  # fmt: skip
def test_personne_d_autre_que_les_agents_du_perimetre_ne_touche_une_decision(intrus, dossier, acteurs):
    compte = acteurs[intrus]
    with pytest.raises(Refus):
        preparation.preparer(dossier, acteur=compte, sens=Sens.ACCORD)
    decision = fabrique.preparee(dossier, acteurs)
    version, empreinte = decision.version, empreinte_de(decision)
    gestes = [
        lambda: preparation.corriger(decision, acteur=compte, version=version, sens=Sens.REFUS, motif="Non."),
        lambda: preparation.ecrire_le_courrier(decision, acteur=compte, version=version, objet="O", corps="C"),
        lambda: preparation.repartir_du_modele(decision, acteur=compte, version=version),
        lambda: preparation.viser(decision, acteur=compte, version=version),
        lambda: preparation.abandonner(decision, acteur=compte),
        lambda: preparation.signer(decision, acteur=compte, empreinte=empreinte, qualite="X"),
    ]
    for geste in gestes:
        with pytest.raises(Refus):
            geste()
    preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte, qualite="Directeur")
    for geste in (
        lambda: preparation.rouvrir(decision, acteur=compte, motif="Non."),
        lambda: depart.notifier(decision, acteur=compte),
    ):
        with pytest.raises(Refus):
            geste()
    assert relire(decision).etat == EtatDecision.SIGNEE


@pytest.mark.parametrize("compte", ["referente", "seconde", "administratrice"])
def test_ni_un_agent_ni_un_administrateur_ne_signe(compte, dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(Refus, match="Seule l’autorité"):
        preparation.signer(decision, acteur=acteurs[compte], empreinte=empreinte_de(decision), qualite="X")
    assert not Signature.objects.exclude(content_type__model="depot").exists()


def test_l_autorite_ne_signe_que_dans_sa_delegation(dossier, acteurs):
    from tests.fabriques.comptes import FonctionFabrique
    from tests.fabriques.dossiers import _autre_departement

    region = dossier.equipe.implantation.region
    ailleurs = FonctionFabrique(autorite=True, region=region, departement=_autre_departement(region)).compte
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(Refus):
        preparation.signer(decision, acteur=ailleurs, empreinte=empreinte_de(decision), qualite="Délégué")


def test_une_delegation_finie_ne_signe_plus_et_ne_fait_plus_partir(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs)
    acteurs["autorite"].fonctions.update(fin=timezone.localdate() - timezone.timedelta(days=1))
    (depart_,) = depart.notifier_ensemble([decision], acteur=acteurs["referente"])
    assert "Elle ne peut plus partir" in depart_.raison
    dossier.refresh_from_db()
    assert (dossier.etat, relire(decision).etat) == (Etat.AVIS_RENDU, EtatDecision.SIGNEE)


def test_on_ne_vise_pas_ce_qu_on_a_prepare(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(Refus, match="un autre agent"):
        preparation.viser(decision, acteur=acteurs["referente"], version=decision.version)


def test_signer_sans_prenom_ou_sans_qualite_est_refuse(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(ErreurMetier, match="qualité"):
        preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite="  ")
    acteurs["autorite"].prenom = ""
    with pytest.raises(Refus, match="prénom"):
        preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite="X")


# --- Motiver ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sens", [Sens.REFUS, Sens.AJOURNEMENT])
def test_un_refus_et_un_ajournement_se_motivent(sens, dossier, acteurs):
    with pytest.raises(ErreurMetier, match="motifs"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=sens, motif=" \n ")
    assert not Decision.objects.exists()


def test_un_accord_avec_reserves_les_dit(dossier, acteurs):
    with pytest.raises(ErreurMetier, match="réserves"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD_RESERVES)


def test_s_ecarter_de_l_avis_se_motive(dossier, acteurs, monkeypatch):
    avis = preparation.avis_lu(dossier)
    lu = type(avis)(avis.seance_le, "Défavorable", Sens.REFUS, "Trop tôt.", ())
    monkeypatch.setattr(preparation, "avis_lu", lambda dossier: lu)
    with pytest.raises(ErreurMetier, match="s’écarte de l’avis"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD)
    decision = preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.ACCORD, motif="Le besoin est là.")
    assert decision.s_ecarte_de_l_avis
    assert decision.avis == "Défavorable"
    assert "Le besoin est là." in courrier_de(decision).corps


def test_la_base_refuse_un_refus_sans_motif(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(sens=Sens.REFUS)


def test_le_courrier_repris_a_la_main_dit_toujours_les_motifs(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs, Sens.REFUS)
    ecrire = preparation.ecrire_le_courrier
    with pytest.raises(ErreurMetier, match="ne dit plus les motifs"):
        ecrire(decision, acteur=acteurs["referente"], version=decision.version, objet="Refus", corps="Non.")
    corps = f"Madame,\n\n{fabrique.MOTIF}\n\nCordialement."
    ecrire(decision, acteur=acteurs["seconde"], version=decision.version, objet="Refus", corps=corps)
    assert courrier_de(relire(decision)).corps == corps
    assert Courrier.objects.filter(decision=decision).count() == 2


# --- Jamais deux fois, jamais deux -----------------------------------------------------------------------


def test_une_seule_decision_active_par_dossier(dossier, acteurs):
    fabrique.preparee(dossier, acteurs)
    with pytest.raises(Conflit, match="déjà une décision"):
        preparation.preparer(dossier, acteur=acteurs["seconde"], sens=Sens.ACCORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(dossier=dossier, sens=Sens.ACCORD, preparee_par=acteurs["seconde"])


def test_un_double_clic_ne_signe_ni_ne_notifie_deux_fois(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    empreinte = empreinte_de(decision)
    for _ in range(2):
        preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte, qualite="Directeur")
    Courriel.objects.all().delete()
    for _ in range(2):
        depart.notifier(decision, acteur=acteurs["referente"])
    assert Courriel.objects.filter(gabarit="decisions/decision_notifiee").count() == 2  # deux membres, une fois chacun
    assert Signature.objects.de(decision).count() == 1
    sortes = [e.sorte for e in evenements_de(dossier)]
    assert (sortes.count("decision_signee"), sortes.count("decision_notifiee"), sortes.count("accepter")) == (1, 1, 1)


def test_un_second_onglet_ne_notifie_pas_ce_qui_est_parti(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    with pytest.raises(GesteImpossible, match="Notifiée"):
        depart.notifier(decision, acteur=acteurs["seconde"])


def test_une_decision_qui_a_change_ne_se_signe_pas(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    empreinte = empreinte_de(decision)
    preparation.corriger(
        decision, acteur=acteurs["referente"], version=decision.version, sens=Sens.ACCORD, motif="Un mot de plus."
    )
    with pytest.raises(Conflit, match="a changé"):
        preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte, qualite="Directeur")
    assert relire(decision).signee_par is None


def test_deux_onglets_ne_s_ecrasent_pas(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    lue = decision.version
    corriger = preparation.corriger
    corriger(decision, acteur=acteurs["referente"], version=lue, sens=Sens.REFUS, motif="Premier.")
    with pytest.raises(Conflit):
        corriger(decision, acteur=acteurs["seconde"], version=lue, sens=Sens.REFUS, motif="Second.")
    assert relire(decision).motif == "Premier."


def test_corriger_fait_tomber_le_visa_et_refait_le_courrier(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    preparation.viser(decision, acteur=acteurs["seconde"], version=decision.version)
    decision = relire(decision)
    preparation.corriger(
        decision, acteur=acteurs["referente"], version=decision.version, sens=Sens.REFUS, motif="Trop tôt."
    )
    decision = relire(decision)
    assert (decision.etat, decision.relue_par) == (EtatDecision.BROUILLON, None)
    assert courrier_de(decision).modele == "refus"
    assert "Trop tôt." in courrier_de(decision).corps


# --- Abandonner, remplacer -------------------------------------------------------------------------------


def test_abandonner_libere_le_dossier(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    for _ in range(2):
        preparation.abandonner(decision, acteur=acteurs["seconde"])
    assert relire(decision).etat == EtatDecision.ANNULEE
    assert fabrique.preparee(dossier, acteurs).pk != decision.pk


def test_abandonner_ou_remplacer_ce_qui_est_signe_se_motive_et_fait_tomber_la_signature(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs)
    for geste in (preparation.abandonner, preparation.rouvrir):
        with pytest.raises(ErreurMetier, match="ites pourquoi"):
            geste(decision, acteur=acteurs["referente"], motif=" ")
    signe = courrier_de(relire(decision))
    preparation.rouvrir(decision, acteur=acteurs["referente"], motif="Une faute dans l’adresse.")
    decision = relire(decision)
    assert (decision.etat, decision.signee_par, decision.date) == (EtatDecision.BROUILLON, None, None)
    assert Signature.objects.de(decision).get().annulation_motif == "Une faute dans l’adresse."
    copie = courrier_de(decision)
    assert (copie.pk != signe.pk, copie.corps, copie.contexte) == (True, signe.corps, None)
    assert signe.contexte
    assert Courrier.objects.get(pk=signe.pk).contexte == signe.contexte
    preparation.signer(decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite="Directeur")
    assert depart.notifier(decision, acteur=acteurs["referente"]).etat == EtatDecision.NOTIFIEE


def test_la_table_des_gestes_ne_defait_jamais_une_decision_notifiee():
    apres_notification = {g.nom: g.vers for g in GESTES.values() if EtatDecision.NOTIFIEE in g.depuis}
    assert apres_notification == {"remplacer": EtatDecision.REMPLACEE, "retirer": EtatDecision.RETIREE}
