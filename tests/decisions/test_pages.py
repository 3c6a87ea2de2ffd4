"""Les pages : la boîte de départ, l'onglet de l'agent, la page de l'équipe ; droits, doubles envois, deux onglets."""

import re
import zipfile
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from esperluette.decisions.actions import preparation
from esperluette.decisions.actions.depart import notifier
from esperluette.decisions.enums import EtatDecision, Sens
from esperluette.decisions.lectures import courrier_de, empreinte_de
from esperluette.decisions.models import Decision
from esperluette.dossiers.cycle import franchir
from esperluette.dossiers.enums import Etat
from esperluette.notifications.models import Courriel
from tests.fabriques import decisions as fabrique
from tests.fabriques import dossiers as fabrique_dossiers
from tests.fabriques.comptes import connecter

pytestmark = pytest.mark.django_db


def client_de(compte):
    return connecter(Client(), compte)


@pytest.fixture
def agente(acteurs):
    return client_de(acteurs["referente"])


@pytest.fixture
def autorite(acteurs):
    return client_de(acteurs["autorite"])


def adresse(nom, dossier, *suite):
    return reverse(f"decisions:{nom}", args=[dossier.reference, *suite])


def code_recu(compte):
    texte = Courriel.objects.filter(compte_id=compte.pk, gabarit="comptes/code_confirmation").first().texte
    return re.search(r"\d{3} \d{3}", texte).group()


def signer_a_l_ecran(client, compte, decisions, **autres):
    """Lire, demander le code, signer : comme à l'écran."""
    choix = {"d": [d.pk for d in decisions]}
    client.post(reverse("decisions:signer"), choix | {"etape": "code"})
    page = client.get(reverse("decisions:signer"), choix).content.decode()
    empreinte = re.search(r'name="empreinte" value="([0-9a-f]{64})"', page).group(1)
    envoi = choix | {"etape": "signer", "empreinte": empreinte, "qualite": "Directrice générale"}
    return client.post(reverse("decisions:signer"), envoi | {"code": code_recu(compte)} | autres, follow=True)


def test_de_la_preparation_a_la_lecture_par_l_equipe(dossier, acteurs, agente, autorite):
    page = agente.get(adresse("fiche", dossier)).content.decode()
    assert "Préparer la décision" in page
    envoi = {"sens": "accord", "motif": "", "reserves": "", "version": "0"}
    page = agente.post(adresse("rediger", dossier), envoi, follow=True).content.decode()
    assert "La décision est préparée" in page
    assert "Je valide ce projet de santé" in page
    decision = Decision.objects.get()
    client_de(acteurs["seconde"]).post(adresse("viser", dossier), {"version": decision.version})
    assert "relue par" in agente.get(reverse("decisions:boite")).content.decode()
    reponse = signer_a_l_ecran(autorite, acteurs["autorite"], [decision])
    assert "1 décision signée" in reponse.content.decode()
    apercu = agente.get(reverse("decisions:notifier"), {"d": decision.pk}).content.decode()
    assert str(acteurs["membre"]) in apercu
    assert "Courriel avec un lien" in apercu
    compte_rendu = agente.post(reverse("decisions:notifier"), {"d": decision.pk}).content.decode()
    assert "1 décision notifiée" in compte_rendu
    porteuse = client_de(acteurs["porteuse"])
    fiche = porteuse.get(reverse("dossiers:fiche", args=[dossier.reference])).content.decode()
    assert "Une décision vous attend" in fiche
    page = porteuse.get(adresse("equipe", dossier)).content.decode()
    assert "Votre demande est acceptée." in page
    assert "Directrice générale" in page
    decision.refresh_from_db()
    assert decision.consultee_par == acteurs["porteuse"]
    pdf = porteuse.get(adresse("equipe_document", dossier, decision.pk, "decision"))
    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"
    assert "Lue par l’équipe le" in agente.get(adresse("fiche", dossier)).content.decode()


