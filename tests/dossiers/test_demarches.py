"""Toutes les démarches d'une région : leur ordre, ce qui les ouvre, et chaque régime jusqu'au dépôt."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import ajouter_mois
from esperluette.commun.erreurs import ErreurMetier
from esperluette.documents.contextes import en_contexte
from esperluette.documents.moteur import produire
from esperluette.dossiers.actions import redaction
from esperluette.dossiers.actions.depot import creer_dossier, deposer, figer, retirer, signer
from esperluette.dossiers.cycle import GardeFermee
from esperluette.dossiers.demarches import Ouverture, dans_l_ordre, demarches_de
from esperluette.dossiers.documents import GABARIT, GABARIT_ACCUSE, contexte_accuse, contexte_courant
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.lectures import ce_qui_manque, destinataire_de, phrase_pour, reponse_attendue
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.templatetags.redaction import qui_regarde
from esperluette.equipes.actions import modifier_equipe
from esperluette.equipes.lectures import composition
from esperluette.equipes.models import Equipe
from esperluette.interlocuteurs.models import Contact
from esperluette.referentiel.lecture import edition, editions
from tests.dossiers import essai
from tests.dossiers.ecrans import requetes, sous, texte, url
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique
from tests.fabriques.fichiers import pdf, upload

pytestmark = pytest.mark.django_db


def vues(equipe):
    equipe = Equipe.objects.avec_membres().get(pk=equipe.pk)
    evaluation = composition(equipe).evaluation
    trouvees = demarches_de(evaluation.edition, equipe.forme_visee, evaluation, list(equipe.dossiers.all()))
    return {v.demarche.id: v for v in trouvees}


def ouvertures(equipe):
    return {cle: v.ouverture for cle, v in vues(equipe).items()}


def etat_force(dossier, etat):
    """Sans passer par l'ARS : seul l'effet sur la suite nous occupe."""
    Dossier.objects.filter(pk=dossier.pk).update(**{"etat": etat, "depose_le": timezone.now()})


# --- L'ordre et l'ouverture ------------------------------------------------------------------------------------------


def test_les_demarches_suivent_le_chemin_et_disent_la_prochaine(equipe_d_essai):
    trouvees = vues(equipe_d_essai)
    assert list(trouvees) == ["lettre", "demande", "projet", "appel"]
    assert [cle for cle, v in trouvees.items() if v.prochaine] == ["lettre"]
    assert [cle for cle, v in trouvees.items() if v.facultative] == ["demande"]
    assert {cle: v.ouverture for cle, v in trouvees.items()} == {
        "lettre": Ouverture.A_COMMENCER,
        "demande": Ouverture.A_COMMENCER,
        "projet": Ouverture.EN_ATTENTE,
        "appel": Ouverture.HORS_LIGNE,
    }
    assert trouvees["projet"].raison == "D’abord : « Lettre d'intention »."


def test_pendant_la_lettre_rien_d_obligatoire_ne_presse(equipe_d_essai):
    essai.ouvrir(equipe_d_essai)
    assert [cle for cle, v in vues(equipe_d_essai).items() if v.prochaine] == ["demande"]


def test_une_lettre_acceptee_ouvre_le_projet(equipe_d_essai):
    lettre = essai.ouvrir(equipe_d_essai)
    assert ouvertures(equipe_d_essai)["lettre"] is Ouverture.OUVERTE
    etat_force(lettre, Etat.ACCEPTE)
    trouvees = vues(equipe_d_essai)
    assert trouvees["lettre"].ouverture is Ouverture.ACQUISE
    assert trouvees["projet"].ouverture is Ouverture.A_COMMENCER
    assert trouvees["projet"].prochaine


@pytest.mark.parametrize("etat", [Etat.REFUSE, Etat.RETIRE, Etat.SANS_SUITE])
def test_une_lettre_close_sans_accord_se_recommence(equipe_d_essai, etat):
    lettre = essai.ouvrir(equipe_d_essai)
    etat_force(lettre, etat)
    vue = vues(equipe_d_essai)["lettre"]
    assert (vue.ouverture, vue.dossier) == (Ouverture.A_COMMENCER, lettre)


def test_une_condition_de_la_demarche_la_ferme_et_dit_quoi_faire(equipe_d_essai):
    acteur = essai.porteuse(equipe_d_essai)
    modifier_equipe(equipe_d_essai, acteur=acteur, statut_juridique="aucun")
    vue = vues(equipe_d_essai)["demande"]
    assert vue.ouverture is Ouverture.FERMEE
    assert vue.raison.endswith("Créez l'association.")
    with pytest.raises(ErreurMetier, match=r"pas encore ouverte à votre équipe\. Structure indiquée : aucune"):
        creer_dossier(Equipe.objects.get(), essai.DEMANDE, acteur=acteur)


@pytest.mark.parametrize("avancement", ["en_cours", "en_projet"])
def test_une_condition_a_preciser_n_empeche_pas_de_commencer(equipe_d_essai, avancement):
    acteur = essai.porteuse(equipe_d_essai)
    modifier_equipe(equipe_d_essai, acteur=acteur, statut_juridique="association", statut_avancement=avancement)
    assert ouvertures(equipe_d_essai)["demande"] is Ouverture.A_COMMENCER
    assert creer_dossier(equipe_d_essai, essai.DEMANDE, acteur=acteur)


def test_perdre_la_condition_en_chemin_empeche_de_deposer(equipe_d_essai):
    acteur = essai.porteuse(equipe_d_essai)
    dossier = essai.ouvrir(equipe_d_essai, essai.DEMANDE)
    modifier_equipe(equipe_d_essai, acteur=acteur, statut_juridique="aucun")
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert "L'association est créée." in [m.libelle for m in ce_qui_manque(dossier) if m.ou == "equipe"]


def test_une_composition_incomplete_n_empeche_pas_d_ecrire(equipe_d_essai):
    equipe_d_essai.membres.filter(porteur=True).update(profession="60", savoir_faire="")
    vue = vues(equipe_d_essai)["lettre"]
    assert vue.ouverture is Ouverture.INCOMPLETE
    assert vue.raison.startswith("Vous pouvez commencer à écrire ; le dépôt attendra.")
    assert essai.ouvrir(equipe_d_essai)


def test_une_demarche_d_une_autre_forme_ne_s_ouvre_pas(db, editions_d_essai):
    equipe = essai.equipe_d_essai(forme_visee="msp")
    assert "demande" not in vues(equipe)
    with pytest.raises(ErreurMetier, match="pour une MSP"):
        creer_dossier(equipe, essai.DEMANDE, acteur=essai.porteuse(equipe))


def test_la_reference_porte_le_prefixe_de_l_edition_sinon_le_departement(equipe_d_essai, monkeypatch):
    assert essai.ouvrir(equipe_d_essai).reference.startswith("ESP-976-")
    region = edition("mayotte", "essai").entete.region
    monkeypatch.setitem(region.__dict__, "prefixe", "MAY")
    assert essai.ouvrir(essai.equipe_d_essai(forme_visee="msp")).reference.startswith("MSP-MAY-")


def test_chaque_demarche_de_chaque_region_a_sa_place():
    for lue in editions():
        for forme in lue.entete.formes:
            ordre = [d.id for d in dans_l_ordre(lue, forme)]
            assert sorted(ordre) == sorted(d.id for d in lue.demarches if forme in d.formes)


# --- Signée du seul porteur ------------------------------------------------------------------------------------------


def test_la_lettre_se_fige_se_signe_du_porteur_et_se_depose(equipe_d_essai):
    dossier = essai.complet(equipe_d_essai, essai.LETTRE)
    acteur = essai.porteuse(equipe_d_essai)
    assert "le porteur peut figer la version, la signer et la déposer" in phrase_pour(dossier, "equipe", acteur).texte
    depot = figer(dossier, acteur=acteur)
    assert [s["porteur"] for s in depot.contenu["signataires"]] == [True]
    membre = equipe_d_essai.membres.get(porteur=False).compte
    assert phrase_pour(depot.dossier, "equipe", membre).qui == "L’équipe"
    with pytest.raises(ErreurMetier):
        signer(depot, acteur=membre, empreinte=depot.empreinte)
    with pytest.raises(GardeFermee):
        deposer(dossier, acteur=acteur)
    signer(depot, acteur=acteur, empreinte=depot.empreinte)
    assert deposer(dossier, acteur=acteur).dossier.etat == Etat.DEPOSE


def test_les_ecrans_parlent_au_seul_signataire(equipe_d_essai):
    dossier = essai.complet(equipe_d_essai, essai.LETTRE)
    client = sous(essai.porteuse(equipe_d_essai))
    assert "vous la signerez au nom de l’équipe" in texte(client.get(url(dossier, "signature")))
    assert "Vous seul la signerez" in texte(client.get(url(dossier, "figer")))
    page = texte(client.post(url(dossier, "figer"), follow=True))
    assert "Relisez-la, puis signez-la." in page
    assert "Chaque signataire" not in page


# --- Sans signature, sans commission, avec des pièces ----------------------------------------------------------------


def test_la_demande_se_depose_depuis_le_brouillon_avec_ses_pieces(equipe_d_essai):
    dossier = essai.complet(equipe_d_essai, essai.DEMANDE)
    acteur = essai.porteuse(equipe_d_essai)
    assert [(m.libelle, m.ou) for m in ce_qui_manque(dossier)] == [("Les statuts de l'association", "pieces")]
    with pytest.raises(GardeFermee, match="statuts"):
        deposer(dossier, acteur=acteur)
    redaction.joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", nature="statuts", acteur=acteur)
    assert phrase_pour(dossier, "equipe", acteur).texte == "À vous : tout est rempli, le porteur peut déposer."
    client = sous(acteur)
    page = texte(client.get(url(dossier, "signature")))
    assert "cette démarche ne demande pas de signature" in page
    assert "Figer" not in page
    assert client.post(url(dossier, "deposer")).status_code == 302
    depot = Dossier.objects.get(pk=dossier.pk).depots.get()
    assert depot.depose_le is not None
    assert depot.contenu["signataires"] == []
    assert [p["nature"] for p in depot.contenu["pieces"]] == ["statuts"]
    assert "Signatures" not in produire(GABARIT, contexte_courant(depot.dossier), "html").decode()


def test_sans_commission_la_frise_et_la_fiche_n_en_parlent_pas(equipe_d_essai):
    dossier = essai.ouvrir(equipe_d_essai, essai.DEMANDE)
    page = texte(sous(essai.porteuse(equipe_d_essai)).get(url(dossier, "fiche")))
    assert "Avis de la commission" not in page
    assert "Figer" not in page
    assert "Ne passe pas devant une commission" in page
    assert "Signature : aucune." in page
    assert "Aperçu et dépôt" in page
    assert "Aperçu et signature" not in page
    manques = texte(sous(essai.porteuse(equipe_d_essai)).get(url(dossier, "manques")))
    assert "avant de déposer" in manques


def test_l_accuse_d_une_demande_d_argent_dit_le_rejet_a_deux_mois(equipe_d_essai):
    dossier = essai.complet(equipe_d_essai, essai.DEMANDE)
    acteur = essai.porteuse(equipe_d_essai)
    redaction.joindre_piece(dossier, upload("statuts.pdf", pdf()), libelle="Statuts", nature="statuts", acteur=acteur)
    accuse = contexte_accuse(deposer(dossier, acteur=acteur))
    assert accuse.delai == "2 mois"
    assert accuse.echeance == ajouter_mois(timezone.localdate(), 2).isoformat()
    assert "rejetée" in accuse.effet_du_silence
    assert accuse.suite == ("Le projet de santé", "La reconnaissance")
    assert len(accuse.voies_de_recours) == 2


# --- Les professionnels signent ; le silence ne vaut rien ------------------------------------------------------------


def test_le_projet_se_signe_des_seuls_professionnels(equipe_d_essai):
    from tests.fabriques.equipes import MembreFabrique

    MembreFabrique(equipe=equipe_d_essai, confirme=True, non_professionnel=True)
    depot = figer(essai.complet(equipe_d_essai, essai.PROJET), acteur=essai.porteuse(equipe_d_essai))
    assert len(depot.contenu["membres"]) == 3
    assert all(s["professionnel"] for s in depot.contenu["signataires"])


def test_sans_effet_du_silence_ni_echeance_ni_delai(equipe_d_essai):
    depot = essai.depose(equipe_d_essai, essai.PROJET)
    accuse = contexte_accuse(depot)
    assert (accuse.echeance, accuse.delai) == ("", "")
    page = produire(GABARIT_ACCUSE, en_contexte(accuse), "html").decode()
    assert "Délai :" not in page
    assert "Aucun texte ne dit ce que vaut le silence." in page
    assert phrase_pour(depot.dossier, "equipe").echeance is None


# --- Les délais et le destinataire de la région ----------------------------------------------------------------------


def test_le_delai_annonce_par_la_region_se_lit_partout(equipe_d_essai):
    depot = essai.depose(equipe_d_essai, essai.LETTRE)
    attendue = reponse_attendue(depot.dossier)
    assert attendue.le == ajouter_mois(timezone.localdate(), 1)
    page = unescape(texte(sous(essai.porteuse(equipe_d_essai)).get(url(depot.dossier, "fiche"))))
    assert "La délégation répond sous un mois, par courriel. <strong>Réponse attendue avant le" in page
    accuse = produire(GABARIT_ACCUSE, en_contexte(contexte_accuse(depot)), "html").decode()
    assert "La délégation répond sous un mois" in accuse
    etat_force(depot.dossier, Etat.ACCEPTE)
    assert reponse_attendue(Dossier.objects.get(pk=depot.dossier.pk)) is None


def test_avant_le_depot_aucune_reponse_n_est_attendue(equipe_d_essai):
    assert reponse_attendue(essai.ouvrir(equipe_d_essai)) is None


def test_sans_agent_en_fonction_le_contact_publie_est_le_destinataire(equipe, acteurs):
    region = equipe.implantation.region
    Contact.objects.create(
        region=region, role="Guichet", organisme="ARS", courriel="guichet@ars.example", source_document="Essai",
        source_date=timezone.localdate(), libelle_territoire="Toute la région",
    ).portees.create()  # fmt: skip
    dossier = fabrique.brouillon(equipe)
    vers = destinataire_de(dossier)
    assert vers.en_fonction  # la référente des acteurs
    FonctionFabrique._meta.model.objects.all().delete()
    vers = destinataire_de(dossier)
    assert not vers.en_fonction
    assert vers.courriel
    assert "prévenez ce contact" in vers.note


# --- Le modèle construit ---------------------------------------------------------------------------------------------


def test_une_trame_construite_le_dit_a_l_ecran_et_dans_le_document(equipe_d_essai):
    dossier = essai.ouvrir(equipe_d_essai)
    client = sous(essai.porteuse(equipe_d_essai))
    note = "Le modèle de l'ARS n'est pas fourni"
    adresse = reverse("dossiers:nouveau", args=[equipe_d_essai.pk])
    for page in (url(dossier, "fiche"), url(dossier, "rubrique", "presentation"), adresse):
        assert note in unescape(texte(client.get(page))), page
    assert note in unescape(produire(GABARIT, contexte_courant(dossier), "html").decode())
    projet = essai.ouvrir(equipe_d_essai, essai.PROJET)
    assert note not in unescape(texte(client.get(url(projet, "rubrique", "environnement"))))


# --- Les écrans ------------------------------------------------------------------------------------------------------


def test_l_ecran_des_demarches_dit_laquelle_commencer_et_pourquoi_pas_les_autres(equipe_d_essai):
    acteur = essai.porteuse(equipe_d_essai)
    modifier_equipe(equipe_d_essai, acteur=acteur, statut_juridique="aucun")
    page = unescape(texte(sous(acteur).get(reverse("dossiers:nouveau", args=[equipe_d_essai.pk]))))
    assert page.count("C’est la prochaine utile.") == 1
    assert "Commencer : Lettre d'intention" in page
    assert "Commencer quand même : Projet de santé" in page
    assert "Commencer : Demande" not in page
    assert "Créez l'association." in page
    assert page.count('class="fr-btn"') == 1


def test_le_tableau_de_bord_montre_chaque_demarche(equipe_d_essai):
    client = sous(essai.porteuse(equipe_d_essai))
    adresse = reverse("equipes:fiche", args=[equipe_d_essai.pk])
    page = unescape(texte(client.get(adresse)))
    assert "Commencer : Lettre d'intention" in page
    assert "D’abord : « Lettre d'intention »." in page
    lettre = essai.ouvrir(equipe_d_essai)
    demande = essai.ouvrir(equipe_d_essai, essai.DEMANDE)
    page = unescape(texte(client.get(adresse)))
    assert page.count("Rédiger ensemble") == 2
    assert page.count("Continuer la rédaction") == 3  # le bouton de tête, et un lien par dossier
    for dossier in (lettre, demande):
        assert url(dossier, "fiche") in page


def test_deux_signatures_attendues_se_distinguent(equipe_d_essai):
    acteur = essai.porteuse(equipe_d_essai)
    for demarche in (essai.LETTRE, essai.PROJET):
        figer(essai.complet(equipe_d_essai, demarche), acteur=acteur)
    page = unescape(texte(sous(acteur).get(reverse("equipes:fiche", args=[equipe_d_essai.pk]))))
    assert page.count("Signature attendue (Projet de santé)") == 2
    assert page.count("Signature attendue (Lettre d'intention)") == 1


def tableau_de_bord(demarches, etat):
    equipe = essai.equipe_d_essai()
    acteur = essai.porteuse(equipe)
    for demarche in demarches:
        dossier = essai.complet(equipe, demarche)
        if etat == "figes":
            figer(dossier, acteur=acteur)
    return sous(acteur), reverse("equipes:fiche", args=[equipe.pk])


@pytest.mark.parametrize(
    ("etat", "un_seul", "plusieurs"),
    [
        ("brouillons", [essai.DEMANDE], [essai.DEMANDE, essai.PROJET, essai.LETTRE]),
        ("figes", [essai.PROJET], [essai.PROJET, essai.LETTRE]),
    ],
)
def test_plusieurs_dossiers_ne_coutent_pas_plus_qu_un(db, editions_d_essai, etat, un_seul, plusieurs):
    assert requetes(*tableau_de_bord(plusieurs, etat)) <= requetes(*tableau_de_bord(un_seul, etat))


def test_les_dossiers_clos_ne_se_relisent_pas(db, editions_d_essai):
    client, adresse = tableau_de_bord([essai.PROJET], "brouillons")
    un = requetes(client, adresse)
    equipe = Equipe.objects.get()
    for _ in range(2):
        dossier = essai.ouvrir(equipe)
        retirer(dossier, acteur=essai.porteuse(equipe))
        Dossier.objects.filter(pk=dossier.pk).update(cree_le=timezone.now() - timedelta(days=3))
    assert requetes(client, adresse) == un


@pytest.mark.parametrize(
    ("region", "edition", "attendu"),
    [("bretagne", "2024-10", "la commission"), ("hauts-de-france", "2026-11", "l’ARS")],
)
def test_sans_commission_c_est_l_ars_qui_regarde(region, edition, attendu):
    assert qui_regarde(Dossier(region=region, edition=edition, demarche="projet-de-sante")) == attendu
