"""Le parcours de connexion : une adresse, un code, un nom."""

import re
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from esperluette.comptes import connexion
from esperluette.comptes.forms import ChampCode
from esperluette.comptes.models import Compte
from esperluette.notifications.lectures import code_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, connecter

pytestmark = pytest.mark.django_db

CONNEXION, CODE, ACCUEILLI = "/compte/connexion/", "/compte/connexion/code/", "/apres-connexion/"
ADRESSE = "claire@essais.example"


def demander(client, courriel=ADRESSE, **suite):
    return client.post(CONNEXION, {"email": courriel, **suite})


def dernier_code():
    return code_de(Courriel.objects.order_by("-pk").first())


def faux_code():
    """Un code qui n'est sûrement pas le bon."""
    return f"{(int(dernier_code().replace(' ', '')) + 1) % 10**6:06d}"


def est_connecte(client):
    return "_auth_user_id" in client.session


def texte(reponse):
    return reponse.content.decode()


@pytest.fixture
def claire():
    return CompteFabrique(courriel=ADRESSE)


# --- Le chemin ordinaire ----------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["account_login", "account_request_login_code"])
def test_une_seule_page_de_connexion(nom):
    assert reverse(nom) == CONNEXION


def test_une_personne_connue_entre_avec_son_code(client, claire):
    reponse = demander(client, " Claire@Essais.example ")
    assert (reponse.status_code, reponse.url) == (302, CODE)
    reponse = client.post(CODE, {"code": dernier_code(), "action": "verify"})
    assert (reponse.status_code, reponse.url) == (302, ACCUEILLI)
    assert client.session["_auth_user_id"] == str(claire.pk)


def test_l_adresse_que_porte_le_lien_est_deja_remplie(client):
    page = texte(client.get(CONNEXION, {"courriel": "yannig@essais.example"}))
    assert 'value="yannig@essais.example"' in page
    assert "<script>" not in texte(client.get(CONNEXION, {"courriel": '"><script>'}))


def test_une_adresse_inconnue_ne_cree_un_compte_qu_une_fois_prouvee(client):
    demander(client, "nouvelle@essais.example")
    assert not Compte.objects.exists()
    reponse = client.post(CODE, {"code": dernier_code()})
    compte = Compte.objects.get()
    assert (compte.courriel, compte.has_usable_password()) == ("nouvelle@essais.example", False)
    assert reponse.url == "/compte/presentation/?next=%2Fapres-connexion%2F"


def test_a_la_premiere_connexion_on_se_presente_puis_on_reprend_son_chemin(client):
    demander(client, next="/equipes/")
    reponse = client.post(CODE, {"code": dernier_code(), "next": "/equipes/"})
    assert reponse.url == "/compte/presentation/?next=%2Fequipes%2F"
    reponse = client.post("/compte/presentation/", {"prenom": " Claire ", "nom": "Le  Goff", "next": "/equipes/"})
    assert (reponse.status_code, reponse.url) == (302, "/equipes/")
    assert str(Compte.objects.get()) == "Claire Le Goff"


def test_sans_nom_on_ne_va_pas_plus_loin_et_rien_n_est_perdu(client):
    compte = CompteFabrique(sans_nom=True)
    reponse = connecter(client, compte).post("/compte/presentation/", {"prenom": "Claire", "nom": ""})
    assert reponse.status_code == 200
    assert "Indiquez votre nom." in texte(reponse)
    assert 'value="Claire"' in texte(reponse)


def test_deux_inscriptions_simultanees_donnent_un_seul_compte(client):
    autre = Client()
    for navigateur in (client, autre):
        demander(navigateur)
        navigateur.code = dernier_code()
    for navigateur in (client, autre):
        navigateur.post(CODE, {"code": navigateur.code})
        assert est_connecte(navigateur)
    assert Compte.objects.count() == 1


def test_le_code_arrive_en_clair_dans_un_courriel_court(client):
    demander(client)
    courriel = Courriel.objects.get()
    assert courriel.objet == "Votre code pour entrer dans Esperluette"
    assert re.search(r"\n    \d{3} \d{3}\n", courriel.texte)
    assert "10 minutes" in courriel.texte


@pytest.mark.parametrize("forme", ["{0}{1}", "{0} {1}", " {0}-{1} ", "{0}.{1}", "{0}\u00a0{1}"])
def test_le_code_se_recopie_comme_on_veut(client, claire, forme):
    demander(client)
    assert client.post(CODE, {"code": forme.format(*dernier_code().split())}).url == ACCUEILLI


# --- Pas d'énumération ------------------------------------------------------------------------------


