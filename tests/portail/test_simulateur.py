"""Le simulateur à l'écran : avec et sans htmx, adresses trafiquées, coût constant."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.urls import reverse

from esperluette.equipes.lectures import depuis_simulation
from esperluette.portail.simulateur import editions_ouvertes, lire_saisie
from esperluette.portail.simulation import MEMBRES_MAXIMUM
from esperluette.referentiel.modele import Regle
from esperluette.territoires.zonages import Classement
from tests.portail.test_simulation import COMPLETE, JOUR

URL = "/simulateur/"
HTMX = {"HX-Request": "true"}
LOUDEAC = COMPLETE.replace("region=bretagne", "commune=22136&communes=22219")


def lire(client, adresse="", **entetes):
    reponse = client.get(f"{URL}?{adresse}", headers=entetes)
    assert reponse.status_code == 200
    return reponse


def page(client, adresse="", **entetes):
    """La page, espaces insécables comprises comme des espaces."""
    return unescape(lire(client, adresse, **entetes).content.decode()).replace("\xa0", " ")


def test_une_equipe_complete_recoit_un_oui_chaque_critere_sa_source(client, charges):
    html = page(client, LOUDEAC)
    assert "Oui, vous pouvez former une équipe de soins primaires (ESP) en Bretagne." in html
    assert html.count('class="esp-source"') >= 6
    assert "Étape 1" in html
    assert "montant non publié (3 à 7 réunions)" in html
    assert "Et en MSP ?" in html
    assert "Manon MULLER" in html
    assert "À décrire dans le projet" in html


def test_il_manque_quelqu_un_et_l_on_dit_qui_ferait_avancer(client, charges):
    html = page(client, "commune=22136&profession1=60&exercice1=liberal")
    assert "Pas encore" in html
    assert "Ajouter : Médecin généraliste" in html
    (lien,) = re.findall(r'href="(/simulateur/\?[^"]+)">Ajouter : Médecin généraliste', html)
    assert "Oui, vous pouvez former" in unescape(client.get(lien).content.decode())


def test_sans_commune_ni_region_la_page_explique_le_premier_geste(client, db, region_zonee):
    html = page(client)
    assert "Dites d’abord où vous exercez." in html
    assert '<select class="fr-select" id="region"' in html


@pytest.mark.parametrize(
    "adresse", ["region=bretagne", "commune=22136", "region=bretagne&statut=association", "commune=22136&ajouter=1"]
)
def test_tant_que_personne_n_est_saisi_on_invite_sans_juger(client, charges, adresse):
    html = page(client, adresse)
    assert "Dites avec qui vous voulez travailler." in html
    assert "Ajouter : Médecin généraliste" in html
    assert "L'équipe compte au moins un médecin généraliste" in html
    for verdict in (
        "Pas encore",
        "Non rempli",
        "Conditions non remplies",
        "data-esp-rappel",
        "esp-verdict--non_satisfait",
    ):
        assert verdict not in html
    assert ("Créer mon équipe avec ces réponses" in html) == ("commune" in adresse)


def test_une_aide_ouverte_ne_repete_pas_les_conditions_deja_dites(client, charges):
    html = page(client, LOUDEAC)
    assert html.count("1 médecin généraliste (minimum : 1).") == 1


def test_une_region_sans_edition_n_emprunte_pas_les_regles_d_une_autre(client, charges):
    html = page(client, "commune=75056&profession1=10&qualification1=SM54&profession2=60")
    assert "Esperluette ne connaît pas encore les règles de la région Île-de-France." in html
    assert "vous pouvez former" not in html
    assert 'value="60" selected' in html


def test_ce_qui_est_compris_s_ecrit_en_clair_dans_le_champ(client, charges):
    html = page(client, "commune=22136&communes=22219")
    assert 'value="Loudéac (22)"' in html
    assert "Plouguenast-Langast (22)" in html


def test_une_commune_ambigue_garde_toute_la_saisie(client, charges):
    html = page(client, COMPLETE.replace("region=bretagne", "commune=saint"))
    assert "Plusieurs communes correspondent" in html
    assert 'value="saint"' in html
    assert 'value="SM54" selected' in html
    assert 'value="en_cours" selected' in html


def test_une_profession_inconnue_est_dite_a_cote_et_rien_n_est_perdu(client, charges):
    html = page(client, "commune=22136&profession1=ZZ&profession2=60&exercice2=mixte")
    assert 'id="profession1-erreur">Profession inconnue : « ZZ ». Choisissez-la dans la liste.' in html
    assert 'aria-describedby="profession1-erreur"' in html
    assert 'value="mixte" selected' in html


def test_sans_javascript_les_boutons_ajoutent_et_retirent(client, charges):
    assert page(client, f"{LOUDEAC}&ajouter=1").count("esp-membre__cadre") == 3
    html = page(client, f"{LOUDEAC}&retirer=1")
    assert "Médecin généraliste</option>" not in html
    assert 'name="ajouter"' in html
    assert ">Mettre à jour</button>" in html


def test_sans_structure_l_avancement_ne_se_demande_pas(client, charges):
    assert 'id="avancement"' in page(client, LOUDEAC)
    assert 'id="avancement"' not in page(client, LOUDEAC.replace("association", "aucun"))


# --- htmx --------------------------------------------------------------------------------------------


def structure(client, adresse):
    (trouvee,) = re.findall(r'"structure": "([^"]*)"', page(client, adresse))
    return trouvee.encode().decode("unicode_escape")


def test_htmx_ne_rafraichit_que_le_resultat_quand_le_formulaire_ne_change_pas(client, charges):
    change = LOUDEAC.replace("exercice2=liberal", "exercice2=salarie")
    donnees = QueryDict(change, mutable=True)
    donnees["structure"] = structure(client, LOUDEAC)
    reponse = lire(client, donnees.urlencode(), **HTMX)
    assert reponse["HX-Retarget"] == "#resultat"
    assert reponse["HX-Replace-Url"] == f"{URL}?{change}"
    assert 'id="saisie"' not in reponse.content.decode()
    assert "salarié" in reponse.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        LOUDEAC.replace("profession2=60", "profession2=70"),
        LOUDEAC.replace("association", "aucun"),
        LOUDEAC.replace("commune=22136", "commune=saint"),
        f"{LOUDEAC}&ajouter=1",
        f"{LOUDEAC}&retirer=2",
    ],
)
def test_htmx_refait_le_formulaire_quand_ses_champs_changent(client, charges, change):
    donnees = QueryDict(change, mutable=True)
    donnees["structure"] = structure(client, LOUDEAC)
    reponse = lire(client, donnees.urlencode(), **HTMX)
    assert reponse["HX-Retarget"] == "#simulateur"
    assert 'id="saisie"' in reponse.content.decode()
    assert "<html" not in reponse.content.decode()


def test_htmx_montre_l_erreur_puis_la_retire(client, charges):
    fausse = LOUDEAC.replace("commune=22136", "commune=saint")
    donnees = QueryDict(LOUDEAC, mutable=True)
    donnees["structure"] = structure(client, fausse)
    assert donnees["structure"] == ""
    assert lire(client, donnees.urlencode(), **HTMX)["HX-Retarget"] == "#simulateur"


# --- adresses trafiquées -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "adresse",
    [
        "commune=<script>alert(1)</script>",
        "commune=%00&profession1=%00&statut=%00&structure=%00",
        "communes=99999&communes=abc&communes_ajout=zzz",
        "profession1=<b>&qualification1='\"&exercice1=%3Csvg%20onload%3D1%3E",
        "forme=../../etc&region=national&statut[]=x&avancement=-1",
        "retirer=-1&ajouter=<b>&profession99999=10",
        "profession1=" + "9" * 4000,
        "&".join(f"profession{n}=60" for n in range(1, 200)),
        "commune=22136&commune=35115&forme=esp&forme=msp",
        "zone-zip=oui&zone-=x&%F0%9F%92%A5=1",
        "commune=%ff%fe",
    ],
)
def test_une_adresse_trafiquee_ne_casse_rien_et_n_injecte_rien(client, charges, adresse):
    for entetes in ({}, HTMX):
        reponse = lire(client, adresse, **entetes)
        html = reponse.content.decode()
        for piege in ("<script>alert", "<svg onload", "='\"'>", 'value="<b>'):
            assert piege not in html
        assert "\n" not in reponse.get("HX-Replace-Url", "")


def test_trop_de_personnes_se_dit(client, charges):
    html = page(client, "commune=22136&" + "&".join(f"profession{n}=60" for n in range(1, MEMBRES_MAXIMUM + 2)))
    assert f"compte jusqu’à {MEMBRES_MAXIMUM} personnes" in html


def test_le_simulateur_coute_autant_avec_un_ou_trois_membres(client, charges, django_assert_num_queries):
    lire(client, LOUDEAC)
    for nombre in (1, 3):
        personnes = "&".join(f"profession{n}=60&exercice{n}=liberal" for n in range(1, nombre + 1))
        with django_assert_num_queries(12):
            lire(client, f"commune=22136&communes=22219&{personnes}")


# --- ce qu'on en fait --------------------------------------------------------------------------------


def test_creer_mon_equipe_emporte_les_reponses(client, charges):
    html = page(client, LOUDEAC)
    (adresse,) = re.findall(rf'href="{reverse("equipes:creer")}\?([^"]+)"', html)
    prerempli = depuis_simulation(QueryDict(adresse))
    assert prerempli.equipe["implantation"] == "22136"
    assert prerempli.equipe["communes"] == ["22219"]
    assert prerempli.equipe["statut_avancement"] == "en_cours"
    assert [p["profession"] for p in prerempli.personnes] == ["10", "60"]


def test_le_lien_copie_redonne_la_meme_simulation(client, charges):
    (lien,) = re.findall(r'href="/simulateur/\?([^"]+)" data-esp-copier', page(client, f"{LOUDEAC}&retirer=9&x=1"))
    assert lien == LOUDEAC
    assert lire_saisie(QueryDict(lien), [], le=JOUR).simulation.presents[0].profession == "10"


def test_la_page_ne_met_pas_en_cache_un_fragment_pour_une_page(client, charges):
    assert "HX-Request" in lire(client, LOUDEAC)["Vary"]


# --- la réponse entière ------------------------------------------------------------------------------

ZIP = Regle(fonction="zonage", parametres={"zone": "zip"})


def test_ce_qui_rapproche_se_lit_et_s_essaie(client, charges):
    html = page(client, "commune=22136&profession1=10&exercice1=liberal&profession2=60&exercice2=liberal")
    assert "Précisez la qualification (médecin généraliste ?) d'un membre (médecin)." in html
    lien, *_ = re.findall(r'href="(/simulateur/\?[^"]+)">Voir ce que donnerait un oui', html)
    assert "Oui, vous pouvez former" in unescape(client.get(lien).content.decode())


def test_en_msp_ce_qui_rapproche_se_dit_aussi(client, charges):
    html = page(client, LOUDEAC)
    assert "Et en MSP ?" in html
    assert "Ajoutez un second médecin généraliste." in html
    assert "esp-verdict--non_satisfait" in page(client, LOUDEAC.replace("forme=esp", "forme=msp"))


def test_une_aide_fermee_dit_ce_qui_l_ouvrirait_et_ses_conditions(client, charges):
    html = page(client, LOUDEAC.replace("association", "aucun"))
    assert "Ce qui l’ouvrirait : Créez la structure attendue (association loi 1901)." in re.sub("<[^>]+>", "", html)
    assert "Ses conditions" in html


def test_une_equipe_possible_apprend_ce_qu_elle_garde_et_perd_sans_financement(client, charges):
    html = page(client, LOUDEAC.replace("association", "aucun"))
    assert "Se former sans financement" in html
    assert "Vous gardez :" in html
    assert "Vous perdez :" in html
    assert "Se former sans financement" not in page(client, "commune=22136&profession1=60")


def test_un_territoire_a_cheval_se_signale_sans_changer_la_reponse(client, charges):
    html = page(client, LOUDEAC.replace("communes=22219", "communes=44185"))
    assert "Le territoire s'étend sur plusieurs régions : Bretagne, Pays de la Loire." in html
    assert "Oui, vous pouvez former" in html
    assert "plusieurs régions" not in page(client, LOUDEAC)


@pytest.mark.parametrize(
    ("classement", "dit", "demande"),
    [
        (Classement(zonages={"zip": True}, sources={"zip": "ARS, arrêté de 2022"}), "ARS, arrêté de 2022", False),
        (Classement(partiels={"zip": "Une commune sur deux l'est."}), "Une commune sur deux l'est.", True),
        (Classement(), "Ce zonage n’est pas chargé ici", True),
    ],
    ids=["charge", "mi-classe", "inconnu"],
)
def test_un_zonage_se_montre_avec_sa_source_ou_se_demande(client, charges, monkeypatch, classement, dit, demande):
    monkeypatch.setattr("esperluette.portail.views.simulateur.classement", lambda *codes: classement)
    monkeypatch.setattr("esperluette.portail.simulateur.feuilles", lambda critere: [ZIP])
    html = page(client, LOUDEAC)
    assert dit in html
    assert ('name="zone-zip"' in html) is demande


def test_toutes_les_regions_se_simulent_dans_toutes_leurs_formes(client, db):
    for edition in editions_ouvertes(JOUR):
        for forme in edition.entete.formes:
            html = page(client, f"region={edition.region}&forme={forme}&profession1=10&profession2=60")
            assert edition.entete.region.dans in html
            assert f'value="{forme}" checked' in html or len(edition.entete.formes) == 1


def test_sous_la_reponse_un_lien_mene_aux_aides_aux_demarches_et_a_l_interlocuteur(client, charges):
    html = page(client, LOUDEAC)
    for ancre in ("aides", "demarches", "interlocuteur"):
        assert html.count(f'href="#{ancre}"') == html.count(f'id="{ancre}"') == 1