def test_plusieurs_decisions_se_signent_d_un_code_et_partent_ensemble_un_echec_n_arrete_pas_les_autres(
    acteurs, dossier, agente, autorite
):
    autre = fabrique.avis_rendu(acteurs, fabrique_dossiers.equipe_complete(nom="Équipe du Blavet"))
    decisions = [fabrique.preparee(dossier, acteurs), fabrique.preparee(autre, acteurs, Sens.REFUS)]
    reponse = signer_a_l_ecran(autorite, acteurs["autorite"], decisions)
    assert "2 décisions signées" in reponse.content.decode()
    franchir(autre, "retirer", acteur=autre.equipe.porteur.compte)
    page = agente.get(reverse("decisions:notifier"), {"d": [d.pk for d in decisions]}).content.decode()
    assert "Elle ne partira pas" in page
    page = agente.post(reverse("decisions:notifier"), {"d": [d.pk for d in decisions]}).content.decode()
    assert "1 décision notifiée, 1 restée" in page
    assert "celui-ci est « Retiré »" in page
    etats = {d.dossier_id: d.etat for d in Decision.objects.all()}
    assert etats == {dossier.pk: EtatDecision.NOTIFIEE, autre.pk: EtatDecision.SIGNEE}


def test_une_decision_notifiee_au_compte_rendu_ne_repart_pas_au_rechargement(dossier, acteurs, agente):
    decision = fabrique.signee(dossier, acteurs)
    agente.post(reverse("decisions:notifier"), {"d": decision.pk})
    envoyes = Courriel.objects.count()
    page = agente.post(reverse("decisions:notifier"), {"d": decision.pk}, follow=True).content.decode()
    assert "ne sont plus à notifier" in page
    assert Courriel.objects.count() == envoyes


def test_un_mauvais_code_ne_signe_pas_et_la_saisie_reste(dossier, acteurs, autorite):
    decision = fabrique.preparee(dossier, acteurs)
    reponse = signer_a_l_ecran(autorite, acteurs["autorite"], [decision], code="000000", qualite="Directrice adjointe")
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "pas le bon code" in page
    assert "Directrice adjointe" in page
    decision.refresh_from_db()
    assert decision.etat == EtatDecision.BROUILLON


def test_signer_ce_qui_a_change_dans_un_autre_onglet_est_refuse(dossier, acteurs, autorite):
    decision = fabrique.preparee(dossier, acteurs)
    autorite.post(reverse("decisions:signer"), {"d": decision.pk, "etape": "code"})
    page = autorite.get(reverse("decisions:signer"), {"d": decision.pk}).content.decode()
    empreinte = re.search(r'name="empreinte" value="([0-9a-f]{64})"', page).group(1)
    preparation.corriger(
        decision, acteur=acteurs["referente"], version=decision.version, sens=Sens.REFUS, motif="Trop tôt."
    )
    envoi = {"d": decision.pk, "etape": "signer", "empreinte": empreinte, "qualite": "D", "code": "123456"}
    page = autorite.post(reverse("decisions:signer"), envoi, follow=True).content.decode()
    assert "La décision a changé depuis l’affichage" in page
    decision.refresh_from_db()
    assert decision.signee_par is None


def test_deux_onglets_de_redaction(dossier, acteurs, agente):
    decision = fabrique.preparee(dossier, acteurs)
    ancien = {"sens": "refus", "motif": "Premier.", "version": str(decision.version)}
    agente.post(adresse("rediger", dossier), ancien)
    reponse = agente.post(adresse("rediger", dossier), ancien | {"motif": "Second."})
    assert reponse.status_code == 422
    assert "a changé depuis l’affichage" in reponse.content.decode()
    assert "Second." in reponse.content.decode()  # ce qui était saisi reste


@pytest.mark.parametrize("nom", ["fiche", "rediger", "courrier", "abandonner", "rouvrir", "reexaminer", "retirer"])
@pytest.mark.parametrize("intrus", ["porteuse", "accompagnatrice", "referent_ailleurs", "presidente", "inconnue"])
def test_la_fiche_de_l_agent_n_existe_pas_pour_qui_n_est_pas_du_perimetre(nom, intrus, dossier, acteurs):
    fabrique.preparee(dossier, acteurs)
    assert client_de(acteurs[intrus]).get(adresse(nom, dossier)).status_code == 404


