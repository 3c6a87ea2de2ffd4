"""La patientèle à l'écran : qui la voit, ce qu'on y lit, ce qui s'enregistre, ce que répondent les entrées fausses."""

import io
import logging
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from esperluette.diagnostics.models import Patientele, PatienteleCommune
from esperluette.journal.models import Evenement
from tests.diagnostics.tableaux import SIMPLE, classeur, csv, par_commune, simple
from tests.diagnostics.test_suggestions import BREST, VANNES
from tests.equipes.pages import HOSTILE, messages, texte
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique
from tests.fabriques.patienteles import LOUDEAC, PLOUGUENAST, SAINT_BRIEUC, patientele

pytestmark = pytest.mark.django_db


def page(nom, equipe, *suite):
    return reverse(f"diagnostics:{nom}", args=[equipe.pk, *suite])


def deposer(client, equipe, octets, *, nom="tableau.csv", pour="equipe", **champs):
    envoi = {"pour": pour, "tableau": SimpleUploadedFile(nom, octets), **champs}
    return client.post(page("patientele_deposer", equipe), envoi)


def accepter(client, equipe, apercu):
    return client.post(
        page("patientele_enregistrer", equipe), {"apercu": apercu.context["scelle"]}, follow=True
    )  # fmt: skip


# --- Qui voit quoi ---------------------------------------------------------------------------


def compte_de(qui, equipe):
    return {
        "porteur": lambda: equipe.porteur.compte,
        "membre": lambda: MembreFabrique(equipe=equipe, confirme=True).compte,
        "lecteur": lambda: AccesFabrique(equipe=equipe, rattache=True).compte,
        "autre": lambda: EquipeFabrique().porteur.compte,
        "parti": lambda: MembreFabrique(equipe=equipe, confirme=True, parti=True).compte,
    }[qui]()


LUES = {"patientele": (), "suggestion": (), "patientele_modele": ("csv",)}
TENUES = {"patientele_deposer": (), "patientele_commune_declarer": ()}


@pytest.mark.parametrize(
    ("qui", "lire", "tenir"),
    [("porteur", 200, 200), ("membre", 200, 200), ("lecteur", 200, 403), ("autre", 404, 404), ("parti", 404, 404)],
)
def test_matrice_des_pages(client, equipe, qui, lire, tenir):
    connecter(client, compte_de(qui, equipe))
    assert {client.get(page(nom, equipe, *suite)).status_code for nom, suite in LUES.items()} == {lire}
    assert {client.get(page(nom, equipe, *suite)).status_code for nom, suite in TENUES.items()} == {tenir}


@pytest.mark.parametrize(("qui", "statut"), [("membre", 403), ("lecteur", 403), ("autre", 404), ("parti", 404)])
def test_matrice_des_gestes(client, equipe, qui, statut):
    gardee = patientele(equipe)
    connecter(client, compte_de(qui, equipe))
    assert client.post(page("patientele_retirer", equipe, gardee.pk)).status_code == statut
    assert client.post(page("retenir", equipe), {"communes": [PLOUGUENAST]}).status_code == statut
    assert Patientele.objects.filter(courante=True).exists()


def test_sans_etre_connecte_on_va_se_connecter(client, equipe):
    reponse = client.get(page("patientele", equipe))
    assert reponse.status_code == 302
    assert reponse["Location"].startswith(reverse("account_login"))


def test_la_patientele_d_une_autre_equipe_ne_se_retire_pas_d_ici(client_porteur, equipe):
    autre = patientele(EquipeFabrique())
    assert client_porteur.post(page("patientele_retirer", equipe, autre.pk)).status_code == 404


# --- Déposer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("forme", ["csv", "xlsx"])
def test_deposer_montre_ce_qui_sera_enregistre_puis_l_enregistre(client_porteur, equipe, forme):
    octets = simple() if forme == "csv" else classeur(*SIMPLE)
    apercu = deposer(client_porteur, equipe, octets, nom=f"patients.{forme}", periode="année 2025")
    lu = texte(apercu)
    assert "1 400 patients" in lu.replace("\u202f", " ").replace("\xa0", " ")
    assert "Rien d’autre n’est gardé de votre fichier." in lu
    assert "Loudéac" in lu
    assert not Patientele.objects.exists()
    reponse = accepter(client_porteur, equipe, apercu)
    assert messages(reponse) == ["La patientèle de l’équipe est enregistrée."]
    gardee = Patientele.objects.get()
    assert (gardee.total, gardee.periode, gardee.membre) == (1400, "année 2025", None)
    assert "Territoire primaire" in texte(reponse)


