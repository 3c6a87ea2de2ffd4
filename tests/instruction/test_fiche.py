"""La fiche de l'agent : lire le dépôt figé, le prendre en instruction, le rendre."""

import pytest
from django.urls import reverse

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.equipes import actions as equipes
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import AccesFabrique, MembreFabrique

pytestmark = pytest.mark.django_db


def adresse(dossier, nom="fiche", *suite):
    return reverse(f"instruction:{nom}", args=[dossier.reference, *suite])


def test_l_agent_lit_le_depot_fige_et_pas_ce_qui_a_change_depuis(client, acteurs, dossier, equipe):
    equipes.modifier_equipe(equipe, acteur=acteurs["porteuse"], nom="Autre nom")
    page = connecter(client, acteurs["referente"]).get(adresse(dossier)).content.decode()
    assert "patientèle" in page
    assert "Équipe du Lié" in page


@pytest.mark.parametrize("qui", ["referent_ailleurs", "porteuse", "membre", "inconnue", "secretaire"])
@pytest.mark.parametrize(("nom", "suite"), [("fiche", ()), ("version", (1,)), ("document", (1, "pdf"))])
def test_les_autres_ne_trouvent_pas_le_dossier(nom, suite, qui, client, acteurs, dossier):
    assert connecter(client, acteurs[qui]).get(adresse(dossier, nom, *suite)).status_code == 404


@pytest.mark.parametrize("lien", ["membre", "accompagnateur"])
def test_nul_n_instruit_pour_une_equipe_dont_il_est_ou_qu_il_accompagne(lien, client, acteurs, dossier, equipe):
    """L'agent a le bon périmètre ; mais c'est son équipe : un autre que lui la verra."""
    referente = acteurs["referente"]
    agent = connecter(client, referente)
    assert agent.get(adresse(dossier)).status_code == 200
    if lien == "membre":
        MembreFabrique(equipe=equipe, compte=referente)
    else:
        AccesFabrique(equipe=equipe, compte=referente, courriel=referente.courriel)
    assert agent.get(adresse(dossier)).status_code == 404
    assert agent.post(adresse(dossier, "prendre")).status_code == 404
    assert dossier.reference not in agent.get(reverse("instruction:liste")).content.decode()
    assert Dossier.objects.get(pk=dossier.pk).etat == Etat.DEPOSE


def test_la_fiche_mene_a_l_accuse_et_dit_l_echeance(client, acteurs, dossier):
    agent = connecter(client, acteurs["referente"])
    html = agent.get(adresse(dossier)).content.decode()
    assert "Échéance&nbsp;:" in html
    assert adresse(dossier, "document", 1, "accuse") in html
    dossier.depots.update(accuse=None)
    html = agent.get(adresse(dossier)).content.decode()
    assert adresse(dossier, "document", 1, "accuse") not in html
    assert "Il se prépare" in html


@pytest.mark.parametrize("sorte", ["pdf", "accuse"])
def test_l_agent_telecharge_le_pdf_depose_et_l_accuse(sorte, client, acteurs, dossier):
    reponse = connecter(client, acteurs["referente"]).get(adresse(dossier, "document", 1, sorte))
    assert b"".join(reponse.streaming_content).startswith(b"%PDF-")
    assert reponse.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("numero", "sorte"), [(2, "pdf"), (1, "docx"), (1, "exe")])
def test_un_document_qui_n_existe_pas_est_introuvable(numero, sorte, client, acteurs, dossier):
    assert connecter(client, acteurs["referente"]).get(adresse(dossier, "document", numero, sorte)).status_code == 404


def test_prendre_en_instruction_previent_l_equipe_et_se_voit_des_deux_cotes(client, acteurs, dossier, equipe):
    connecter(client, acteurs["referente"]).post(adresse(dossier, "prendre"))
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.etat, dossier.instruit_par) == (Etat.EN_INSTRUCTION, acteurs["referente"])
    prevenus = set(Courriel.objects.filter(gabarit="dossiers/etat_change").values_list("destinataire", flat=True))
    assert prevenus == {m.courriel for m in equipe.membres.all()}
    page = connecter(client, acteurs["porteuse"]).get(reverse("dossiers:fiche", args=[dossier.reference]))
    assert str(acteurs["referente"]) in page.content.decode()


def test_un_double_clic_ne_prend_qu_une_fois(client, acteurs, dossier):
    connecter(client, acteurs["referente"])
    for _ in range(2):
        client.post(adresse(dossier, "prendre"))
    assert [e.sorte for e in evenements_de(dossier)].count("prendre_en_instruction") == 1


def test_un_second_agent_apprend_que_c_est_deja_pris(client, acteurs, dossier):
    collegue = FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte
    connecter(client, acteurs["referente"]).post(adresse(dossier, "prendre"))
    page = connecter(client, collegue).post(adresse(dossier, "prendre"), follow=True).content.decode()
    assert "celui-ci est « En instruction »" in page
    assert Dossier.objects.get(pk=dossier.pk).instruit_par == acteurs["referente"]


def test_rendre_un_dossier_pris_par_erreur(client, acteurs, dossier):
    connecter(client, acteurs["referente"])
    client.post(adresse(dossier, "prendre"))
    client.post(adresse(dossier, "rendre"))
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.etat, dossier.instruit_par) == (Etat.DEPOSE, None)


def test_l_administrateur_lit_sans_pouvoir_prendre(client, acteurs, dossier):
    connecter(client, acteurs["administratrice"])
    page = client.get(adresse(dossier))
    assert page.status_code == 200
    assert "Prendre en instruction</button>" not in page.content.decode()
    client.post(adresse(dossier, "prendre"))
    assert Dossier.objects.get(pk=dossier.pk).etat == Etat.DEPOSE


@pytest.mark.parametrize("geste", ["prendre", "rendre"])
def test_un_geste_ne_se_fait_pas_par_un_lien(geste, client, acteurs, dossier):
    assert connecter(client, acteurs["referente"]).get(adresse(dossier, geste)).status_code == 405


def test_une_piece_hors_du_depot_reste_a_l_equipe(client, acteurs, dossier):
    assert connecter(client, acteurs["referente"]).get(adresse(dossier, "piece", 99999)).status_code == 404


@pytest.mark.parametrize("reference", ["%00", "ESP%00", "%C3%A9", "a" * 3000, "ESP-BRE-2026-99999"])
@pytest.mark.parametrize("suite", ["", "versions/1/", "versions/1/document.pdf", "pieces/1/"])
def test_une_reference_impossible_est_introuvable(reference, suite, client, acteurs, dossier):
    connecter(client, acteurs["referente"])
    assert client.get(f"/instruction/{reference}/{suite}").status_code == 404
