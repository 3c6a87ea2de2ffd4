"""Choisir un territoire : tout tient dans l'adresse, rien ne s'enregistre sans le dire, rien ne se perd."""

import re

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.diagnostics.actions.territoire import enregistrer_territoire
from esperluette.diagnostics.contributions import DESTINATIONS, Destination
from esperluette.diagnostics.lectures.choix import choix_enregistre, choix_lu, empreinte
from esperluette.journal.lectures import evenements_de
from tests.equipes.pages import messages, texte
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import AccesFabrique, EquipeFabrique, MembreFabrique
from tests.fabriques.territoires import communes_reelles

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# Celles dont le centre est à huit kilomètres au plus de celui de Loudéac (22136) ; l'une est du Morbihan.
VOISINES = ("22075", "22155", "22255", "22275", "22314", "22376", "56215")


@pytest.fixture
def voisines(bretagne):
    return communes_reelles(*VOISINES)


@pytest.fixture
def url(equipe):
    return reverse("equipes:territoire", args=[equipe.pk])


def codes(equipe):
    return {c.pk for c in equipe.communes.all()}


def cochees(reponse):
    return set(re.findall(r'name="communes" value="(\w+)"(?: checked|>\s*<p)', reponse.content.decode()))


# --- Lire ------------------------------------------------------------------------------------------------


def test_la_page_montre_le_territoire_enregistre(client_porteur, equipe, url):
    reponse = client_porteur.get(url)
    lu = texte(reponse)
    assert "C’est le territoire enregistré." in lu
    assert "Loudéac , commune d’implantation : toujours dans le territoire." in lu
    assert 'data-esp-code="22136"' in reponse.content.decode()


def test_le_choix_est_dans_l_adresse_et_ne_s_enregistre_pas(client_porteur, equipe, url):
    lu = client_porteur.get(url, {"communes": ["22219"], "autour": ["200068989"]})
    assert cochees(lu) == {"22136", "22219"}
    assert "Pas encore enregistré : 1 commune en plus (Plouguenast-Langast)" in texte(lu)
    assert codes(equipe) == {"22136"}
    assert not evenements_de(equipe).exists()


def test_l_implantation_ne_se_decoche_pas(equipe):
    choix = choix_lu(equipe, [])
    assert choix.codes == ("22136",)


def test_un_membre_et_un_invite_essaient_sans_pouvoir_enregistrer(client, equipe, url):
    for compte in (
        MembreFabrique(equipe=equipe, confirme=True).compte,
        AccesFabrique(equipe=equipe, rattache=True).compte,
    ):
        connecter(client, compte)
        reponse = client.get(url, {"communes": ["22219"]})
        assert "Vous pouvez essayer d’autres communes" in texte(reponse)
        assert "Enregistrer ce territoire" not in texte(reponse)
        assert client.post(url, {"communes": ["22219"]}).status_code == 403
    assert codes(equipe) == {"22136"}


def test_le_territoire_d_une_autre_equipe_est_introuvable(client, url):
    connecter(client, EquipeFabrique().porteur.compte)
    assert client.get(url).status_code == 404
    assert client.post(url, {"communes": ["22219"]}).status_code == 404


def test_le_cout_de_la_page_ne_depend_pas_du_nombre_de_communes(
    client_porteur, equipe, url, voisines, django_assert_max_num_queries
):
    couts = []
    for nombre in (1, 3):
        equipe.communes.set([equipe.implantation, *list(voisines.values())[:nombre]])
        client_porteur.get(url)
        with django_assert_max_num_queries(25) as requetes:
            client_porteur.get(url)
        couts.append(len(requetes))
    assert couts[0] == couts[1]


# --- Ajouter ---------------------------------------------------------------------------------------------


def test_ajouter_un_rayon_prend_les_communes_proches(client_porteur, url, voisines):
    reponse = client_porteur.get(url, {"communes": ["22136"], "rayon": "8", "geste": "ajouter"})
    assert cochees(reponse) == {"22136", *VOISINES}


def test_ajouter_une_intercommunalite_prend_toutes_ses_communes(client_porteur, equipe, url, voisines):
    epci = equipe.implantation.epci_id
    reponse = client_porteur.get(url, {"communes": ["22136"], "epci": epci, "geste": "ajouter"})
    attendues = {c.pk for c in equipe.implantation.epci.communes.all()}
    assert cochees(reponse) == attendues
    assert len(attendues) > 3


def test_montrer_une_intercommunalite_n_en_coche_aucune(client_porteur, equipe, url, voisines):
    autre = communes_reelles("22278")["22278"]
    reponse = client_porteur.get(url, {"communes": ["22136"], "epci": autre.epci_id, "geste": "montrer"})
    assert cochees(reponse) == {"22136"}
    assert 'data-esp-code="22278"' in reponse.content.decode()