def test_rien_ne_distingue_une_adresse_connue_d_une_inconnue(client):
    CompteFabrique(courriel="connue@essais.example")
    CompteFabrique(courriel="fermee@essais.example", inactif=True)
    vues = []
    for adresse in ("connue@essais.example", "fermee@essais.example", "inconnu@essais.example"):
        navigateur = Client()
        reponse = demander(navigateur, adresse)
        page = texte(navigateur.get(reponse.url)).replace(adresse, "X")
        courriel = Courriel.objects.get(destinataire=adresse)
        message = courriel.texte.replace(code_de(courriel), "X")
        page = re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", page)
        page = page.replace(adresse.replace("@", "%40"), "X")
        vues.append((reponse.status_code, reponse.url, page, courriel.objet, message))
    assert vues[0] == vues[1] == vues[2]


def test_un_compte_ferme_ne_l_apprend_qu_apres_avoir_prouve_son_adresse(client):
    CompteFabrique(courriel=ADRESSE, inactif=True)
    demander(client)
    reponse = client.post(CODE, {"code": dernier_code()}, follow=True)
    assert "Ce compte est fermé" in texte(reponse)
    assert not est_connecte(client)


# --- Entrées fausses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saisi", "message"),
    [
        ("", "Indiquez votre adresse électronique."),
        ("claire", "Cette adresse n’est pas complète."),
        ("claire@", "Cette adresse n’est pas complète."),
        ("a" * 250 + "@x.fr", "Cette adresse est trop longue"),
    ],
)
def test_une_adresse_mal_formee_recoit_une_explication_et_reste_affichee(client, saisi, message):
    reponse = demander(client, saisi)
    assert reponse.status_code == 200
    assert message in texte(reponse)
    assert "<title>Erreur&nbsp;: " in texte(reponse)
    assert f'value="{saisi}"' in texte(reponse) or not saisi
    assert 'aria-describedby="id_email_helptext id_email_error"' in texte(reponse)
    assert not Courriel.objects.exists()


@pytest.mark.parametrize(
    ("saisi", "message"),
    [
        ("", "Recopiez les six chiffres du courriel."),
        ("12345", "Le code compte six chiffres."),
        ("1234567", "Le code compte six chiffres."),
        ("abcdef", "Le code compte six chiffres."),
        ("١٢٣٤٥٦", "Le code compte six chiffres."),
    ],
)
def test_un_code_incomplet_ne_compte_pas_comme_un_essai(client, claire, saisi, message):
    demander(client)
    for _ in range(6):
        reponse = client.post(CODE, {"code": saisi})
        assert message in texte(reponse)
    assert client.post(CODE, {"code": dernier_code()}).url == ACCUEILLI


def test_un_code_faux_le_dit_avec_le_nombre_d_essais_restants(client, claire):
    demander(client)
    for restants in ("4 essais", "3 essais", "2 essais", "un essai"):
        reponse = client.post(CODE, {"code": faux_code()})
        assert (
            f"Ce n’est pas le bon code. Recopiez les six chiffres du dernier courriel reçu. Il vous reste {restants}."
            in (texte(reponse).replace("\n", " "))
        )
    assert client.post(CODE, {"code": dernier_code()}).url == ACCUEILLI


def test_au_cinquieme_essai_faux_le_code_ne_vaut_plus_rien(client, claire):
    demander(client, next="/equipes/")
    bon = dernier_code()
    for _ in range(5):
        reponse = client.post(CODE, {"code": faux_code(), "next": "/equipes/"})
    assert reponse.url == f"{CONNEXION}?next=%2Fequipes%2F"
    assert "essayé trop de fois" in texte(client.get(reponse.url))
    client.post(CODE, {"code": bon})
    assert not est_connecte(client)


def test_un_code_expire_le_dit_et_repropose_l_adresse(client, claire, monkeypatch):
    demander(client, next="/equipes/")
    code = dernier_code()
    depart = connexion.time.time()
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: depart + 601)
    reponse = client.post(CODE, {"code": code, "next": "/equipes/"})
    assert reponse.url == f"{CONNEXION}?next=%2Fequipes%2F"
    page = texte(client.get(reponse.url))
    assert "Ce code a expiré. Demandez-en un nouveau." in page
    assert f'value="{ADRESSE}"' in page
    assert not est_connecte(client)


def test_un_code_ne_sert_qu_une_fois(client, claire):
    demander(client)
    code = dernier_code()
    assert client.post(CODE, {"code": code}).url == ACCUEILLI
    client.post("/compte/deconnexion/")
    assert client.post(CODE, {"code": code}).url == CONNEXION
    assert not est_connecte(client)


