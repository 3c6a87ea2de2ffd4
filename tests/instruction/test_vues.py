"""Les filtres enregistrés et les colonnes choisies."""

import pytest
from django.urls import reverse

from esperluette.instruction.filtres import enregistrer, requete_propre
from esperluette.instruction.models import VueDeListe
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import commune
from tests.fabriques.instruction import agent, recu

pytestmark = pytest.mark.django_db
LISTE, VUES, COLONNES = (reverse(f"instruction:{nom}") for nom in ("liste", "vues", "colonnes"))
HOSTILES = ["<script>alert(1)</script>", "#set text($x$) @ref", "=CMD()", "é" * 80]


@pytest.fixture
def anne():
    recu()
    return agent("Anne")


def une(vue):
    return reverse("instruction:vue", args=[vue.pk])


@pytest.mark.parametrize("nom", ["Mes retards", *HOSTILES])
def test_des_filtres_s_enregistrent_et_reviennent_d_un_clic(client, anne, nom):
    connecter(client, anne)
    reponse = client.post(VUES, {"nom": nom, "requete": "etat=depose&tri=-echeance&page=3&autre=1"})
    assert reponse.headers["Location"] == f"{LISTE}?etat=depose&tri=-echeance"
    assert VueDeListe.objects.get().nom == nom
    page = client.get(LISTE).content.decode()
    assert "?etat=depose&amp;tri=-echeance" in page
    assert "<script>alert" not in page
    assert client.get(f"{LISTE}?etat=depose&tri=-echeance").status_code == 200


def test_le_meme_nom_remplace(client, anne):
    connecter(client, anne)
    for requete in ("etat=depose", "agent=moi", "agent=moi"):
        client.post(VUES, {"nom": "Les miens", "requete": requete})
    assert VueDeListe.objects.get().requete == "agent=moi"


@pytest.mark.parametrize("nom", ["", "   ", "é" * 81, "a\x00b", "é" * 10_000])
def test_un_nom_impossible_se_dit_a_cote_du_champ(client, anne, nom):
    reponse = connecter(client, anne).post(VUES, {"nom": nom, "requete": "etat=depose"})
    assert reponse.status_code == 422
    assert "fr-error-text" in reponse.content.decode()
    assert not VueDeListe.objects.exists()


def test_partages_ils_paraissent_aux_agents_de_la_region_et_a_eux_seuls(client, anne):
    enregistrer(anne, nom="À finir", requete="corbeille=echeance", partager=True)
    enregistrer(anne, nom="Privés", requete="agent=moi", partager=False)
    page = connecter(client, agent("Béa", code="35238")).get(f"{LISTE}?q=x")
    assert [(v.nom, v.auteur) for v in page.context["choix"].vues] == [("À finir", "Agent Anne")]
    ailleurs = FonctionFabrique(referent=True, region=commune("13055").region).compte
    recu(code="13055")
    assert connecter(client, ailleurs).get(f"{LISTE}?q=x").context["choix"].vues == []


def test_l_administrateur_sans_region_ne_partage_avec_personne(client):
    recu()
    admin = FonctionFabrique(admin=True).compte
    assert enregistrer(admin, nom="Tout", requete="etat=depose", partager=True).region is None


def test_renommer_partager_puis_oublier(client, anne):
    vue = enregistrer(anne, nom="Un", requete="etat=depose", partager=False)
    connecter(client, anne)
    assert "Oublier ces filtres" in client.get(VUES).content.decode()
    client.post(une(vue), {f"v{vue.pk}-nom": "Deux", f"v{vue.pk}-partager": "on"})
    vue.refresh_from_db()
    assert (vue.nom, vue.region) == ("Deux", commune().region)
    client.post(une(vue), {"supprimer": "oui"})
    assert not VueDeListe.objects.exists()


def test_un_nom_deja_pris_se_dit_et_ne_change_rien(client, anne):
    enregistrer(anne, nom="Un", requete="etat=depose", partager=False)
    deux = enregistrer(anne, nom="Deux", requete="agent=moi", partager=False)
    reponse = connecter(client, anne).post(une(deux), {f"v{deux.pk}-nom": "Un"})
    assert reponse.status_code == 422
    assert "déjà des filtres de ce nom" in reponse.content.decode()
    deux.refresh_from_db()
    assert deux.nom == "Deux"


@pytest.mark.parametrize("donnees", [{"supprimer": "oui"}, {"nom": "À moi"}])
def test_ceux_d_un_collegue_ne_se_changent_pas(client, anne, donnees):
    vue = enregistrer(anne, nom="À finir", requete="etat=depose", partager=True)
    assert connecter(client, agent("Béa")).post(une(vue), donnees).status_code == 404
    assert VueDeListe.objects.get().nom == "À finir"


@pytest.mark.parametrize("adresse", [VUES, COLONNES])
def test_les_autres_n_y_ont_pas_droit(client, adresse):
    compte = FonctionFabrique(secretariat=True, region=commune().region).compte
    assert connecter(client, compte).post(adresse, {}).status_code == 403
    assert connecter(client, compte).get(COLONNES).status_code == 405


@pytest.mark.parametrize(
    ("brut", "propre"),
    [
        ({"q": " a ", "page": "2", "x": "1"}, "q=a"),
        ({"tri": "equipe", "etat": "depose"}, "etat=depose&tri=equipe"),
        ({"q": "a\x00b&etat=<b>"}, "q=ab%26etat%3D%3Cb%3E"),
        ({"q": "é" * 10_000}, "q=" + "%C3%A9" * 100),
        ({}, ""),
    ],
)
def test_l_adresse_des_filtres_est_stable_et_bornee(brut, propre):
    assert requete_propre(brut) == propre


def colonnes_de(page):
    return [e["colonne"].cle for e in page.context["entetes"]]


def test_les_colonnes_choisies_restent_et_reviennent(client, anne):
    connecter(client, anne)
    assert colonnes_de(client.get(LISTE)) == [
        "reference", "equipe", "demarche", "territoire", "etat", "main", "echeance", "agent",
    ]  # fmt: skip
    for _ in range(2):
        donnees = {"colonnes": ["mouvement", "depot", "equipe", "faux", "\x00"], "requete": "etat=depose&page=2"}
        assert client.post(COLONNES, donnees).headers["Location"] == f"{LISTE}?etat=depose"
    assert colonnes_de(client.get(LISTE)) == ["reference", "equipe", "depot", "mouvement"]
    assert colonnes_de(connecter(client, agent("Béa")).get(LISTE))[-1] == "agent"
    client.post(COLONNES, {})
    assert len(colonnes_de(client.get(LISTE))) == 8
    assert VueDeListe.objects.filter(compte=anne).count() == 1


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_et_la_page_coutent_autant_a_un_et_a_trois(client, anne, nombre, django_assert_num_queries):
    for rang in range(nombre):
        enregistrer(anne, nom=f"Vue {rang}", requete="etat=depose", partager=True)
        enregistrer(agent(f"Collègue {rang}"), nom="Partagée", requete="etat=depose", partager=True)
    connecter(client, anne)
    with django_assert_num_queries(8):
        assert len(client.get(LISTE).context["choix"].vues) == 2 * nombre
    with django_assert_num_queries(5):
        client.get(VUES)
