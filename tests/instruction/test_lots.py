"""Un geste sur plusieurs dossiers : aperçu, confirmation, compte rendu."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.permissions import OUI, non
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import lots
from esperluette.instruction.contributions import LOTS, GesteDeLot
from esperluette.instruction.models import LigneDeLot, Lot
from esperluette.notifications.models import Courriel
from tests.fabriques.commissions import SeanceFabrique, dossier_recu
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.dossiers import _autre_departement
from tests.fabriques.instruction import agent, aujourd_hui, recu

pytestmark = pytest.mark.django_db
PREPARER = reverse("instruction:lots")


@pytest.fixture
def anne():
    return agent("Anne")


def preparer(client, geste, *dossiers, **autres):
    return client.post(PREPARER, {"geste": geste, "dossier": [d.pk for d in dossiers], **autres})


def adresse():
    return reverse("instruction:lot", args=[Lot.objects.get().pk])


def etats():
    return sorted(Dossier.objects.values_list("etat", flat=True))


def test_l_apercu_dit_tout_et_ne_change_rien(client, anne):
    bon, pris = recu(), recu(etat=Etat.EN_INSTRUCTION)
    reponse = preparer(connecter(client, anne), "prendre", bon, pris)
    assert reponse.headers["Location"] == adresse()
    page = client.get(adresse()).content.decode()
    assert "1 dossier changera." in page
    assert "1 sera refusé" in page
    assert "celui-ci est « En instruction »" in page
    assert "Prendre en instruction&nbsp;: 1 dossier</button>" in page
    assert etats() == [Etat.DEPOSE, Etat.EN_INSTRUCTION]


def test_un_refus_n_empeche_pas_les_autres_et_se_raconte(client, anne):
    premier, pris, dernier = recu(), recu(etat=Etat.AVIS_RENDU), recu()
    preparer(connecter(client, anne), "prendre", premier, pris, dernier)
    assert client.post(adresse()).headers["Location"] == adresse()
    assert etats() == [Etat.AVIS_RENDU, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION]
    page = client.get(adresse())
    bilan = page.context["bilan"]
    assert (bilan.faits, bilan.refuses, bilan.a_faire) == (2, 1, 0)
    assert "celui-ci est « Avis rendu »" in page.content.decode()
    assert "2 faits, 1 refusé, sur 3." in page.content.decode()


def test_un_double_clic_ne_refait_rien(client, anne):
    dossier = recu()
    preparer(connecter(client, anne), "prendre", dossier)
    client.post(adresse())
    Dossier.objects.filter(pk=dossier.pk).update(**{"etat": Etat.DEPOSE, "instruit_par": None})
    client.post(adresse())
    assert etats() == [Etat.DEPOSE]
    assert lots.bilan(Lot.objects.get()).faits == 1


def test_ce_qui_a_change_depuis_l_apercu_se_refuse(client, anne):
    dossier = recu()
    preparer(connecter(client, anne), "prendre", dossier)
    client.get(adresse())
    Dossier.objects.filter(pk=dossier.pk).update(**{"etat": Etat.RETIRE})
    client.post(adresse())
    assert etats() == [Etat.RETIRE]
    assert "« Retiré »" in LigneDeLot.objects.get().motif


def test_tout_ce_qui_repond_aux_filtres(client, anne):
    for _ in range(3):
        recu()
    recu(etat=Etat.ACCEPTE)
    recu(code="35238")  # hors du périmètre
    connecter(client, anne)
    client.post(PREPARER, {"geste": "prendre", "tous": "oui", "requete": "etat=depose&page=2&inconnu=1"})
    assert Lot.objects.get().lignes.count() == 3
    assert Lot.objects.get().requete == "etat=depose"


def test_un_dossier_d_ailleurs_ne_se_glisse_pas_dans_la_selection(client, anne):
    ici, ailleurs = recu(), recu(code="35238")
    preparer(connecter(client, anne), "prendre", ici, ailleurs)
    assert list(Lot.objects.get().lignes.values_list("dossier", flat=True)) == [ici.pk]


def test_un_dossier_sorti_du_perimetre_entre_temps_se_refuse(client, anne):
    dossier = recu()
    preparer(connecter(client, anne), "prendre", dossier)
    anne.fonctions.update(departement=None, region=recu(code="13055").equipe.region)
    client.post(adresse())
    assert LigneDeLot.objects.get().motif == lots.HORS_DE_VUE
    assert Dossier.objects.get(pk=dossier.pk).etat == Etat.DEPOSE


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"geste": "prendre"}, "Choisissez au moins un dossier"),
        ({"geste": "inconnu", "tous": "oui"}, "Choisissez un geste"),
        ({"tous": "oui"}, "Choisissez un geste"),
        (
            {"geste": "prendre", "dossier": ["abc", "-1", "\x00", "9" * 40, "99999999"]},
            "Choisissez au moins un dossier",
        ),
    ],
)
def test_une_selection_vide_ou_fausse_ramene_a_la_liste(client, anne, donnees, phrase):
    recu()
    page = connecter(client, anne).post(PREPARER, donnees, follow=True)
    assert phrase in page.content.decode()
    assert not Lot.objects.exists()


def test_trop_de_dossiers_se_dit(client, anne, settings):
    settings.LOT_MAXIMUM = 2
    for _ in range(3):
        recu()
    page = connecter(client, anne).post(PREPARER, {"geste": "prendre", "tous": "oui"}, follow=True)
    assert "2 dossiers au plus" in page.content.decode()
    assert not Lot.objects.exists()


def test_un_grand_lot_continue_sans_la_personne(client, anne, settings, django_capture_on_commit_callbacks):
    settings.LOT_EN_DIRECT = 1
    preparer(connecter(client, anne), "prendre", recu(), recu())
    client.post(adresse())
    page = client.get(adresse()).content.decode()
    assert "Il en reste 2" in page
    assert "every 3s" in page
    lots.continuer.func(str(Lot.objects.get().pk))
    page = client.get(adresse()).content.decode()
    assert "2 faits, 0 refusé, sur 2." in page
    assert "every 3s" not in page
    fragment = client.get(adresse(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment


# --- Confier --------------------------------------------------------------------------------------


def test_confier_demande_a_qui_puis_montre_et_fait(client, anne):
    bea = agent("Béa")
    agent("Ailleurs", code="35238")
    un, deux = recu(affecte_a=anne), recu(affecte_a=bea)
    preparer(connecter(client, anne), "affecter", un, deux)
    page = client.get(adresse()).content.decode()
    assert "Agent Ailleurs" not in page
    assert "2 dossiers choisis" in page
    page = client.get(adresse(), {"agent": bea.pk, "motif": "<b>Congé</b>"}).content.decode()
    assert "Passe de Agent Anne à Agent Béa." in page
    assert "il revient déjà à Agent Béa" in page
    assert "1 dossier changera." in page
    assert "<b>Congé" not in page
    client.post(adresse(), {"agent": bea.pk, "motif": "Congé"})
    assert set(Dossier.objects.values_list("affecte_a", flat=True)) == {bea.pk}
    assert Courriel.objects.filter(gabarit="instruction/dossier_confie").count() == 1


@pytest.mark.parametrize("choix", [{}, {"agent": "0"}, {"agent": "\x00"}, {"agent": "1", "motif": "é" * 10_000}])
def test_confirmer_sans_agent_valable_ne_fait_rien(client, anne, choix):
    preparer(connecter(client, anne), "affecter", recu())
    assert client.post(adresse(), choix).status_code == 422
    assert Lot.objects.get().lance_le is None


def test_confier_refuse_ligne_par_ligne_hors_du_perimetre_de_l_agent(client):
    chef, bea = agent("Chef", territoire="region"), agent("Béa")
    ici, loin = recu(), recu(code="35238")
    preparer(connecter(client, chef), "affecter", ici, loin)
    page = client.get(adresse(), {"agent": bea.pk}).content.decode()
    assert "n’est pas dans le périmètre de Agent Béa" in page
    client.post(adresse(), {"agent": bea.pk})
    bilan = lots.bilan(Lot.objects.get())
    assert (bilan.faits, bilan.refuses) == (1, 1)


# --- Inscrire à une séance ------------------------------------------------------------------------


def test_inscrire_a_une_seance_refuse_ce_qui_n_en_releve_pas(client, anne):
    seance = SeanceFabrique(instance__nom="CARPEC", depot_avant=aujourd_hui(-1))
    SeanceFabrique(instance=seance.instance, tenue=True)
    pret = dossier_recu(etat=Etat.EN_INSTRUCTION)
    neuf = recu()
    preparer(connecter(client, anne), "inscrire", pret, neuf)
    page = client.get(adresse()).content.decode()
    assert page.count("<option value=") == 2, "la séance à venir, et rien d’autre"
    page = client.get(adresse(), {"seance": seance.pk}).content.decode()
    assert "déposé après la date limite" in page
    page = client.get(adresse(), {"seance": seance.pk, "motif": "Accord de la présidente"}).content.decode()
    assert "1 dossier changera." in page
    client.post(adresse(), {"seance": seance.pk, "motif": "Accord de la présidente"})
    assert Dossier.objects.get(pk=pret.pk).etat == Etat.INSCRIT
    assert Dossier.objects.get(pk=neuf.pk).etat == Etat.DEPOSE
    assert seance.points.get().motif_hors_delai == "Accord de la présidente"


@pytest.mark.parametrize("choix", [{"seance": "0"}, {"seance": "x"}, {"seance": "\x00"}, {}])
def test_une_seance_impossible_se_dit_a_cote_du_champ(client, anne, choix):
    preparer(connecter(client, anne), "inscrire", recu())
    assert client.post(adresse(), choix).status_code == 422
    assert Lot.objects.get().lance_le is None


# --- Le registre ----------------------------------------------------------------------------------


@pytest.fixture
def geste_ajoute():
    """Un geste d'une autre app : refuse le premier, tombe en panne sur le deuxième."""

    def executer(dossier, acteur, lu):
        if dossier.motif == "refuse plus tard":
            raise ErreurMetier("Pas celui-ci.")
        if dossier.motif == "panne":
            raise ZeroDivisionError
        Dossier.objects.filter(pk=dossier.pk).update(motif="fait")

    def gestes(_compte):
        yield GesteDeLot(
            "essai", "Faire l’essai", lambda c, d, lu: non("Non.") if d.motif == "refuse" else OUI,
            lambda d, lu: "Changera.", executer,
        )  # fmt: skip

    LOTS.inscrire(gestes)
    yield
    LOTS.retirer(gestes)