def test_l_administratrice_lit_sans_rien_pouvoir(dossier, acteurs):
    decision = fabrique.preparee(dossier, acteurs)
    client = client_de(acteurs["administratrice"])
    page = client.get(adresse("fiche", dossier))
    assert page.status_code == 200
    assert "Lire et signer" not in page.content.decode()
    for nom in ("rediger", "courrier", "abandonner", "rouvrir", "reexaminer", "retirer"):
        assert client.get(adresse(nom, dossier)).status_code == 403, nom
    assert client.post(adresse("viser", dossier), {"version": 1}).status_code == 403
    assert client.get(reverse("decisions:signer"), {"d": decision.pk}).status_code == 403


@pytest.mark.parametrize("nom", ["boite", "signer", "notifier", "courriers"])
def test_la_boite_de_depart_est_aux_agents(nom, acteurs):
    adresse_ = reverse(f"decisions:{nom}")
    assert Client().get(adresse_).status_code == 302
    reponse = client_de(acteurs["porteuse"]).get(adresse_)
    assert reponse.status_code == 403
    assert "celle des agents" in reponse.content.decode()


def test_une_agente_ne_signe_pas_ni_ne_retire(dossier, acteurs, agente):
    decision = fabrique.preparee(dossier, acteurs)
    for methode in (agente.get, agente.post):
        reponse = methode(reverse("decisions:signer"), {"d": decision.pk, "etape": "code"})
        assert reponse.status_code == 403
        assert "Seule l’autorité" in reponse.content.decode()
    assert agente.get(adresse("retirer", dossier)).status_code == 403