def test_l_apercu_dit_les_lignes_laissees_de_cote(client_porteur, equipe):
    apercu = deposer(client_porteur, equipe, par_commune((LOUDEAC, 50), ("99999", 20)))
    assert "Ligne 3 : le code INSEE n’est, ni n’a été, celui d’une commune." in texte(apercu)


def test_la_commune_se_reconnait_a_son_nom_et_a_son_code_postal(client_porteur, equipe, bretagne):
    postal = bretagne.loudeac.codes_postaux[0]
    octets = csv(("commune", "code_postal", "effectif"), ("LOUDEAC", postal, "50"), ("Loudéac", "", "40"))
    apercu = deposer(client_porteur, equipe, octets)
    assert apercu.context["agregat"].communes == ((LOUDEAC, 50),)
    assert "le nom d’une commune ne suffit pas" in texte(apercu)


def test_envoyer_deux_fois_l_apercu_ne_fait_qu_une_version(client_porteur, equipe):
    apercu = deposer(client_porteur, equipe, simple())
    for _ in range(2):
        assert accepter(client_porteur, equipe, apercu).status_code == 200
    assert Patientele.objects.count() == 1


def test_un_accompagnateur_n_enregistre_rien(client, client_porteur, equipe):
    apercu = deposer(client_porteur, equipe, simple())
    connecter(client, compte_de("lecteur", equipe))
    reponse = client.post(page("patientele_enregistrer", equipe), {"apercu": apercu.context["scelle"]})
    assert reponse.status_code == 403
    assert not Patientele.objects.exists()


@pytest.mark.parametrize("faux", ["", "n-importe-quoi", "x" * 10_000, "\x00"])
def test_un_apercu_falsifie_est_refuse(client_porteur, equipe, faux):
    reponse = client_porteur.post(page("patientele_enregistrer", equipe), {"apercu": faux}, follow=True)
    assert "n’est plus valable" in messages(reponse)[0]
    assert not Patientele.objects.exists()


def test_l_apercu_d_un_autre_ne_s_enregistre_pas(client, client_porteur, equipe):
    apercu = deposer(client_porteur, equipe, simple())
    connecter(client, MembreFabrique(equipe=equipe, confirme=True).compte)
    reponse = client.post(page("patientele_enregistrer", equipe), {"apercu": apercu.context["scelle"]}, follow=True)
    assert "n’est plus valable" in messages(reponse)[0]


def test_un_membre_ne_depose_que_la_sienne(client, equipe):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    connecter(client, membre.compte)
    assert deposer(client, equipe, simple(), pour=str(equipe.porteur.pk)).status_code == 422
    assert deposer(client, equipe, simple(), pour=str(membre.pk)).status_code == 200


def test_remplacer_dit_ce_qui_le_sera_et_l_histoire_le_garde(client_porteur, equipe):
    patientele(equipe, {LOUDEAC: 50})
    apercu = deposer(client_porteur, equipe, simple())
    assert "Elle remplacera la version 1" in texte(apercu)
    assert "Versions précédentes (1)" in texte(accepter(client_porteur, equipe, apercu))


def test_retirer_demande_confirmation_puis_efface(client_porteur, equipe):
    gardee = patientele(equipe)
    assert "sont effacés" in texte(client_porteur.get(page("patientele_retirer", equipe, gardee.pk)))
    for _ in range(2):
        reponse = client_porteur.post(page("patientele_retirer", equipe, gardee.pk), follow=True)
        assert reponse.status_code == 200
    assert not Patientele.objects.filter(courante=True).exists()


# --- Jamais une personne ---------------------------------------------------------------------

NOMINATIFS = [
    csv(("Nom", "Prénom", "code_commune", "effectif"), ("Quidam", "Ursuline", LOUDEAC, "1")),
    csv(("code_commune", "effectif", "NIR"), (LOUDEAC, "50", "285052213604217")),
    csv(("code_commune", "tranche_d_age", "effectif"), (LOUDEAC, "12/05/1985", "50")),
    csv(("commune", "code_postal", "effectif"), ("Mme Quidam", "22600", "50")),
    classeur(*SIMPLE, autres=[("extraction", [("Patient",), ("Mme Quidam",)])]),
    par_commune(*[(LOUDEAC, 1)] * 12),
]


