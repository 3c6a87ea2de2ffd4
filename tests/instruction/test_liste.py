"""La liste de l'agent : son périmètre, ses corbeilles, ses filtres."""

import pytest
from django.urls import reverse

from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import commune
from tests.fabriques.instruction import reunion_tenue

pytestmark = pytest.mark.django_db
LISTE = reverse("instruction:liste")


def references(reponse):
    return {dossier.reference for dossier, _ in reponse.context["lignes"]}


def nombres(reponse):
    return {c.cle: nombre for c, nombre in reponse.context["corbeilles"]}


def test_un_agent_voit_les_dossiers_deposes_de_son_perimetre(client, acteurs, dossier):
    page = connecter(client, acteurs["referente"]).get(LISTE)
    assert references(page) == {dossier.reference}
    assert "Équipe du Lié" in page.content.decode()


@pytest.mark.parametrize("qui", ["referent_ailleurs"])
def test_un_agent_d_ailleurs_ne_les_voit_pas(qui, client, acteurs, dossier):
    page = connecter(client, acteurs[qui]).get(LISTE)
    assert references(page) == set()
    html = page.content.decode()
    assert "Aucun dossier n’a encore été déposé dans votre périmètre" in html
    assert str(acteurs[qui].fonctions.get().territoire) in html  # d'où viendront ses dossiers
    assert "esp-filtres" not in html


@pytest.mark.parametrize("qui", ["porteuse", "membre", "accompagnatrice", "inconnue", "secretaire"])
def test_qui_n_est_pas_agent_recoit_la_raison(qui, client, acteurs, dossier):
    page = connecter(client, acteurs[qui]).get(LISTE)
    assert page.status_code == 403
    assert "agents de l’ARS" in page.content.decode()


def test_un_visiteur_est_mene_a_la_connexion(client, db):
    assert client.get(LISTE).headers["Location"].startswith(reverse("account_login"))


def test_un_brouillon_n_est_jamais_dans_la_liste(client, acteurs, equipe):
    fabrique.brouillon(equipe, rempli=True)
    assert references(connecter(client, acteurs["referente"]).get(LISTE)) == set()


@pytest.mark.parametrize(
    ("filtre", "trouve"),
    [
        ("q=Lié", True), ("q=equipe+du+LIE", True), ("q=loudeac", True), ("q=équipe", True), ("q=.*", False),
        ("q=%5B", False), ("q=(", False), ("q=loud", True), ("q=ESP-BRE", True), ("q=Rennes", False), ("q=%00", True),
        ("q=<script>alert(1)</script>", False), ("etat=depose", True), ("etat=accepte", False), ("etat=faux", True),
        ("territoire=d-22", True), ("territoire=d-35", True), ("demarche=projet-de-sante", True),
        ("demarche=faux", True), ("demarche=demande-accompagnement", False), ("agent=moi", True),
        ("agent=personne", False), ("agent=0", True), ("agent=abc", True), ("echeance=sans", True),
        ("echeance=depassee", False), ("echeance=7", False), ("echeance=x", True), ("tri=equipe", True),
        ("tri=-echeance", True), ("tri=main", True), ("tri=;drop", True), ("corbeille=prets", False),
        ("corbeille=inactifs", False), ("corbeille=en_relais", False), ("territoire=x", True),
        ("corbeille=a_prendre", True), ("corbeille=a_moi", True), ("corbeille=attente_equipe", False),
        ("corbeille=faux", True), ("page=9", True), ("page=-1", True), ("page=abc", True),
    ],
)  # fmt: skip
def test_les_filtres_gardent_ou_ecartent(filtre, trouve, client, acteurs, dossier):
    page = connecter(client, acteurs["referente"]).get(f"{LISTE}?{filtre}")
    assert page.status_code == 200
    assert references(page) == ({dossier.reference} if trouve else set())
    assert "<script>alert" not in page.content.decode()


def test_le_territoire_filtre_par_intercommunalite(client, acteurs, dossier):
    epci = dossier.equipe.implantation.epci_id
    page = connecter(client, acteurs["referente"]).get(f"{LISTE}?territoire=e-{epci}")
    assert references(page) == {dossier.reference}


def test_les_corbeilles_comptent(client, acteurs, dossier):
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.EN_INSTRUCTION, instruit_par=acteurs["referente"])
    reunion_tenue(dossier, acteurs["referente"])  # la Bretagne en demande une avant la commission
    page = connecter(client, acteurs["referente"]).get(LISTE)
    assert nombres(page) == {
        "a_prendre": 0, "a_moi": 1, "echeance": 0, "attente_equipe": 0, "prets": 1, "a_notifier": 0, "inactifs": 0,
        "": 1,
    }  # fmt: skip


def test_htmx_ne_recoit_que_la_table(client, acteurs, dossier):
    page = connecter(client, acteurs["referente"]).get(LISTE, headers={"HX-Request": "true"})
    contenu = page.content.decode()
    assert dossier.reference in contenu
    assert "<html" not in contenu


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_huit_requetes_quel_que_soit_le_nombre(nombre, client, django_assert_num_queries, db):
    for _ in range(nombre):
        dossier = fabrique.depose().dossier
    agente = FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte
    connecter(client, agente)
    with django_assert_num_queries(8):
        page = client.get(LISTE)
    assert len(page.context["lignes"]) == nombre


def test_au_dela_de_25_dossiers_la_liste_se_tourne(client, db):
    dossier = fabrique.depose().dossier
    Dossier.objects.bulk_create(
        Dossier(
            reference=f"ESP-22-2026-9{i:04d}", equipe=dossier.equipe, region=dossier.region, edition=dossier.edition,
            demarche=f"autre-{i}", demarche_libelle="Projet de santé", cree_par=dossier.cree_par,
            depose_le=dossier.depose_le, etat_depuis=dossier.depose_le, **{"etat": Etat.RETIRE},
        )
        for i in range(30)
    )  # fmt: skip
    Dossier.objects.exclude(pk=dossier.pk).update(demarche=dossier.demarche)
    agente = FonctionFabrique(referent=True, region=commune().region).compte
    connecter(client, agente)
    premiere, seconde = client.get(LISTE), client.get(f"{LISTE}?page=2")
    assert (len(premiere.context["lignes"]), len(seconde.context["lignes"])) == (25, 6)
    assert "Page suivante" in premiere.content.decode()