def test_l_equipe_d_a_cote_ne_lit_ni_la_page_ni_le_courrier(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    client = client_de(acteurs["porteuse_ailleurs"])
    assert client.get(adresse("equipe", dossier)).status_code == 404
    assert client.get(adresse("equipe_document", dossier, decision.pk, "decision")).status_code == 404


@pytest.mark.parametrize("etat", ["preparee", "signee"])
def test_l_equipe_ne_voit_rien_avant_la_notification(etat, dossier, acteurs):
    decision = getattr(fabrique, etat)(dossier, acteurs, Sens.REFUS)
    client = client_de(acteurs["porteuse"])
    for page in (adresse("equipe", dossier), reverse("dossiers:fiche", args=[dossier.reference])):
        contenu = client.get(page).content.decode()
        assert fabrique.MOTIF not in contenu
        assert "refus" not in contenu.lower()
    assert client.get(adresse("equipe_document", dossier, decision.pk, "decision")).status_code == 404


def test_un_accompagnateur_lit_sans_que_cela_vaille_lecture_de_l_equipe(dossier, acteurs):
    decision = fabrique.notifiee(dossier, acteurs)
    assert client_de(acteurs["accompagnatrice"]).get(adresse("equipe", dossier)).status_code == 200
    decision.refresh_from_db()
    assert decision.consultee_le is None


def test_la_page_de_l_equipe_avant_toute_decision_explique(dossier, acteurs):
    page = client_de(acteurs["membre"]).get(adresse("equipe", dossier)).content.decode()
    assert "n’a pas encore notifié de décision" in page


def test_les_voies_de_recours_portent_leur_date_calculee(dossier, acteurs):
    from esperluette.commun.dates import ajouter_mois, en_lettres
    from esperluette.dossiers.lectures import demarche_de, edition_de

    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    page = client_de(acteurs["porteuse"]).get(adresse("equipe", dossier)).content.decode()
    recours = [edition_de(dossier).socle.recours[cle] for cle in demarche_de(dossier).regime.recours]
    assert recours
    for voie in recours:
        assert voie.libelle in page
        assert en_lettres(ajouter_mois(decision.notifiee_le.date(), voie.delai_mois)) in page


def test_la_liste_des_dossiers_a_ses_deux_corbeilles(dossier, acteurs, agente):
    page = agente.get(reverse("instruction:liste")).content.decode()
    assert "Décisions à préparer" in page
    assert dossier.reference in agente.get(reverse("instruction:liste"), {"corbeille": "a_decider"}).content.decode()
    decision = fabrique.signee(dossier, acteurs)
    for corbeille, attendu in (("a_decider", False), ("a_notifier", True)):
        page = agente.get(reverse("instruction:liste"), {"corbeille": corbeille}).content.decode()
        assert (f">{dossier.reference}<" in page) is attendu, corbeille
    notifier(decision, acteur=acteurs["referente"])
    page = agente.get(reverse("instruction:liste"), {"corbeille": "a_notifier"}).content.decode()
    assert f">{dossier.reference}<" not in page


def test_les_courriers_signes_se_telechargent_ensemble(dossier, acteurs, agente, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        decision = fabrique.signee(dossier, acteurs)
    assert courrier_de(decision).document is not None  # le PDF se produit dès la signature
    reponse = agente.get(reverse("decisions:courriers"), {"d": decision.pk})
    archive = zipfile.ZipFile(BytesIO(reponse.content))
    assert archive.namelist() == [f"{dossier.reference}-decision.pdf"]
    assert archive.read(archive.namelist()[0])[:5] == b"%PDF-"


@pytest.mark.parametrize("choix", [[], ["999999"], ["x"], ["-1"], ["1\x00"], ["9" * 40]])
def test_un_choix_vide_ou_impossible_se_dit(choix, acteurs, agente, autorite, dossier):
    for client, nom in ((autorite, "signer"), (agente, "notifier"), (agente, "courriers")):
        reponse = client.get(reverse(f"decisions:{nom}"), {"d": choix}, follow=True)
        assert reponse.status_code == 200
        assert "fr-alert" in reponse.content.decode()


@pytest.mark.parametrize("format", ["pdf", "docx", "odt"])
def test_le_brouillon_se_reprend_dans_word(format, dossier, acteurs, agente):
    decision = fabrique.preparee(dossier, acteurs)
    reponse = agente.get(adresse("document", dossier, decision.pk, "decision", format))
    assert reponse["Content-Disposition"].endswith(f'{dossier.reference}-decision-brouillon.{format}"')
    assert reponse.content[:2] in (b"PK", b"%P")
    assert agente.get(adresse("document", dossier, decision.pk, "decision", "exe")).status_code == 404
    assert agente.get(adresse("document", dossier, decision.pk, "retrait", format)).status_code == 404


def test_abandonner_et_remplacer_passent_par_une_explication(dossier, acteurs, agente):
    decision = fabrique.signee(dossier, acteurs)
    page = agente.get(adresse("rouvrir", dossier)).content.decode()
    assert "La signature tombe" in page
    assert agente.post(adresse("rouvrir", dossier), {"motif": ""}).status_code == 422
    agente.post(adresse("rouvrir", dossier), {"motif": "Une faute."})
    decision.refresh_from_db()
    assert decision.etat == EtatDecision.BROUILLON
    page = agente.post(adresse("abandonner", dossier), {"motif": ""}, follow=True).content.decode()
    assert "La décision est abandonnée." in page


def test_un_recours_gracieux_rouvre_et_garde_le_refus_lisible(dossier, acteurs, agente):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    page = agente.post(adresse("reexaminer", dossier), {"motif": "Une pièce nouvelle."}, follow=True).content.decode()
    assert "Remplacée" in page
    dossier.refresh_from_db()
    assert dossier.etat == Etat.EN_INSTRUCTION
    page = client_de(acteurs["porteuse"]).get(adresse("equipe", dossier)).content.decode()
    assert "Votre dossier est réexaminé." in page
    assert "Une pièce nouvelle." in page
    # L'avis de la commission vaut encore : on redécide sans nouvelle séance.
    nouvelle = fabrique.notifiee(dossier, acteurs, Sens.ACCORD)
    assert nouvelle.remplace == decision
    page = client_de(acteurs["porteuse"]).get(adresse("equipe", dossier)).content.decode()
    assert "Votre demande est acceptée." in page
    assert "Les décisions d’avant" in page


def test_reprendre_le_courrier_a_la_main_puis_repartir_du_modele(dossier, acteurs, agente):
    decision = fabrique.preparee(dossier, acteurs)
    page = agente.get(adresse("courrier", dossier)).content.decode()
    assert "Je valide ce projet de santé" in page
    envoi = {"objet": "Un autre objet", "corps": "Madame,\n\n- un\n- deux", "version": decision.version}
    agente.post(adresse("courrier", dossier), envoi)
    decision.refresh_from_db()
    assert courrier_de(decision).objet == "Un autre objet"
    assert "<ul><li>un</li><li>deux</li></ul>" in agente.get(adresse("fiche", dossier)).content.decode()
    agente.post(adresse("courrier", dossier), {"geste": "modele", "version": decision.version})
    decision = Decision.objects.get(pk=decision.pk)
    assert "Je valide" in courrier_de(decision).corps
    assert empreinte_de(decision)


def test_une_decision_preparee_sur_un_dossier_retire_se_dit_et_s_abandonne(dossier, acteurs, agente):
    decision = fabrique.preparee(dossier, acteurs)
    franchir(dossier, "retirer", acteur=acteurs["porteuse"])
    assert "la décision ne peut pas partir" in agente.get(reverse("decisions:boite")).content.decode()
    agente.post(adresse("abandonner", dossier), {"motif": ""})
    decision.refresh_from_db()
    assert decision.etat == EtatDecision.ANNULEE


HOSTILES = ["\x00", "<script>alert(1)</script>", "#set text(red) $x$ @ref", "a" * 40_000, "9" * 400]


@pytest.mark.parametrize("hostile", HOSTILES, ids=range(len(HOSTILES)))
def test_aucun_champ_hostile_ne_casse_une_page(hostile, dossier, acteurs, agente, autorite):
    decision = fabrique.preparee(dossier, acteurs)
    champs = dict.fromkeys(("sens", "motif", "reserves", "objet", "corps", "version", "code", "qualite"), hostile)
    champs |= {"empreinte": hostile, "d": [decision.pk], "etape": "signer", "observations_le": hostile}
    for client, page in [
        (agente, adresse("rediger", dossier)), (agente, adresse("courrier", dossier)),
        (agente, adresse("viser", dossier)), (autorite, reverse("decisions:signer")),
        (autorite, adresse("retirer", dossier)), (agente, reverse("decisions:notifier")),
        (agente, adresse("reexaminer", dossier)),
    ]:  # fmt: skip
        reponse = client.post(page, champs, follow=True)
        assert reponse.status_code in (200, 403, 404, 422), page
        assert "<script>alert" not in reponse.content.decode(), page
    decision.refresh_from_db()
    assert (decision.sens, decision.signee_par, decision.etat) == (Sens.ACCORD, None, EtatDecision.BROUILLON)


# --- Après la décision, côté équipe ----------------------------------------------------------------------


@pytest.mark.parametrize("sens", [Sens.ACCORD, Sens.REFUS])
def test_decide_le_bouton_principal_mene_a_la_decision(dossier, acteurs, sens):
    equipe = client_de(acteurs["porteuse"])
    fiche = reverse("dossiers:fiche", args=[dossier.reference])
    assert "Lire la décision et la suite" not in equipe.get(fiche).text
    fabrique.notifiee(dossier, acteurs, sens)
    action = equipe.get(fiche).context["action"]
    assert (action.libelle, action.adresse) == ("Lire la décision et la suite", adresse("equipe", dossier))


def test_la_suite_mene_a_la_reconnaissance_une_fois_ouverte(dossier, acteurs):
    fabrique.notifiee(dossier, acteurs)
    page = client_de(acteurs["porteuse"]).get(adresse("equipe", dossier))
    suite = page.text.split("La suite</h2>")[1].split("</ul>")[0]
    attendue = reverse("reconnaissances:equipe", args=[dossier.equipe_id])
    assert (attendue in suite) is dossier.equipe.reconnaissances.filter(dossier=dossier).exists()
    assert attendue in suite, "ce projet accepté reconnaît l'équipe : la suite y mène"


def test_refusee_la_decision_ne_mene_a_aucune_reconnaissance(dossier, acteurs):
    fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    page = client_de(acteurs["porteuse"]).get(adresse("equipe", dossier)).text
    assert reverse("reconnaissances:equipe", args=[dossier.equipe_id]) not in page.split("<main")[1]
