"""À qui revient un dossier : la règle au dépôt, la réaffectation, les courriels."""

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.dossiers.contributions import agents_a_prevenir
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import actions, affectations
from esperluette.instruction.absences import poser
from esperluette.instruction.models import Affectation
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.instruction import agent, aujourd_hui, recu

pytestmark = pytest.mark.django_db
HOSTILES = ["<script>alert(1)</script>", "#set page(width: 1pt) $x$ @ref", "=1+1", "é" * 500]


def destinataires(gabarit):
    return set(Courriel.objects.filter(gabarit=gabarit).values_list("destinataire", flat=True))


# --- La règle -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("en_fonction", "choisi"),
    [
        (("epci", "departement", "region"), "epci"),
        (("departement", "region"), "departement"),
        (("region",), "region"),
        ((), None),
    ],
)
def test_le_plus_proche_recoit_le_dossier(en_fonction, choisi):
    agents = {ou: agent(ou, territoire=ou) for ou in en_fonction}
    assert affectations.choisir(recu()) == agents.get(choisi)


def test_a_rang_egal_le_moins_charge_puis_par_nom():
    zoe, anne = agent("Zoé"), agent("Anne")
    assert affectations.choisir(recu()) == anne
    recu(affecte_a=anne)
    assert affectations.choisir(recu()) == zoe
    recu(affecte_a=zoe)
    assert affectations.choisir(recu()) == anne


def test_un_dossier_clos_ne_charge_personne():
    agent("Zoé")
    anne = agent("Anne")
    recu(affecte_a=anne, etat=Etat.ACCEPTE)
    assert affectations.choisir(recu()) == anne


def test_ni_une_fonction_finie_ni_un_compte_ferme_ne_recoivent():
    parti, ferme, present = agent("Aa"), agent("Bb"), agent("Cc")
    parti.fonctions.update(fin=aujourd_hui(-1))
    ferme.is_active = False
    ferme.save()
    assert affectations.choisir(recu()) == present


@pytest.mark.parametrize("role", ["autorite", "secretariat", "admin_regional", "membre_commission"])
def test_seul_un_referent_recoit_d_office(role):
    dossier = recu()
    FonctionFabrique(region=dossier.equipe.region, **{role: True})
    assert affectations.choisir(dossier) is None


def test_le_depot_affecte_previent_l_agent_et_le_journal(django_capture_on_commit_callbacks):
    proche, large = agent("Proche", territoire="epci"), agent("Large", territoire="region")
    dossier = fabrique.depose().dossier
    dossier.refresh_from_db()
    assert dossier.affecte_a == proche
    assert destinataires("dossiers/depot_a_instruire") == {proche.courriel}
    assert large.courriel not in destinataires("dossiers/depot_a_instruire")
    acte = evenements_de(dossier).get(sorte="dossier_affecte")
    assert (acte.acteur, acte.donnees["agent"]) == (None, proche.pk)
    trace = Affectation.objects.get()
    assert (trace.agent, trace.ancien, trace.par) == (proche, None, None)


def test_sans_personne_en_fonction_le_dossier_reste_a_la_region():
    depot = fabrique.depose()
    depot.dossier.refresh_from_db()
    assert depot.dossier.affecte_a is None
    autorite = FonctionFabrique(autorite=True, region=depot.dossier.equipe.region).compte
    assert affectations.peut_affecter(autorite, depot.dossier)


def test_un_nouveau_depot_revient_au_meme_agent_sauf_s_il_n_instruit_plus_ici():
    anne = agent("Anne")
    depot = fabrique.depose()
    agent("Aa")  # plus tôt dans l'ordre, et sans dossier : ne reprend pas pour autant
    affectations.affecter_au_depot(depot)
    assert Dossier.objects.get().affecte_a == anne
    anne.fonctions.update(fin=aujourd_hui(-1))
    depot.dossier.refresh_from_db()
    affectations.affecter_au_depot(depot)
    assert Dossier.objects.get().affecte_a.nom == "Aa"


def test_pendant_une_absence_les_nouveaux_dossiers_vont_au_relais():
    anne, relais = agent("Anne", territoire="epci"), agent("Relais", territoire="region")
    poser(anne, acteur=anne, debut=aujourd_hui(), fin=aujourd_hui(3), relais=relais)
    dossier = fabrique.depose().dossier
    dossier.refresh_from_db()
    assert dossier.affecte_a == relais
    assert destinataires("dossiers/depot_a_instruire") == {relais.courriel}