def test_sans_javascript_chaque_ajout_mene_a_une_adresse_qui_le_garde(client_porteur, equipe, url, voisines):
    reponse = client_porteur.post(url, {"communes": ["22136"], "communes_ajout": "Trévé", "geste": "ajouter"})
    assert reponse.status_code == 302
    assert "communes=22376" in reponse["Location"]
    assert cochees(client_porteur.get(reponse["Location"])) == {"22136", "22376"}
    assert codes(equipe) == {"22136"}


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"communes_ajout": "Xyzville"}, "Aucune commune ne correspond à « Xyzville »"),
        ({"rayon": "0"}, "Au moins un kilomètre."),
        ({"rayon": "51"}, "50 kilomètres au plus"),
        ({"rayon": "dix"}, "Écrivez un nombre entier de kilomètres, de 1 à 50."),
        ({"rayon": "9" * 10_000}, "kilomètres"),
        ({"epci": "000000000"}, "Choisissez une intercommunalité de la liste."),
        ({"communes_ajout": "\x00"}, ""),
        ({"communes_ajout": "<script>alert(1)</script>"}, "Aucune commune ne correspond à"),
        ({"communes_ajout": "#set page() $x$ @ref"}, "Aucune commune ne correspond à"),
        ({"communes_ajout": "é" * 10_000}, "Aucune commune ne correspond à"),
    ],
)
def test_une_saisie_fausse_se_dit_et_les_communes_restent_cochees(client_porteur, equipe, url, envoi, phrase):
    reponse = client_porteur.post(url, {"communes": ["22136", "22219"], "geste": "ajouter"} | envoi)
    if not phrase:
        assert reponse.status_code == 302
        return
    assert reponse.status_code == 422
    assert phrase in texte(reponse)
    assert cochees(reponse) == {"22136", "22219"}
    assert "<script>alert" not in reponse.content.decode()


@pytest.mark.parametrize(
    "adresse", ["?communes=%00", "?communes=99999", "?autour=%00", "?autour=" + "9" * 500, "?vu=x"]
)
def test_une_adresse_abimee_ne_casse_pas_la_page(client_porteur, url, adresse):
    assert client_porteur.get(url + adresse).status_code in (200, 422)


def test_trop_de_communes_se_dit(client_porteur, equipe, url, monkeypatch):
    monkeypatch.setattr("esperluette.diagnostics.forms.COMMUNES_MAXIMUM", 1)
    reponse = client_porteur.post(url, {"communes": ["22136"], "rayon": "50", "geste": "ajouter"})
    assert "communes : 1 au plus." in texte(reponse)


@pytest.mark.parametrize("attend", [{"epci": "implantation"}, {"rayon": "8"}, {"communes_ajout": "Trévé"}])
def test_cocher_une_case_n_ajoute_pas_ce_qui_attend_son_bouton(client_porteur, equipe, url, voisines, attend):
    ajouts = {"communes_ajout": "", "epci": "", "rayon": ""} | attend
    if attend.get("epci"):
        ajouts["epci"] = equipe.implantation.epci_id
    envoi = {"communes": ["22136", "22219"], "vu": choix_enregistre(equipe).vu} | ajouts
    reponse = client_porteur.get(url, envoi, headers=HTMX)
    assert "Le diagnostic de 2 communes" in texte(reponse)
    assert reponse["HX-Replace-Url"].count("communes=") == 2


@pytest.mark.parametrize("attend", [{"epci": "inconnue"}, {"rayon": "dix"}, {"communes_ajout": "Plou"}])
def test_une_saisie_inachevee_n_empeche_pas_le_diagnostic_de_suivre_les_cases(client_porteur, equipe, url, attend):
    envoi = {"communes": ["22136", "22219"], "vu": choix_enregistre(equipe).vu} | attend
    reponse = client_porteur.get(url, envoi, headers=HTMX)
    assert reponse.status_code == 200
    assert "Le diagnostic de 2 communes" in texte(reponse)


# --- Le diagnostic suit ----------------------------------------------------------------------------------


def test_htmx_recoit_le_diagnostic_seul_et_l_adresse_a_garder(client_porteur, url):
    reponse = client_porteur.get(url, {"communes": ["22219"], "fond": "ancien"}, headers=HTMX)
    contenu = reponse.content.decode()
    assert contenu.lstrip().startswith('<section id="diagnostic"')
    assert "communes=22219" in reponse["HX-Replace-Url"]
    assert 'id="carte-choix" hx-swap-oob="true"' in contenu
    assert "HX-Request" in reponse["Vary"]


def test_htmx_ne_redessine_pas_une_carte_qui_n_a_pas_change(client_porteur, url):
    premiere = client_porteur.get(url, {"communes": ["22219"]}).content.decode()
    fond = re.search(r'name="fond" value="(\w+)"', premiere)[1]
    contenu = client_porteur.get(url, {"communes": ["22219"], "fond": fond}, headers=HTMX).content.decode()
    assert "carte-choix" not in contenu
    assert 'id="ecart"' in contenu


