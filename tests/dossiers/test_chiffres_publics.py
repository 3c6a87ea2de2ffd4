"""Des chiffres publics dans un projet : les insérer, les suivre, les figer, les commenter, les contester."""

import copy

import pytest
from django.utils import timezone

from esperluette.commissions.synthese import synthese_de
from esperluette.commun.erreurs import ErreurMetier, Refus
from esperluette.diagnostics.actions.constats import ecarter_constat, garder_constat
from esperluette.diagnostics.contributions import destinations
from esperluette.dossiers.actions import chiffres as c
from esperluette.dossiers.actions import redaction as r
from esperluette.dossiers.actions.depot import deposer, figer, rouvrir
from esperluette.dossiers.contenu import document_de, document_du_depot
from esperluette.dossiers.documents import exporter, trame_vierge
from esperluette.dossiers.lectures import edition_de, membres_de, trame_de
from esperluette.dossiers.models import VersionReponse
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.instruction.chiffres import signalements
from esperluette.instruction.lectures_de_depot import differences
from esperluette.journal.models import Evenement
from esperluette.referentiel.normalisation import ValeurRefusee
from tests.dossiers.ecrans import HOSTILE, TERRITOIRE, enregistrer, requetes, sous, texte, url
from tests.fabriques import chiffres, complements
from tests.fabriques import dossiers as fabrique
from tests.fabriques.diagnostics import constat_lu
from tests.indicateurs import fichiers

pytestmark = pytest.mark.django_db

CHAMP = "chiffres_territoire"
PLUS = ("22136,Loudéac,22600,COM,80,10000,9700,4500,100,140",)


def valeur(dossier, chemin=CHAMP):
    return dossier.reponses.filter(champ=chemin).values_list("valeur", flat=True).first()


def habitants(valeur):
    return valeur["instantane"]["themes"][0]["lignes"][0]["valeurs"]["territoire"]["valeur"]


def envoi(dossier, chemin=CHAMP, **autres):
    reponse = dossier.reponses.filter(champ=chemin).first()
    return {f"version:{chemin}": reponse.version if reponse else 0, chemin: "", **autres}


def poster(client, dossier, **champs):
    return client.post(url(dossier, "rubrique", TERRITOIRE), envoi(dossier, **champs), follow=True)


# --- Insérer ---------------------------------------------------------------------------------------------


def test_un_bouton_insere_les_chiffres_du_territoire_du_projet(publics, dossier, porteuse):
    avant = texte(porteuse.get(url(dossier, "rubrique", TERRITOIRE)))
    assert "Insérer les chiffres publics" in avant
    rendu = texte(poster(porteuse, dossier, geste=f"inserer:{CHAMP}"))
    assert "ils suivent les données" in rendu
    assert "9\u202f600" in rendu
    assert (valeur(dossier)["mode"], habitants(valeur(dossier))) == ("suivi", 9_600)


def test_les_communes_du_projet_passent_avant_celles_de_l_equipe(publics, dossier, acteur):
    fabrique.ecrire(dossier, "territoire_communes", ["22136", "22219"], acteur)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    assert habitants(valeur(dossier)) == 12_100


def test_deux_clics_n_inserent_qu_une_fois(publics, dossier, acteur):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    assert VersionReponse.objects.filter(reponse__champ=CHAMP).count() == 1


def test_sans_chiffre_charge_la_page_le_dit_et_n_insere_rien(dossier, porteuse):
    rendu = porteuse.post(url(dossier, "rubrique", TERRITOIRE), envoi(dossier, geste=f"inserer:{CHAMP}"))
    assert rendu.status_code == 422
    assert "encore chargé" in texte(rendu)
    assert valeur(dossier) is None


@pytest.mark.parametrize("geste", ["inserer", "rafraichir", "figer", "suivre", "reprendre", "oter"])
def test_seul_qui_redige_touche_aux_chiffres(publics, dossier, acteurs, geste):
    with pytest.raises(Refus):
        c.agir(dossier, CHAMP, geste, acteur=acteurs["accompagnatrice"])


def test_un_autre_champ_ne_recoit_pas_de_chiffres(publics, dossier, acteur):
    with pytest.raises(ErreurMetier, match="ne reçoit pas"):
        c.agir(dossier, "territoire_description", "inserer", acteur=acteur)


# --- Suivre ou figer -------------------------------------------------------------------------------------


