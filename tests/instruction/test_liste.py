"""La liste de l'agent : son périmètre, ses corbeilles, ses filtres."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier
from esperluette.instruction import reunions
from esperluette.instruction.contributions import BLOCAGES, CORBEILLES, Corbeille
from esperluette.instruction.models_fiche import ReunionSurSite
from esperluette.interlocuteurs.models import MessageInformation
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, commune
from tests.fabriques.instruction import agent, aujourd_hui, recu
from tests.fabriques.interlocuteurs import DemandeFabrique

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sans_prealable():
    """La réunion sur site, que la Bretagne demande avant la commission, s'essaie à part."""
    BLOCAGES.retirer(reunions.sans_reunion)
    yield
    BLOCAGES.inscrire(reunions.sans_reunion)


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
        ("agent=personne", False), ("agent=0", True), ("agent=abc", True), ("echeance=sans", False),
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
    page = connecter(client, acteurs["referente"]).get(LISTE)
    attendus = {"a_prendre": 0, "a_moi": 1, "echeance": 0, "attente_equipe": 0, "prets": 1, "inactifs": 0, "": 1}
    assert {cle: n for cle, n in nombres(page).items() if cle in attendus} == attendus


def test_htmx_ne_recoit_que_la_table(client, acteurs, dossier):
    page = connecter(client, acteurs["referente"]).get(LISTE, headers={"HX-Request": "true"})
    contenu = page.content.decode()
    assert dossier.reference in contenu
    assert "<html" not in contenu


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_sept_requetes_quel_que_soit_le_nombre(nombre, client, django_assert_num_queries, db):
    for _ in range(nombre):
        dossier = fabrique.depose().dossier
    agente = FonctionFabrique(referent=True, region=dossier.equipe.implantation.region).compte
    connecter(client, agente)
    with django_assert_num_queries(7):
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


# --- Les corbeilles -------------------------------------------------------------------------------


def reunie(dossier):
    """Le même dossier, une fois tenue la réunion sur site que la région exige avant la commission."""
    jour = aujourd_hui()
    ReunionSurSite.objects.create(
        dossier=dossier, prevue_le=jour, tenue_le=jour, lieu="Loudéac", saisie_par=dossier.cree_par
    )
    return dossier


def dans(client, corbeille):
    page = client.get(f"{LISTE}?corbeille={corbeille}")
    trouves = {d for d, _ in page.context["lignes"]}
    assert nombres(page).get(corbeille, 0) == len(trouves), "la tuile et la table disent le même nombre"
    return trouves


def test_chaque_corbeille_a_les_siens(client, db):
    anne, bea = agent("Anne"), agent("Béa")
    vieux = timezone.now() - timedelta(days=16)
    depose = recu(affecte_a=bea)
    mien = reunie(recu(affecte_a=anne, etat=Etat.EN_INSTRUCTION, instruit_par=anne, mouvement_le=vieux))
    attendu = recu(etat=Etat.A_COMPLETER, instruit_par=anne)
    avis = recu(etat=Etat.AVIS_RENDU)
    lent = recu(etat=Etat.INSCRIT, mouvement_le=timezone.now() - timedelta(days=14))
    clos = recu(etat=Etat.ACCEPTE, affecte_a=anne, mouvement_le=vieux, echeance=aujourd_hui())
    connecter(client, anne)
    assert dans(client, "a_prendre") == {depose}
    assert dans(client, "a_moi") == {mien, attendu}
    assert dans(client, "attente_equipe") == {attendu}
    assert dans(client, "prets") == {mien}
    assert dans(client, "inactifs") == {mien}
    assert dans(client, "echeance") == set()
    assert dans(client, "") == {depose, mien, attendu, avis, lent, clos}


@pytest.mark.parametrize(
    ("echeance", "silence", "corbeille", "filtres"),
    [
        (-1, None, True, {"depassee"}),
        (None, -3, True, {"depassee"}),
        (0, None, True, {"7", "15", "30"}),
        (7, None, True, {"7", "15", "30"}),
        (8, None, False, {"15", "30"}),
        (None, 15, False, {"15", "30"}),
        (40, 16, False, {"30"}),
        (40, -1, True, {"depassee"}),
        (31, 31, False, set()),
        (None, None, False, {"sans"}),
    ],
)
def test_l_echeance_est_la_plus_proche_des_deux_dates(client, db, echeance, silence, corbeille, filtres):
    dates = {"echeance": echeance, "silence_le": silence}
    dossier = recu(**{nom: aujourd_hui(jours) for nom, jours in dates.items() if jours is not None})
    connecter(client, agent("Anne"))
    assert (dans(client, "echeance") == {dossier}) is corbeille
    gardes = {f for f in ("depassee", "7", "15", "30", "sans") if references(client.get(f"{LISTE}?echeance={f}"))}
    assert gardes == filtres