def test_htmx_recoit_la_saisie_entiere_apres_un_ajout(client_porteur, url, voisines):
    contenu = client_porteur.get(url, {"communes": ["22136"], "rayon": "8", "geste": "ajouter"}, headers=HTMX)
    assert '<form id="choix"' in contenu.content.decode()
    assert 'id="diagnostic"' in contenu.content.decode()


def test_les_destinations_inscrites_se_proposent(client_porteur, equipe, url):
    def vers_le_projet(equipe, compte):
        return [Destination("Rubrique 1.1", "/dossiers/x/", "dossier ESP-1")]

    assert "Insérer dans le projet" not in texte(client_porteur.get(url))
    DESTINATIONS.inscrire(vers_le_projet)
    try:
        lu = client_porteur.get(url)
    finally:
        DESTINATIONS.retirer(vers_le_projet)
    assert "s’y reprennent. Rubrique 1.1 dossier ESP-1" in texte(lu)


# --- Enregistrer -----------------------------------------------------------------------------------------


def test_enregistrer_le_dit_et_le_journal_le_garde(client_porteur, equipe, url, bretagne):
    reponse = client_porteur.post(url, {"communes": ["22136"], "communes_ajout": "Plouguenast"}, follow=True)
    assert messages(reponse) == ["Le territoire de l’équipe est enregistré."]
    assert codes(equipe) == {"22136", "22219"}
    assert [e.sorte for e in evenements_de(equipe)] == ["equipe_modifiee"]


@pytest.mark.parametrize(
    ("champ", "phrase"),
    [("epci", "Cette intercommunalité n’est pas encore ajoutée"), ("rayon", "Ce rayon n’est pas encore ajouté")],
)
@pytest.mark.parametrize("geste", [{}, {"geste": "enregistrer"}])
def test_ce_qui_est_choisi_sans_etre_ajoute_se_dit(client_porteur, equipe, url, voisines, champ, phrase, geste):
    valeur = {"epci": equipe.implantation.epci_id, "rayon": "8"}[champ]
    envoi = {"communes": ["22136", "22219"], "vu": choix_enregistre(equipe).vu, champ: valeur} | geste
    reponse = client_porteur.post(url, envoi)
    assert reponse.status_code == 422
    assert phrase in texte(reponse)
    assert cochees(reponse) == {"22136", "22219"}
    assert f'value="{valeur}"' in reponse.content.decode()
    assert codes(equipe) == {"22136"}
    assert client_porteur.post(url, envoi | {champ: ""}).status_code == 302
    assert codes(equipe) == {"22136", "22219"}


def test_enregistrer_deux_fois_n_ecrit_qu_une_fois(client_porteur, equipe, url):
    vu = choix_enregistre(equipe).vu
    for _ in range(2):
        assert client_porteur.post(url, {"communes": ["22219"], "vu": vu, "geste": "enregistrer"}).status_code == 302
    assert evenements_de(equipe).count() == 1


def test_deux_onglets_ne_s_ecrasent_pas(client_porteur, equipe, url, porteur, bretagne):
    vu = choix_enregistre(equipe).vu
    enregistrer_territoire(equipe, acteur=porteur, communes=[bretagne.communes["22266"]], vu=vu)
    reponse = client_porteur.post(url, {"communes": ["22219"], "vu": vu, "geste": "enregistrer"})
    assert reponse.status_code == 422
    assert "modifié ailleurs" in texte(reponse)
    assert "Deux versions du territoire" in texte(reponse)
    assert cochees(reponse) == {"22136", "22219"}
    assert codes(equipe) == {"22136", "22266"}
    # La page rendue porte la version d'aujourd'hui : enregistrer la sienne en connaissance de cause passe.
    nouveau = re.search(r'name="vu" value="(\w+)"', reponse.content.decode())[1]
    reunies = client_porteur.post(url, {"communes": ["22219"], "vu": nouveau, "geste": "reunir"})
    assert cochees(client_porteur.get(reunies["Location"])) == {"22136", "22219", "22266"}
    client_porteur.post(url, {"communes": ["22219"], "vu": nouveau, "geste": "enregistrer"})
    assert codes(equipe) == {"22136", "22219"}


def test_enregistrer_ce_qu_un_autre_onglet_a_deja_enregistre_ne_derange_personne(equipe, porteur, bretagne):
    vu = choix_enregistre(equipe).vu
    for _ in range(2):
        enregistrer_territoire(equipe, acteur=porteur, communes=[bretagne.communes["22219"]], vu=vu)
    assert evenements_de(equipe).count() == 1
    with pytest.raises(Conflit):
        enregistrer_territoire(equipe, acteur=porteur, communes=[bretagne.communes["22266"]], vu=vu)


def test_seul_le_porteur_enregistre(equipe, bretagne):
    membre = MembreFabrique(equipe=equipe, confirme=True)
    with pytest.raises(Refus, match="Seul le porteur"):
        enregistrer_territoire(equipe, acteur=membre.compte, communes=[])


def test_l_empreinte_ne_depend_pas_de_l_ordre():
    assert empreinte(["22136", "22219", "22136"]) == empreinte(["22219", "22136"]) != empreinte(["22136"])