def test_une_autre_app_ajoute_son_geste_et_une_panne_n_arrete_rien(client, anne, geste_ajoute, caplog):
    motifs = ("refuse", "refuse plus tard", "panne", "bon")
    preparer(connecter(client, anne), "essai", *(recu(motif=m) for m in motifs))
    assert "Faire l’essai" in client.get(reverse("instruction:liste")).content.decode()
    client.post(adresse())
    resultats = dict(LigneDeLot.objects.values_list("dossier__motif", "motif"))
    assert resultats == {"refuse": "Non.", "refuse plus tard": "Pas celui-ci.", "panne": lots.EN_PANNE, "fait": ""}
    assert "échec" in caplog.text


def test_un_geste_disparu_ramene_a_la_liste(client, anne):
    lot = Lot.objects.create(compte=anne, geste="disparu")
    page = connecter(client, anne).get(reverse("instruction:lot", args=[lot.pk]), follow=True)
    assert "n’existe plus" in page.content.decode()


# --- Qui ------------------------------------------------------------------------------------------


def test_le_lot_d_un_autre_est_introuvable(client, anne):
    preparer(connecter(client, anne), "prendre", recu())
    bea = agent("Béa")
    assert connecter(client, bea).get(adresse()).status_code == 404
    assert client.post(adresse()).status_code == 404
    assert etats() == [Etat.DEPOSE]