def test_les_rappels_d_un_agent_absent_vont_a_son_relais():
    anne, relais = agent("Anne"), agent("Relais")
    dossier = recu(affecte_a=anne)
    assert agents_a_prevenir(dossier) == [anne]
    poser(anne, acteur=anne, debut=aujourd_hui(), fin=aujourd_hui(3), relais=relais)
    assert agents_a_prevenir(dossier) == [relais]


def test_un_relais_parti_ne_recoit_rien():
    anne, relais, large = agent("Anne"), agent("Relais"), agent("Large", territoire="region")
    poser(anne, acteur=anne, debut=aujourd_hui(), fin=aujourd_hui(3), relais=relais)
    relais.fonctions.update(fin=aujourd_hui(-1))
    assert affectations.choisir(recu()) == large


# --- Prendre, rendre ------------------------------------------------------------------------------


def test_qui_prend_devient_l_agent_et_l_autre_l_apprend():
    anne, bea = agent("Anne"), agent("Béa")
    dossier = recu(affecte_a=anne)
    actions.prendre_en_instruction(dossier, acteur=bea)
    dossier.refresh_from_db()
    assert (dossier.affecte_a, dossier.instruit_par) == (bea, bea)
    assert destinataires("instruction/dossier_passe") == {anne.courriel}
    assert destinataires("instruction/dossier_confie") == set()


def test_prendre_un_dossier_a_personne_ne_derange_personne():
    bea = agent("Béa")
    dossier = recu()
    actions.prendre_en_instruction(dossier, acteur=bea)
    dossier.refresh_from_db()
    assert dossier.affecte_a == bea
    assert not evenements_de(dossier).filter(sorte="dossier_affecte").exists()
    assert not Courriel.objects.filter(gabarit__startswith="instruction/").exists()


def test_rendre_remet_le_dossier_a_qui_la_regle_designe():
    proche, bea = agent("Proche", territoire="epci"), agent("Béa", territoire="region")
    dossier = recu(affecte_a=proche)
    actions.prendre_en_instruction(dossier, acteur=bea)
    actions.rendre(dossier, acteur=bea)
    dossier.refresh_from_db()
    assert (dossier.affecte_a, dossier.instruit_par) == (proche, None)


# --- Confier --------------------------------------------------------------------------------------


def test_confier_previent_l_ancien_et_le_nouveau_et_passe_la_main():
    anne, bea, chef = agent("Anne"), agent("Béa"), agent("Chef", territoire="region")
    dossier = recu(affecte_a=anne, instruit_par=anne, etat=Etat.EN_INSTRUCTION)
    affectations.affecter(dossier, bea, acteur=chef, motif="Congé")
    dossier.refresh_from_db()
    assert (dossier.affecte_a, dossier.instruit_par, dossier.etat) == (bea, bea, Etat.EN_INSTRUCTION)
    assert destinataires("instruction/dossier_confie") == {bea.courriel}
    assert destinataires("instruction/dossier_passe") == {anne.courriel}
    trace = Affectation.objects.get()
    assert (trace.agent, trace.ancien, trace.par, trace.motif) == (bea, anne, chef, "Congé")
    acte = evenements_de(dossier).get(sorte="dossier_affecte")
    assert "Congé" not in str(acte.donnees)


def test_confier_deux_fois_au_meme_ne_fait_rien_de_plus():
    anne, bea = agent("Anne"), agent("Béa")
    dossier = recu(affecte_a=anne)
    for _ in range(2):
        affectations.affecter(dossier, bea, acteur=anne)
    assert Affectation.objects.count() == 1
    assert Courriel.objects.filter(gabarit="instruction/dossier_confie").count() == 1


def test_confier_a_un_absent_previent_aussi_son_relais():
    anne, bea, relais = agent("Anne"), agent("Béa"), agent("Relais")
    poser(bea, acteur=bea, debut=aujourd_hui(), fin=aujourd_hui(2), relais=relais)
    affectations.affecter(recu(affecte_a=anne), bea, acteur=anne)
    assert destinataires("instruction/dossier_confie") == {bea.courriel, relais.courriel}