@pytest.mark.parametrize("octets", NOMINATIFS)
def test_un_tableau_nominatif_est_refuse_sans_que_rien_n_en_reste(client_porteur, equipe, octets, caplog, settings):
    caplog.set_level(logging.DEBUG)
    avant = Evenement.objects.count()
    reponse = deposer(client_porteur, equipe, octets, nom="Quidam Ursuline 285052213604217.csv")
    assert reponse.status_code == 422
    assert "Le fichier entier est refusé" in texte(reponse)
    for indice in ("Quidam", "Ursuline", "285052213604217", "12/05/1985"):
        assert indice not in texte(reponse)
        assert indice not in caplog.text
    assert not Patientele.objects.exists()
    assert Evenement.objects.count() == avant


def test_une_periode_qui_nomme_quelqu_un_est_refusee(client_porteur, equipe):
    reponse = deposer(client_porteur, equipe, simple(), periode="née le 12/05/1985")
    assert reponse.status_code == 422
    assert "semble contenir une date de naissance" in texte(reponse)


@pytest.mark.parametrize(
    "octets", [b"", b"\x00\xff", b"%PDF-1.7", classeur(*SIMPLE)[:300], b"x" * (2 * 1024 * 1024 + 1)]
)
def test_un_fichier_illisible_se_dit_a_cote_du_champ(client_porteur, equipe, octets):
    reponse = deposer(client_porteur, equipe, octets)
    assert reponse.status_code == 422
    assert reponse.context["form"].errors["tableau"]


@pytest.mark.parametrize("periode", [HOSTILE, "#set page()", "x" * 10_000, "a\x00b"])
def test_une_periode_hostile_s_ecrit_ou_se_refuse(client_porteur, equipe, periode):
    reponse = deposer(client_porteur, equipe, simple(), periode=periode)
    assert reponse.status_code in (200, 422)
    assert HOSTILE not in reponse.content.decode()


# --- Lire ------------------------------------------------------------------------------------


def test_les_effectifs_faibles_ne_sont_nulle_part(client_porteur, equipe):
    lignes = [(LOUDEAC, 500), (PLOUGUENAST, 7), (SAINT_BRIEUC, 8)]
    accepter(client_porteur, equipe, deposer(client_porteur, equipe, par_commune(*lignes)))
    lu = texte(client_porteur.get(page("patientele", equipe)))
    assert "Plouguenast" not in lu
    assert "Saint-Brieuc" not in lu
    assert "moins de 11 patients chacune : non nommées" in lu


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_le_modele_vide_se_telecharge(client_porteur, equipe, extension):
    reponse = client_porteur.get(page("patientele_modele", equipe, extension))
    assert "attachment" in reponse["Content-Disposition"]
    if extension == "csv":
        assert reponse.content.decode("utf-8-sig").startswith(
            "code_commune;commune;code_postal;tranche_d_age;effectif"
        )
    else:
        feuille = openpyxl.load_workbook(io.BytesIO(reponse.content)).worksheets[0]
        assert feuille["A1"].value == "code_commune"


def test_un_modele_d_un_autre_genre_n_existe_pas(client_porteur, equipe):
    assert client_porteur.get(page("patientele_modele", equipe, "exe")).status_code == 404


def test_l_onglet_ne_se_montre_qu_a_qui_peut_le_lire(client, equipe):
    for qui in ("porteur", "lecteur"):
        connecter(client, compte_de(qui, equipe))
        assert page("patientele", equipe) in client.get(reverse("equipes:fiche", args=[equipe.pk])).content.decode()


@pytest.mark.parametrize("nom", ["patientele", "suggestion"])
def test_une_page_coute_autant_a_un_membre_et_a_trois(client_porteur, equipe, nom, django_assert_max_num_queries):
    def compter():
        with django_assert_max_num_queries(60) as requetes:
            assert client_porteur.get(page(nom, equipe)).status_code == 200
        return len(requetes)

    patientele(equipe, membre=equipe.porteur)
    client_porteur.get(page(nom, equipe))
    seul = compter()
    for membre in MembreFabrique.create_batch(2, equipe=equipe, confirme=True):
        patientele(equipe, {LOUDEAC: 40, PLOUGUENAST: 30}, membre=membre)
    assert compter() == seul