def test_qui_n_est_pas_agent_est_refuse(client):
    compte = FonctionFabrique(secretariat=True, region=recu().equipe.region).compte
    assert connecter(client, compte).post(PREPARER, {"geste": "prendre", "tous": "oui"}).status_code == 403


def test_l_administrateur_lit_sans_rien_pouvoir(client):
    dossier = recu()
    connecter(client, FonctionFabrique(admin=True).compte)
    assert "Avec les dossiers choisis" not in client.get(reverse("instruction:liste")).content.decode()
    preparer(client, "prendre", dossier)
    client.post(adresse())
    assert etats() == [Etat.DEPOSE]
    assert lots.bilan(Lot.objects.get()).refuses == 1


def test_un_apercu_oublie_disparait_un_compte_rendu_reste(anne):
    vieux = timezone.now() - timedelta(days=9)
    Lot.objects.create(compte=anne, geste="prendre", prepare_le=vieux)
    garde = Lot.objects.create(compte=anne, geste="prendre", prepare_le=vieux, lance_le=vieux)
    neuf = Lot.objects.create(compte=anne, geste="prendre")
    lots.nettoyer()
    assert set(Lot.objects.all()) == {garde, neuf}


def apercus(client, geste):
    """L'aperçu d'un lot d'un dossier, puis d'un lot de trois."""
    for nombre in (1, 3):
        Lot.objects.all().delete()
        preparer(client, geste, *(recu() for _ in range(nombre)))
        yield adresse()


@pytest.mark.parametrize(("geste", "plafond"), [("prendre", 10), ("affecter", 16)])
def test_l_apercu_coute_autant_pour_un_et_trois(client, anne, geste, plafond, cout):
    un, trois = (cout(ou, agent=anne.pk) for ou in apercus(connecter(client, anne), geste))
    assert un == trois <= plafond


def test_le_compte_rendu_coute_autant_pour_un_et_trois(client, anne, cout):
    couts = []
    for ou in apercus(connecter(client, anne), "prendre"):
        client.post(ou)
        couts.append(cout(ou))
    assert couts[0] == couts[1] <= 10


def test_les_lignes_ne_portent_que_des_dossiers_du_lot(anne):
    lot = lots.preparer(anne, "prendre", Dossier.objects.filter(Q(pk=recu().pk)))
    assert [str(ligne) for ligne in lot.lignes.all()] == [f"{Dossier.objects.get().pk} : À faire"]


def test_le_compte_rendu_tait_l_equipe_d_un_dossier_sorti_du_perimetre(client, anne):
    dossier = recu()
    preparer(connecter(client, anne), "prendre", dossier)
    client.post(adresse())
    assert dossier.equipe.nom in client.get(adresse()).text
    fonction = anne.fonctions.get()
    fonction.fin = timezone.localdate() - timedelta(days=1)
    fonction.save()
    autre = agent("Basile")
    autre_fonction = autre.fonctions.get()
    autre_fonction.compte, autre_fonction.departement = anne, _autre_departement(autre_fonction.region)
    autre_fonction.save()
    page = client.get(adresse()).text
    assert dossier.equipe.nom not in page
    assert lots.HORS_DE_VUE in page