def test_hors_de_son_perimetre_on_ne_recoit_ni_ne_confie():
    anne, ailleurs = agent("Anne"), agent("Ailleurs", code="35238")
    dossier = recu()
    with pytest.raises(ErreurMetier, match="n’est pas dans le périmètre de Agent Ailleurs"):
        affectations.affecter(dossier, ailleurs, acteur=anne)
    with pytest.raises(Refus, match="n’est pas dans votre périmètre"):
        affectations.affecter(dossier, anne, acteur=ailleurs)
    assert ailleurs not in affectations.agents_pour(dossier)
    assert affectations.agents_pour(dossier) == [anne]


@pytest.mark.parametrize("etat", [Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE, Etat.RETIRE])
def test_un_dossier_clos_ne_se_confie_plus(etat):
    anne, bea = agent("Anne"), agent("Béa")
    with pytest.raises(Refus, match="clos"):
        affectations.affecter(recu(etat=etat), bea, acteur=anne)


# --- À l'écran ------------------------------------------------------------------------------------


def adresse(dossier):
    return reverse("instruction:affecter", args=[dossier.reference])


@pytest.mark.parametrize("motif", ["", *HOSTILES])
def test_la_page_confie_et_montre_a_qui_il_est_revenu(client, motif):
    anne, bea = agent("Anne"), agent("Béa")
    agent("Ailleurs", code="35238")
    dossier = recu(affecte_a=anne)
    connecter(client, anne)
    page = client.get(adresse(dossier)).content.decode()
    assert "Agent Béa" in page
    assert "Agent Ailleurs" not in page
    reponse = client.post(adresse(dossier), {"agent": bea.pk, "motif": motif})
    assert reponse.headers["Location"] == reverse("instruction:fiche", args=[dossier.reference])
    assert Dossier.objects.get().affecte_a == bea
    page = client.get(adresse(dossier)).content.decode()
    assert "Il revient à Agent Béa" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("saisie", [{}, {"agent": ""}, {"agent": "0"}, {"agent": "abc"}, {"agent": "\x00"}])
def test_une_saisie_fausse_se_dit_a_cote_du_champ(client, saisie):
    anne = agent("Anne")
    dossier = recu()
    reponse = connecter(client, anne).post(adresse(dossier), saisie)
    assert reponse.status_code == 422
    assert "fr-error-text" in reponse.content.decode()
    assert Dossier.objects.get().affecte_a is None


@pytest.mark.parametrize("motif", ["é" * 10_000, "a\x00b"])
def test_un_motif_impossible_est_refuse(client, motif):
    anne = agent("Anne")
    dossier = recu()
    assert connecter(client, anne).post(adresse(dossier), {"agent": anne.pk, "motif": motif}).status_code == 422
    assert Dossier.objects.get().affecte_a is None


def test_un_agent_d_ailleurs_ne_trouve_pas_la_page_et_n_est_pas_un_choix(client):
    anne, ailleurs = agent("Anne"), agent("Ailleurs", code="35238")
    dossier = recu()
    assert connecter(client, ailleurs).get(adresse(dossier)).status_code == 404
    assert connecter(client, anne).post(adresse(dossier), {"agent": ailleurs.pk}).status_code == 422


def test_l_administrateur_lit_mais_ne_confie_pas(client):
    admin = FonctionFabrique(admin=True).compte
    assert connecter(client, admin).get(adresse(recu())).status_code == 403


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_coute_autant_a_un_agent_et_a_trois(client, nombre, django_assert_num_queries):
    agents = [agent(f"Agent {i}") for i in range(nombre)]
    dossier = recu()
    for rang in range(nombre + 1):
        affectations.affecter(dossier, agents[rang % nombre], acteur=agents[0])
    connecter(client, agents[0]).get(adresse(dossier))
    with django_assert_num_queries(10):  # dont trois pour le bandeau de la fiche
        client.get(adresse(dossier))


def test_la_fiche_mene_a_confier(client):
    dossier = fabrique.depose().dossier
    connecter(client, agent("Anne"))
    assert adresse(dossier) in client.get(reverse("instruction:fiche", args=[dossier.reference])).content.decode()