# --- La patientèle commune -------------------------------------------------------------------


def test_declarer_une_patientele_commune(client_porteur, equipe):
    autre = MembreFabrique(equipe=equipe, confirme=True)
    envoi = {"membre": equipe.porteur.pk, "autre": autre.pk, "effectif": "120", "methode": HOSTILE}
    reponse = client_porteur.post(page("patientele_commune_declarer", equipe), envoi, follow=True)
    assert f"{equipe.porteur} et {autre} : 120 patients" in texte(reponse)
    assert HOSTILE not in reponse.content.decode()
    declaree = PatienteleCommune.objects.get()
    for _ in range(2):
        client_porteur.post(page("patientele_commune_retirer", equipe, declaree.pk))
    assert not PatienteleCommune.objects.exists()


@pytest.mark.parametrize(
    ("envoi", "champ"),
    [
        ({"effectif": ""}, "effectif"),
        ({"effectif": "-1"}, "effectif"),
        ({"effectif": "9" * 30}, "effectif"),
        ({"effectif": "50", "membre": "moi"}, "autre"),
        ({"effectif": "50", "membre": "moi", "autre": "moi"}, "autre"),
        ({"effectif": "50", "membre": "0", "autre": "moi"}, "membre"),
        ({"effectif": "50", "methode": "x" * 201}, "methode"),
        ({"effectif": "50", "methode": "a\x00b"}, "methode"),
        ({"effectif": "50", "methode": "M. X, né le 12/05/1985"}, "methode"),
    ],
)
def test_une_declaration_fausse_se_dit_a_cote_du_champ(client_porteur, equipe, envoi, champ):
    moi = str(equipe.porteur.pk)
    reponse = client_porteur.post(
        page("patientele_commune_declarer", equipe), {c: moi if v == "moi" else v for c, v in envoi.items()}
    )
    assert reponse.status_code == 422
    assert champ in reponse.context["form"].errors
    assert not PatienteleCommune.objects.exists()


# --- Le territoire suggéré -------------------------------------------------------------------


def test_retenir_fait_des_communes_cochees_le_territoire(client_porteur, equipe):
    patientele(equipe, {LOUDEAC: 600, PLOUGUENAST: 400})
    lue = client_porteur.get(page("suggestion", equipe))
    assert lue.content.decode().count(" checked>") == 2
    for _ in range(2):
        reponse = client_porteur.post(page("retenir", equipe), {"communes": [LOUDEAC, PLOUGUENAST]}, follow=True)
        assert reponse.status_code == 200
    assert set(equipe.communes.values_list("pk", flat=True)) == {LOUDEAC, PLOUGUENAST}
    assert Evenement.objects.filter(sorte="equipe_modifiee").count() == 1


def test_retenir_n_ecrase_pas_le_territoire_enregistre_dans_un_autre_onglet(client_porteur, equipe, bretagne):
    patientele(equipe, {LOUDEAC: 600, PLOUGUENAST: 400})
    vu = re.search(r'name="vu" value="(\w+)"', client_porteur.get(page("suggestion", equipe)).content.decode())[1]
    equipe.communes.set([bretagne.loudeac, bretagne.communes[SAINT_BRIEUC]])
    envoi = {"communes": [LOUDEAC, PLOUGUENAST], "vu": vu}
    reponse = client_porteur.post(page("retenir", equipe), envoi, follow=True)
    assert "modifié ailleurs" in messages(reponse)[0]
    assert set(equipe.communes.values_list("pk", flat=True)) == {LOUDEAC, SAINT_BRIEUC}
    assert not Evenement.objects.filter(sorte="equipe_modifiee").exists()
    # Rien n'est perdu : la page du territoire montre ce qui était coché, en face de ce qui est enregistré.
    assert "Pas encore enregistré" in texte(reponse)
    assert f'name="communes" value="{PLOUGUENAST}" checked' in reponse.content.decode()


@pytest.mark.parametrize(("cochees", "retenu"), [([PLOUGUENAST], True), ([PLOUGUENAST, SAINT_BRIEUC], False)])
def test_retenir_trop_de_communes_se_dit(client_porteur, equipe, bretagne, monkeypatch, cochees, retenu):
    """La commune d'implantation compte, même quand on ne la coche pas."""
    monkeypatch.setattr("esperluette.diagnostics.patienteles.vues_suggestion.COMMUNES_MAXIMUM", 2)
    reponse = client_porteur.post(page("retenir", equipe), {"communes": cochees}, follow=True)
    assert reponse.status_code == (200 if retenu else 422)
    assert ("Au plus 2 communes" in texte(reponse)) is not retenu
    assert (PLOUGUENAST in set(equipe.communes.values_list("pk", flat=True))) is retenu