def test_le_delai_d_inactivite_est_un_reglage(client, db, settings):
    settings.DOSSIER_INACTIF_JOURS = 3
    dossier = recu(mouvement_le=timezone.now() - timedelta(days=4))
    connecter(client, agent("Anne"))
    assert dans(client, "inactifs") == {dossier}
    assert "Sans mouvement depuis 3 jours" in client.get(LISTE).content.decode()


@pytest.mark.parametrize("demarche", ["demande-accompagnement", "projet-de-sante"])
def test_pret_pour_la_commission_demande_une_commission(client, db, demarche):
    from esperluette.referentiel.lecture import edition

    dossier = reunie(recu(etat=Etat.EN_INSTRUCTION, demarche=demarche))
    passe = bool(edition(dossier.region, dossier.edition).demarche(demarche).instance)
    assert (dans(connecter(client, agent("Anne")), "prets") == {dossier}) is passe


def test_une_autre_app_bloque_ou_ajoute_sa_corbeille(client, db):
    bloque, libre = (reunie(recu(etat=Etat.EN_INSTRUCTION)) for _ in range(2))

    def blocage():
        return Q(pk=bloque.pk)

    def corbeilles(compte):
        yield Corbeille("essai", "À signer", Q(pk=libre.pk), 60)
        yield Corbeille("cachee", "Rien", Q(pk__in=[]), 61, si_vide=False)

    connecter(client, agent("Anne"))
    BLOCAGES.inscrire(blocage)
    CORBEILLES.inscrire(corbeilles)
    try:
        assert dans(client, "prets") == {libre}
        assert dans(client, "essai") == {libre}
        html = client.get(LISTE).content.decode()
    finally:
        BLOCAGES.retirer(blocage)
        CORBEILLES.retirer(corbeilles)
    assert "À signer" in html
    assert "Rien</span>" not in html


def test_les_prises_de_contact_se_comptent_dans_le_perimetre(client, db):
    anne = agent("Anne")
    DemandeFabrique(commune=commune())
    DemandeFabrique(commune=commune("35238"))
    DemandeFabrique(commune=commune(), a_confirmer=True)
    page = connecter(client, anne).get(LISTE)
    assert page.context["contacts"] == 1  # même sans un dossier
    assert reverse("interlocuteurs:recues") in page.content.decode()
    recu()
    assert client.get(LISTE).context["contacts"] == 1


# --- Les filtres et le tri ------------------------------------------------------------------------


def test_le_filtre_agent_dit_moi_personne_ou_chacun(client, db):
    anne, bea = agent("Anne"), agent("Béa")
    mien, sien, libre = recu(affecte_a=anne), recu(instruit_par=bea, etat=Etat.EN_INSTRUCTION), recu()
    connecter(client, anne)
    for choix, trouve in (("moi", mien), ("personne", libre), (bea.pk, sien)):
        assert references(client.get(f"{LISTE}?agent={choix}")) == {trouve.reference}
    assert "Agent Béa</option>" in client.get(LISTE).content.decode()


def test_les_filtres_se_croisent(client, db):
    anne = agent("Anne")
    bon = recu(EquipeFabrique(nom="Équipe du Lié"), affecte_a=anne, echeance=aujourd_hui(3))
    recu(EquipeFabrique(nom="Équipe du Lié"), affecte_a=anne)
    recu(EquipeFabrique(nom="Autre"), affecte_a=anne, echeance=aujourd_hui(3))
    requete = "q=lie&etat=depose&demarche=projet-de-sante&territoire=d-22&echeance=7&agent=moi&corbeille=a_prendre"
    page = connecter(client, anne).get(f"{LISTE}?{requete}")
    assert references(page) == {bon.reference}
    assert page.context["page"].paginator.count == 1
    assert nombres(page)[""] == 3, "les tuiles comptent tout, filtré ou non"


TRIS = {
    "reference": ("R1", "R2", "R3"),
    "equipe": ("R2", "R3", "R1"),
    "demarche": ("R3", "R1", "R2"),
    "territoire": ("R1", "R3", "R2"),
    "etat": ("R3", "R1", "R2"),
    "echeance": ("R2", "R1", "R3"),
    "agent": ("R1", "R2", "R3"),
    "depot": ("R2", "R1", "R3"),
    "mouvement": ("R3", "R2", "R1"),
}