def test_le_code_d_un_navigateur_ne_sert_pas_dans_un_autre(client, claire):
    demander(client)
    autre = Client()
    assert autre.post(CODE, {"code": dernier_code()}).url == CONNEXION
    assert not est_connecte(autre)


def test_le_champ_code_rend_six_chiffres():
    assert ChampCode().clean("12 34-56") == "123456"
    with pytest.raises(ValidationError):
        ChampCode().clean("12 34 5x")


# --- Renvoyer, revenir, recommencer -----------------------------------------------------------------


def test_un_nouveau_code_remplace_l_ancien(client, claire):
    demander(client)
    ancien = dernier_code()
    reponse = client.post(CODE, {"action": "resend", "next": "/equipes/"}, follow=True)
    assert reponse.redirect_chain == [(f"{CODE}?next=%2Fequipes%2F", 302)]
    assert "Un nouveau code est parti." in texte(reponse)
    assert Courriel.objects.count() == 2
    if ancien != dernier_code():
        client.post(CODE, {"code": ancien})
        assert not est_connecte(client)
    assert client.post(CODE, {"code": dernier_code()}).url == ACCUEILLI


def test_on_ne_renvoie_pas_sans_fin(client, claire):
    demander(client)
    for _ in range(4):
        client.post(CODE, {"action": "resend"})
    assert Courriel.objects.count() == 3
    assert "Envoyer un autre code" not in texte(client.get(CODE))


def test_on_revient_corriger_son_adresse(client, claire):
    demander(client, "claira@essais.example")
    page = texte(client.get(CONNEXION))
    assert 'value="claira@essais.example"' in page
    demander(client)
    assert client.post(CODE, {"code": dernier_code()}).url == ACCUEILLI


def test_un_double_envoi_de_l_adresse_laisse_entrer_avec_le_dernier_code(client, claire):
    demander(client)
    demander(client)
    assert client.post(CODE, {"code": dernier_code()}).url == ACCUEILLI


def test_revenir_en_arriere_une_fois_connecte_remene_a_sa_page(client, claire):
    connecter(client, claire)
    for adresse in (CONNEXION, CODE):
        assert client.get(f"{adresse}?next=/equipes/").url == "/equipes/"
        assert client.post(adresse, {"email": ADRESSE, "code": "123456", "next": "/equipes/"}).url == "/equipes/"
    assert not Courriel.objects.exists()


def test_un_double_envoi_du_code_ne_deconnecte_pas(client, claire):
    """Le second envoi porte l'ancien cookie : la réponse ne doit pas effacer celui de la session ouverte."""
    demander(client)
    ancien, code = client.cookies["sessionid"].value, dernier_code()
    client.post(CODE, {"code": code})
    second = Client()
    second.cookies["sessionid"] = ancien
    reponse = second.post(CODE, {"code": code})
    assert reponse.url == CONNEXION
    assert "sessionid" not in reponse.cookies
    assert est_connecte(client)


def test_la_session_change_de_cle_a_la_connexion(client, claire):
    demander(client)
    avant = client.session.session_key
    client.post(CODE, {"code": dernier_code()})
    assert client.session.session_key != avant
    assert client.session.get_expiry_age() == 7 * 24 * 3600


# --- La suite (next) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "arrivee"),
    [
        ("/equipes/3/", "/equipes/3/"),
        ("/equipes/?a=b&c=d", "/equipes/?a=b&c=d"),
        ("https://ailleurs.example/", ACCUEILLI),
        ("//ailleurs.example/", ACCUEILLI),
        ("/\\ailleurs.example", ACCUEILLI),
        ("javascript:alert(1)", ACCUEILLI),
        ("", ACCUEILLI),
    ],
)
def test_la_suite_ne_mene_jamais_hors_du_site(client, claire, suite, arrivee):
    reponse = demander(client, next=suite)
    client.get(reponse.url)
    assert client.post(CODE, {"code": dernier_code(), "next": suite}).url == arrivee


def test_la_suite_passe_d_un_ecran_a_l_autre(client, claire):
    page = client.get(f"{CONNEXION}?next=/equipes/")
    assert '<input type="hidden" name="next" value="/equipes/">' in texte(page)
    reponse = demander(client, next="/equipes/")
    assert reponse.url == f"{CODE}?next=%2Fequipes%2F"
    assert '<input type="hidden" name="next" value="/equipes/">' in texte(client.get(reponse.url))


def test_la_presentation_ne_mene_pas_hors_du_site(client):
    connecter(client, CompteFabrique(sans_nom=True))
    valeurs = {"prenom": "A", "nom": "B", "next": "https://ailleurs.example/"}
    assert client.post("/compte/presentation/", valeurs).url == ACCUEILLI