def test_des_chiffres_suivis_se_recalculent_a_l_affichage_sans_rien_ecrire(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    chiffres.charger(*PLUS)
    assert "10\u202f000" in texte(porteuse.get(url(dossier, "rubrique", TERRITOIRE)))
    assert "10\u202f000" in exporter(dossier, "html").decode()
    assert habitants(valeur(dossier)) == 9_600


def test_des_chiffres_figes_ne_bougent_que_si_on_les_rafraichit(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    c.agir(dossier, CHAMP, "figer", acteur=acteur)
    chiffres.charger(*PLUS)
    assert "9\u202f600" in texte(porteuse.get(url(dossier, "rubrique", TERRITOIRE)))
    c.agir(dossier, CHAMP, "rafraichir", acteur=acteur)
    assert (valeur(dossier)["mode"], habitants(valeur(dossier))) == ("fige", 10_000)
    c.agir(dossier, CHAMP, "suivre", acteur=acteur)
    assert valeur(dossier)["mode"] == "suivi"


def test_la_version_a_signer_fige_les_chiffres_pour_tous_ses_signataires(publics, equipe, acteur, acteurs):
    dossier = fabrique.brouillon(equipe, rempli=True)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    chiffres.charger(*PLUS)
    depot = figer(dossier, acteur=acteur)
    assert habitants(depot.contenu["reponses"][CHAMP]) == 10_000
    imprime = document_du_depot(depot)
    chiffres.charger("22136,Loudéac,22600,COM,80,1,9700,4500,100,140")
    depot.refresh_from_db()
    assert document_du_depot(depot) == imprime
    assert "10\\u202f000" in str(imprime) or "10\u202f000" in str(imprime)
    for role in ("porteuse", "membre"):
        page = texte(sous(acteurs[role]).get(url(dossier, "rubrique", TERRITOIRE)))
        assert "10\u202f000" in page, role
    rouvrir(dossier, acteur=acteur)
    assert "10\u202f000" not in texte(sous(acteur).get(url(dossier, "rubrique", TERRITOIRE)))


def test_figer_sans_chiffres_n_ecrit_rien(equipe, acteur):
    dossier = fabrique.brouillon(equipe, rempli=True)
    versions = VersionReponse.objects.count()
    figer(dossier, acteur=acteur)
    assert VersionReponse.objects.count() == versions


# --- Commenter, contester --------------------------------------------------------------------------------


def test_le_commentaire_et_la_contestation_s_enregistrent_avec_la_page(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    mots = {CHAMP: "Nous montons.", f"conteste:{CHAMP}": "population", f"conteste:{CHAMP}:": "Un lotissement manque."}
    rendu = texte(poster(porteuse, dossier, **mots))
    assert (valeur(dossier)["commentaire"], valeur(dossier)["contestes"]) == (
        "Nous montons.", {"population": "Un lotissement manque."},
    )  # fmt: skip
    assert habitants(valeur(dossier)) == 9_600, "les chiffres n'ont pas bougé"
    assert "Contesté par l’équipe" in rendu
    poster(porteuse, dossier, **{CHAMP: "Nous montons.", f"conteste:{CHAMP}:population": " "})
    assert valeur(dossier)["contestes"] == {}


def test_les_phrases_gardees_du_diagnostic_se_reprennent_dans_le_commentaire(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    page = url(dossier, "rubrique", TERRITOIRE)
    assert "Reprendre" not in texte(porteuse.get(page))
    garder_constat(dossier.equipe, constat_lu(phrase="Peu de médecins."), acteur=acteur)
    ecarter_constat(dossier.equipe, constat_lu("autre", phrase="Peu importe."), acteur=acteur)
    assert "Reprendre 1 phrase du diagnostic" in texte(porteuse.get(page))
    for _ in range(2):  # un double clic ne répète rien ; ce qui s'écrit en même temps reste
        poster(porteuse, dossier, **{CHAMP: valeur(dossier)["commentaire"] or "Vu."}, geste=f"reprendre:{CHAMP}")
    assert valeur(dossier)["commentaire"] == "Vu.\nPeu de médecins. (Insee, essai, 2024)"
    assert habitants(valeur(dossier)) == 9_600


def test_l_enregistrement_automatique_garde_les_chiffres(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    assert enregistrer(porteuse, dossier, CHAMP, "Vu.", version=1).status_code == 200
    assert (valeur(dossier)["commentaire"], habitants(valeur(dossier))) == ("Vu.", 9_600)


def test_un_motif_sans_chiffre_choisi_revient_avec_sa_raison(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    rendu = porteuse.post(
        url(dossier, "rubrique", TERRITOIRE), envoi(dossier, **{CHAMP: "Vu.", f"conteste:{CHAMP}:": "Un départ."})
    )
    assert rendu.status_code == 422
    page = texte(rendu)
    assert "Choisissez le chiffre que vous contestez." in page
    assert "Un départ." in page
    assert ">Vu.</textarea>" in page


def test_recalculer_pendant_qu_un_autre_commente_n_oppose_pas_deux_textes(publics, dossier, acteur, acteurs):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    c.agir(dossier, CHAMP, "figer", acteur=acteurs["membre"])
    rendu = r.enregistrer_reponse(dossier, CHAMP, {"commentaire": "Vu."}, version_lue=1, acteur=acteur)
    assert (rendu.conflit, rendu.valeur["mode"]) == (None, "fige")


def test_deux_commentaires_ecrits_en_meme_temps_sont_gardes_et_montres(publics, dossier, acteur, acteurs, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    r.enregistrer_reponse(dossier, CHAMP, {"commentaire": "Le sien."}, version_lue=1, acteur=acteurs["membre"])
    rendu = enregistrer(porteuse, dossier, CHAMP, "Le mien.", version=1)
    assert rendu.status_code == 409
    assert "Le mien." in texte(rendu)
    assert "Le sien." in texte(rendu)


def test_ranger_un_conflit_ne_retient_que_les_mots(publics, dossier, acteur, acteurs):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    r.enregistrer_reponse(dossier, CHAMP, {"commentaire": "Le sien."}, version_lue=1, acteur=acteurs["membre"])
    rendu = r.enregistrer_reponse(dossier, CHAMP, {"commentaire": "Le mien."}, version_lue=1, acteur=acteur)
    c.agir(dossier, CHAMP, "figer", acteur=acteurs["membre"])
    c.inserer_un_chiffre_fourni(dossier, CHAMP, **DONNE, acteur=acteurs["referente"])
    r.ranger_conflit(rendu.conflit, rendu.conflit.valeur, acteur=acteur)
    gardee = valeur(dossier)
    assert (gardee["commentaire"], gardee["mode"], len(gardee["fournis"])) == ("Le mien.", "fige", 1)
    r.ranger_conflit(rendu.conflit, {}, acteur=acteur)
    assert (valeur(dossier)["commentaire"], habitants(valeur(dossier))) == ("", 9_600)


def test_une_seconde_contestation_garde_la_premiere(publics, dossier, acteur):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    for version, ligne in enumerate(("population", "densite"), start=1):
        mots = {"commentaire": "", "contestes": {ligne: "Recompté."}}
        r.enregistrer_reponse(dossier, CHAMP, mots, version_lue=version, acteur=acteur)
    assert valeur(dossier)["contestes"] == {"population": "Recompté.", "densite": "Recompté."}
    vides = {"commentaire": "", "contestes": {"population": ""}}
    r.enregistrer_reponse(dossier, CHAMP, vides, version_lue=3, acteur=acteur)
    assert valeur(dossier)["contestes"] == {"densite": "Recompté."}


def test_des_chiffres_devenus_demesures_se_disent_au_moment_de_figer(publics, equipe, acteur, monkeypatch):
    dossier = fabrique.brouillon(equipe, rempli=True)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    chiffres.charger(*PLUS)
    monkeypatch.setattr("esperluette.referentiel.normalisation.INSTANTANE_MAX", 100)
    with pytest.raises(ErreurMetier, match="Chiffres publics"):
        figer(dossier, acteur=acteur)


def test_un_numero_de_securite_sociale_en_commentaire_s_avertit(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    assert "esp-avertissement" in texte(enregistrer(porteuse, dossier, CHAMP, "1 84 12 76 451 089 46", version=1))


@pytest.mark.parametrize("hostile", [HOSTILE, "a\x00b", "#set page()", "$x$"])
def test_un_commentaire_hostile_se_lit_comme_du_texte(publics, dossier, acteur, porteuse, hostile):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    rendu = poster(
        porteuse, dossier, **{CHAMP: hostile, f"conteste:{CHAMP}": "population", f"conteste:{CHAMP}:": hostile}
    )
    assert rendu.status_code == 200
    assert HOSTILE not in texte(rendu)
    assert exporter(dossier, "pdf").startswith(b"%PDF")


def test_un_chemin_hostile_n_est_pas_un_geste(publics, dossier, porteuse):
    for geste in (f"inserer:{CHAMP}:x:y", "inserer:nulle-part", "inserer:", "oter-fourni:x", f"oter-fourni:{CHAMP}:"):
        reponse = porteuse.post(url(dossier, "rubrique", TERRITOIRE), envoi(dossier, geste=geste))
        assert reponse.status_code in {302, 404, 422}, geste


# --- Chez l'ARS ------------------------------------------------------------------------------------------


def contester_et_deposer(equipe, motif="Un lotissement manque."):
    dossier, porteuse = fabrique.brouillon(equipe, rempli=True), equipe.porteur.compte
    c.agir(dossier, CHAMP, "inserer", acteur=porteuse)
    r.enregistrer_reponse(dossier, CHAMP, {"contestes": {"population": motif}}, version_lue=1, acteur=porteuse)
    fabrique.signe_ce(dossier)
    return deposer(dossier, acteur=porteuse)


def test_l_agent_lit_d_abord_ce_que_l_equipe_conteste(publics, equipe, acteurs):
    depot = contester_et_deposer(equipe)
    (signalement,) = signalements(depot.dossier, acteurs["referente"])
    assert (signalement.titre, signalement.ton) == ("L’équipe conteste un chiffre", "attention")
    fiche = texte(sous(acteurs["referente"]).get(signalement.lien))
    assert fiche.index("L’équipe conteste un chiffre") < fiche.index("(contesté, 1)")
    assert f'id="{signalement.lien.split("#")[1]}"' in fiche
    (attention,) = [a for a in synthese_de(depot.dossier)["attentions"] if "conteste" in a]
    assert "Un lotissement manque." in attention


def test_un_complement_demande_ailleurs_ne_bouge_pas_les_chiffres_deposes(publics, equipe, acteurs):
    depot = contester_et_deposer(equipe)
    demande = complements.demande(depot.dossier, acteurs["referente"])
    chiffres.charger(*PLUS)
    page = texte(sous(acteurs["porteuse"]).get(url(depot.dossier, "rubrique", TERRITOIRE)))
    assert "9\u202f600" in page
    assert "suivent les données" not in page
    fabrique.ecrire(depot.dossier, "territoire_description", "<p>Précisé.</p>", acteurs["porteuse"])
    complements.repondre_a_tout(demande, acteurs["porteuse"])
    suite = complements.redeposer(depot.dossier)
    assert suite.contenu["reponses"][CHAMP] == depot.contenu["reponses"][CHAMP]


def test_sans_contestation_rien_n_est_signale(equipe, acteurs):
    assert list(signalements(fabrique.depose(equipe).dossier, acteurs["referente"])) == []


def test_l_agent_voit_ce_qui_change_d_un_depot_a_l_autre(publics, equipe):
    depot = contester_et_deposer(equipe)
    autre = copy.deepcopy(depot)
    autre.contenu["reponses"][CHAMP]["contestes"] = {}
    (difference,) = differences(depot.dossier, autre, depot)
    assert difference.libelle == "Chiffres publics sur le territoire"
    assert "Un lotissement manque." in "".join(s.texte for s in difference.segments if s.sorte == "ajout")


# --- Depuis le territoire de l'équipe --------------------------------------------------------------------


def test_le_diagnostic_de_l_equipe_mene_aux_champs_de_ses_projets(equipe, dossier, acteurs):
    trouvees = destinations(equipe, acteurs["porteuse"])
    assert [d.libelle for d in trouvees if dossier.reference in d.lien] == [
        "1.1. Le territoire de réalisation du projet", "1.2. La patientèle", "1.3. L'offre de soins",
    ]  # fmt: skip
    assert destinations(equipe, acteurs["inconnue"]) == []


# --- Historique ------------------------------------------------------------------------------------------


def test_l_historique_se_compare_et_se_restaure(publics, dossier, acteur, porteuse):
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    enregistrer(porteuse, dossier, CHAMP, "Première lecture.", version=1)
    c.agir(dossier, CHAMP, "oter", acteur=acteur)
    assert valeur(dossier) is None
    page = texte(porteuse.get(url(dossier, "historique", CHAMP)))
    assert "Première lecture." in page
    porteuse.post(url(dossier, "restaurer", CHAMP, 2))
    assert (valeur(dossier)["commentaire"], habitants(valeur(dossier))) == ("Première lecture.", 9_600)


# --- Ce que l'ARS donne ----------------------------------------------------------------------------------

DONNE = {"libelle": "Patients en ALD", "valeur": "1 240", "unite": "patients", "source": "SNDS, 2025"}


def test_un_chiffre_de_l_ars_entre_dans_le_champ_avec_sa_source(dossier, acteurs, porteuse):
    c.inserer_un_chiffre_fourni(dossier, CHAMP, **DONNE, acteur=acteurs["referente"])
    c.inserer_un_chiffre_fourni(dossier, CHAMP, **DONNE, acteur=acteurs["referente"])
    (fourni,) = valeur(dossier)["fournis"]
    assert fourni["le"] == timezone.localdate().isoformat()
    page = texte(porteuse.get(url(dossier, "rubrique", TERRITOIRE)))
    assert "1 240 patients (donné par l’ARS : SNDS, 2025)" in page
    assert Evenement.objects.filter(sorte="chiffre_fourni").count() == 1
    poster(porteuse, dossier, geste=f"oter-fourni:{CHAMP}:{fourni['id']}")
    assert valeur(dossier) is None


@pytest.mark.parametrize("role", ["referent_ailleurs", "inconnue", "porteuse_ailleurs", "accompagnatrice"])
def test_qui_n_est_ni_agent_du_territoire_ni_membre_ne_verse_rien(dossier, acteurs, role):
    with pytest.raises(Refus):
        c.inserer_un_chiffre_fourni(dossier, CHAMP, **DONNE, acteur=acteurs[role])
    assert valeur(dossier) is None


def test_une_version_figee_ne_recoit_plus_de_chiffre(equipe, acteur, acteurs):
    depot = fabrique.fige(equipe)
    with pytest.raises(Refus, match="ne changent plus"):
        c.inserer_un_chiffre_fourni(depot.dossier, CHAMP, **DONNE, acteur=acteurs["referente"])


def test_un_chiffre_demesure_est_refuse(dossier, acteurs):
    with pytest.raises(ValeurRefusee):
        c.inserer_un_chiffre_fourni(dossier, CHAMP, **DONNE | {"source": "x" * 501}, acteur=acteurs["referente"])


# --- Le document -----------------------------------------------------------------------------------------


def test_vide_le_champ_ne_s_imprime_nulle_part(equipe, dossier):
    for brouillon in (True, False):
        document = document_de(dossier, membres_de(dossier), brouillon=brouillon)
        assert "chiffres" not in {ch.type for ru in document.rubriques for ch in ru.champs}
    edition = edition_de(dossier)
    assert "Chiffres publics" not in trame_vierge(edition, edition.demarche(dossier.demarche), "html").decode()


def relu(dossier, format):
    octets = exporter(dossier, format)
    return analyser(f"trame.{format}", octets, trame=trame_de(dossier), edition=edition_de(dossier))


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_ce_qui_s_imprime_avec_des_chiffres_se_relit_sans_eux(publics, equipe, acteur, format):
    dossier = fabrique.brouillon(equipe, rempli=True)
    sans = relu(dossier, format)
    for chemin in (CHAMP, "chiffres_patientele", "chiffres_offre"):
        c.inserer_un_chiffre_fourni(dossier, chemin, **DONNE, acteur=acteur)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    r.enregistrer_reponse(
        dossier, CHAMP, {"commentaire": "Nous montons.", "contestes": {"population": "Faux."}}, version_lue=2,
        acteur=acteur,
    )  # fmt: skip
    assert relu(dossier, format) == sans


def test_les_requetes_de_la_page_ne_dependent_pas_du_nombre_de_communes(publics, dossier, acteur, porteuse):
    page = url(dossier, "rubrique", TERRITOIRE)
    fabrique.ecrire(dossier, "territoire_communes", ["22136"], acteur)
    c.agir(dossier, CHAMP, "inserer", acteur=acteur)
    une = requetes(porteuse, page)
    fabrique.ecrire(dossier, "territoire_communes", ["22136", "22219", "22278"], acteur)
    assert requetes(porteuse, page) == une


def test_chaque_rubrique_a_ses_themes(publics, dossier, acteur):
    octets = fichiers.filosofi("22136,Loudéac,5000,20000,15,")
    chiffres.charger(jeu="filosofi", octets=octets)
    c.agir(dossier, "chiffres_patientele", "inserer", acteur=acteur)
    themes = [t["id"] for t in valeur(dossier, "chiffres_patientele")["instantane"]["themes"]]
    assert "revenus" in themes
    assert "population" not in themes