@pytest.mark.parametrize("sens", ["", "-"])
@pytest.mark.parametrize("colonne", TRIS)
def test_chaque_colonne_se_trie_dans_les_deux_sens(client, db, colonne, sens):
    anne, bea = agent("Anne", territoire="region"), agent("Béa")
    il_y_a = {n: timezone.now() - timedelta(days=n) for n in range(4)}
    recu(
        EquipeFabrique(nom="Zoé"), reference="R1", demarche_libelle="B", affecte_a=anne, etat=Etat.EN_INSTRUCTION,
        silence_le=aujourd_hui(5), echeance=aujourd_hui(9), depose_le=il_y_a[2], mouvement_le=il_y_a[0],
    )  # fmt: skip
    recu(
        EquipeFabrique(nom="Anne", implantation=commune("35238")), reference="R2", demarche_libelle="C", affecte_a=bea,
        etat=Etat.AVIS_RENDU, echeance=aujourd_hui(1), depose_le=il_y_a[3], mouvement_le=il_y_a[1],
    )  # fmt: skip
    recu(
        EquipeFabrique(nom="Milieu", implantation=commune("22219")), reference="R3", demarche_libelle="A",
        depose_le=il_y_a[1], mouvement_le=il_y_a[2],
    )  # fmt: skip
    page = connecter(client, anne).get(f"{LISTE}?tri={sens}{colonne}")
    attendu = list(reversed(TRIS[colonne])) if sens else list(TRIS[colonne])
    if sens and colonne in ("echeance", "agent"):  # ceux qui n'en ont pas restent derniers
        attendu = [*attendu[1:], attendu[0]]
    assert [d.reference for d, _ in page.context["lignes"]] == attendu
    html = page.content.decode()
    if colonne not in ("depot", "mouvement"):  # hors des colonnes d'office
        assert html.count("aria-sort=") == 1
        assert f'aria-sort="{"descending" if sens else "ascending"}"' in html
        assert f"tri={'' if sens else '-'}{colonne}" in html


def test_le_tri_garde_les_filtres_et_la_page_garde_le_tri(client, db):
    anne = agent("Anne")
    for _ in range(26):
        recu()
    html = connecter(client, anne).get(f"{LISTE}?etat=depose&tri=equipe").content.decode()
    assert "?etat=depose&amp;tri=-equipe" in html
    assert "?etat=depose&amp;tri=equipe&amp;page=2" in html
    vues = [client.get(f"{LISTE}?tri=demarche&page={n}") for n in (1, 2)]
    assert len(references(vues[0]) | references(vues[1])) == 26, "à égalité, aucun dossier ne se répète"


@pytest.mark.parametrize(
    ("jours", "mot", "ton"),
    [(-3, "dépassée de 3 jours", "error"), (0, "aujourd’hui", "warning"), (1, "dans 1 jour", "warning"),
     (7, "dans 7 jours", "warning"), (8, "dans 8 jours", "")],
)  # fmt: skip
def test_l_echeance_a_son_mot_sa_couleur_et_sa_raison(client, db, jours, mot, ton):
    recu(echeance=aujourd_hui(jours), echeance_nature=NatureEcheance.SEANCE)
    html = connecter(client, agent("Anne")).get(LISTE).content.decode()
    assert mot in html
    assert "Séance de la commission" in html
    assert (f"fr-badge--{ton}" in html.split("<tbody>")[1].split("Échéance")[1]) if ton else True


@pytest.mark.parametrize("nom", ["<script>alert(1)</script>", "#set text(red) $x$", "=1+1", "é" * 150])
def test_un_nom_hostile_se_montre_tel_quel(client, db, nom):
    recu(EquipeFabrique(nom=nom))
    html = connecter(client, agent("Anne")).get(LISTE).content.decode()
    assert "<script>alert" not in html
    assert nom.replace("<", "&lt;").replace(">", "&gt;") in html


def test_l_administrateur_voit_tout_et_filtre_par_departement(client, db):
    recu(), recu(code="13055")
    page = connecter(client, FonctionFabrique(admin=True).compte).get(LISTE)
    assert len(references(page)) == 2
    assert len(references(client.get(f"{LISTE}?territoire=d-13"))) == 1


def test_les_messages_de_la_region_aux_agents_paraissent_en_tete(client, db):
    anne = agent("Anne")
    champs = {"region": commune().region, "texte": "Note <b>nouvelle</b>.", "source_date": aujourd_hui()}
    for titre, public in (("Aux agents", "agents"), ("À tous", "tous"), ("Aux équipes", "equipes")):
        MessageInformation.objects.create(titre=titre, public=public, **champs)
    html = connecter(client, anne).get(LISTE).content.decode()
    assert ("Aux agents" in html, "À tous" in html, "Aux équipes" in html) == (True, True, False)
    assert "Note &lt;b&gt;nouvelle&lt;/b&gt;." in html