def coches(reponse):
    return set(re.findall(r'name="communes" value="(\w+)" checked', reponse.content.decode()))


def test_trop_de_communes_garde_les_cases_telles_qu_on_les_a_cochees(client_porteur, equipe, bretagne, monkeypatch):
    monkeypatch.setattr("esperluette.diagnostics.patienteles.vues_suggestion.COMMUNES_MAXIMUM", 2)
    patientele(equipe, {LOUDEAC: 600, PLOUGUENAST: 300, SAINT_BRIEUC: 60, BREST: 40})
    lue = client_porteur.get(page("suggestion", equipe))
    assert coches(lue) == {LOUDEAC, PLOUGUENAST}
    vu = re.search(r'name="vu" value="(\w+)"', lue.content.decode())[1]
    # Loudéac décochée, Saint-Brieuc cochée, Vannes venue d'un essai : ni la suggestion ni le territoire enregistré.
    choix = [PLOUGUENAST, SAINT_BRIEUC, VANNES]
    refus = client_porteur.post(page("retenir", equipe), {"communes": choix, "vu": vu})
    assert refus.status_code == 422
    lu = texte(refus)
    assert "Au plus 2 communes, celle d’implantation comprise : vous en demandez 4." in lu
    assert lu.startswith("Erreur : Territoire suggéré")
    assert coches(refus) == set(choix)
    assert set(equipe.communes.values_list("pk", flat=True)) == {LOUDEAC}
    # On décoche, on renvoie ; le territoire changé ailleurs entre-temps ne s'écrase pas pour autant.
    assert re.search(r'name="vu" value="(\w+)"', refus.content.decode())[1] == vu
    client_porteur.post(page("retenir", equipe), {"communes": [PLOUGUENAST], "vu": vu})
    assert set(equipe.communes.values_list("pk", flat=True)) == {LOUDEAC, PLOUGUENAST}


def test_apres_un_refus_on_essaie_encore_une_commune(client_porteur, equipe):
    refus = client_porteur.post(page("retenir", equipe), {"communes": []})
    assert f'action="{page("suggestion", equipe)}#essayer"' in refus.content.decode()


@pytest.mark.parametrize("codes", [[], ["99999"], ["\x00"], [HOSTILE]])
def test_sans_commune_connue_rien_ne_change(client_porteur, equipe, codes):
    reponse = client_porteur.post(page("retenir", equipe), {"communes": codes})
    assert reponse.status_code == 422
    assert "Cochez au moins une commune." in texte(reponse)
    assert HOSTILE not in reponse.content.decode()
    assert coches(reponse) == set()
    assert set(equipe.communes.values_list("pk", flat=True)) == {LOUDEAC}


def test_essayer_une_commune_dit_ce_qu_elle_changerait(client_porteur, equipe, bretagne):
    patientele(equipe, {LOUDEAC: 900, PLOUGUENAST: 100})
    reponse = client_porteur.get(page("suggestion", equipe), {"commune": "Plouguenast-Langast"})
    lu = texte(reponse)
    assert "Avec Plouguenast-Langast" in lu
    assert "100 de vos patients y vivent" in lu
    assert "Densité : esperluette donnees importer comparateur" in lu


def test_essayer_une_commune_inconnue_se_dit(client_porteur, equipe):
    reponse = client_porteur.get(page("suggestion", equipe), {"commune": HOSTILE})
    assert "Aucune commune ne correspond" in texte(reponse)
    assert HOSTILE not in reponse.content.decode()


def test_qui_n_est_pas_porteur_voit_la_suggestion_sans_pouvoir_la_retenir(client, equipe):
    patientele(equipe)
    connecter(client, compte_de("membre", equipe))
    lu = texte(client.get(page("suggestion", equipe)))
    assert "Retenir ces communes" not in lu
    assert "Seul le porteur modifie" in lu


def test_un_compte_sans_equipe_ne_voit_rien(client, equipe):
    connecter(client, CompteFabrique())
    assert client.get(page("suggestion", equipe)).status_code == 404