# --- Limites de débit -------------------------------------------------------------------------------


def test_une_adresse_ne_recoit_pas_plus_de_trois_codes_par_minute(client):
    for _ in range(3):
        assert demander(Client()).status_code == 302
    reponse = demander(client, "CLAIRE@essais.example")
    assert reponse.status_code == 200
    assert "Trop de codes ont été demandés en peu de temps. Attendez une minute, puis recommencez." in texte(reponse)
    assert Courriel.objects.count() == 3
    assert demander(client, "autre@essais.example").status_code == 302


def test_renvoyer_compte_dans_la_meme_limite(client):
    demander(client)
    demander(Client())
    client.post(CODE, {"action": "resend"})
    reponse = client.post(CODE, {"action": "resend"}, follow=True)
    assert "Trop de codes ont été demandés" in texte(reponse)
    assert Courriel.objects.count() == 3


def test_une_machine_ne_demande_pas_de_codes_sans_fin(client):
    for n in range(20):
        assert demander(client, f"personne{n}@essais.example").status_code == 302
    assert "Trop de codes" in texte(demander(client, "une.de.plus@essais.example"))
    ailleurs = client.post(CONNEXION, {"email": "une.de.plus@essais.example"}, REMOTE_ADDR="192.0.2.7")
    assert ailleurs.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_des_essais_simultanes_ne_contournent_pas_la_limite(client):
    """Vingt essais lancés à la fois, avec la même session : douze au plus sont comparés au code."""
    CompteFabrique(courriel=ADRESSE)
    demander(client)
    faux, cookie = faux_code(), client.cookies["sessionid"].value
    reponses, depart = [], threading.Barrier(20)

    def essayer():
        navigateur = Client()
        navigateur.cookies["sessionid"] = cookie
        depart.wait()
        reponses.append(navigateur.post(CODE, {"code": faux}))
        connection.close()

    fils = [threading.Thread(target=essayer) for _ in range(20)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    compares = [r for r in reponses if r.status_code == 200]
    assert len(reponses) == 20
    assert len(compares) <= 12


# --- Aucun mot de passe -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nom",
    [
        "account_signup",
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reauthenticate",
        "account_email_verification_sent",
    ],
)
def test_les_pages_a_mot_de_passe_n_existent_pas(nom):
    with pytest.raises(NoReverseMatch):
        reverse(nom)


def test_aucun_champ_mot_de_passe(client, claire):
    demander(client)
    assert "password" not in texte(client.get(CONNEXION)) + texte(client.get(CODE))


# --- Sortir, et pages périmées ----------------------------------------------------------------------


def test_se_deconnecter_demande_un_geste_puis_oublie_les_pages(client, claire):
    connecter(client, claire)
    assert "Se déconnecter&nbsp;?" in texte(client.get("/compte/deconnexion/"))
    assert est_connecte(client)
    reponse = client.post("/compte/deconnexion/")
    assert (reponse.url, reponse["Clear-Site-Data"]) == ("/", '"cache"')
    assert not est_connecte(client)
    assert "Vous êtes déconnecté." in texte(client.get("/"))


def test_se_deconnecter_deux_fois_ne_gene_pas(client):
    assert client.post("/compte/deconnexion/").url == "/"
    assert client.get("/compte/deconnexion/").url == "/"


def test_un_formulaire_perime_est_explique(claire):
    client = Client(enforce_csrf_checks=True)
    reponse = client.post(CONNEXION, {"email": ADRESSE})
    assert reponse.status_code == 403
    assert "Cette page n’était plus à jour" in texte(reponse)
    assert "</footer>" in texte(reponse)


@pytest.mark.parametrize("adresse", [CONNEXION, CODE, "/compte/profil/"])
def test_les_pages_personnelles_ne_se_gardent_pas_en_cache(client, claire, adresse):
    if adresse == "/compte/profil/":
        connecter(client, claire)
    else:
        demander(client)
    assert "no-store" in client.get(adresse)["Cache-Control"]


def test_une_requete_htmx_sans_session_recoit_401_et_ne_remplace_rien(client):
    reponse = client.get("/compte/profil/", headers={"HX-Request": "true"})
    assert (reponse.status_code, reponse["HX-Trigger"]) == (401, "esp:deconnecte")
    assert "Votre session est finie" in texte(reponse)
    assert client.get("/compte/profil/").status_code == 302


def test_une_redirection_ordinaire_d_htmx_passe(client, claire):
    connecter(client, claire)
    reponse = client.post("/compte/deconnexion/", headers={"HX-Request": "true"})
    assert reponse.status_code == 302
