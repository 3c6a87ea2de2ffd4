"""Le brouillon ouvert : réversible, journalisé, en lecture, pour l'agent du territoire seulement."""

import pytest
from django.urls import reverse

from esperluette.commun.erreurs import Refus
from esperluette.dossiers.actions.depot import deposer, figer, signer
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction import brouillons
from esperluette.instruction.models_fiche import OuvertureDeBrouillon
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import connecter
from tests.fabriques.equipes import commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def brouillon(equipe):
    dossier = fabrique.brouillon(equipe)
    fabrique.ecrire(dossier, "patientele_description", "<p>Une patientèle âgée.</p>", equipe.porteur.compte)
    return dossier


@pytest.fixture
def porteuse(brouillon):
    return brouillon.equipe.porteur.compte


def cote_equipe(dossier):
    return reverse("preparation:brouillon", args=[dossier.reference])


def cote_agent(dossier):
    return reverse("instruction:brouillon", args=[dossier.reference])


def test_ferme_personne_ne_le_lit(client, acteurs, brouillon):
    assert connecter(client, acteurs["referente"]).get(cote_agent(brouillon)).status_code == 404


def test_ouvrir_previent_le_referent_et_lui_montre_le_texte(client, acteurs, brouillon):
    page = connecter(client, acteurs["porteuse"]).get(cote_equipe(brouillon)).content.decode()
    assert f"Ouvrir votre brouillon à {acteurs['referente']}" in page
    client.post(cote_equipe(brouillon), {"geste": "ouvrir"})
    (courriel,) = Courriel.objects.filter(gabarit="instruction/brouillon_ouvert")
    assert courriel.destinataire == acteurs["referente"].courriel
    assert "patientèle" not in courriel.texte
    assert "brouillon_ouvert" in {e.sorte for e in evenements_de(brouillon)}
    html = connecter(client, acteurs["referente"]).get(cote_agent(brouillon)).content.decode()
    assert "Une patientèle âgée." in html
    assert "<form" not in html.partition("<main")[2].partition("</main>")[0]
    assert brouillon.reference in client.get(reverse("instruction:brouillons")).content.decode()


def test_refermer_ferme_aussitot(client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    connecter(client, acteurs["porteuse"]).post(cote_equipe(brouillon), {"geste": "refermer"})
    assert "brouillon_referme" in {e.sorte for e in evenements_de(brouillon)}
    client = connecter(client, acteurs["referente"])
    assert client.get(cote_agent(brouillon)).status_code == 404
    assert brouillon.reference not in client.get(reverse("instruction:brouillons")).content.decode()
    brouillons.ouvrir(brouillon, acteur=porteuse)
    assert client.get(cote_agent(brouillon)).status_code == 200


def test_le_double_clic_n_ouvre_ni_ne_previent_deux_fois(acteurs, brouillon, porteuse):
    for _ in range(2):
        brouillons.ouvrir(brouillon, acteur=porteuse)
    assert OuvertureDeBrouillon.objects.count() == 1
    assert Courriel.objects.filter(gabarit="instruction/brouillon_ouvert").count() == 1
    for _ in range(2):
        brouillons.refermer(brouillon, acteur=porteuse)
    assert [e.sorte for e in evenements_de(brouillon)].count("brouillon_referme") == 1


@pytest.mark.parametrize("qui", [
    "referent_ailleurs", "porteuse_ailleurs", "inconnue", "secretaire", "presidente", "membre", "accompagnatrice",
])  # fmt: skip
def test_ouvert_il_ne_l_est_que_pour_l_agent_du_territoire(qui, client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    assert connecter(client, acteurs[qui]).get(cote_agent(brouillon)).status_code == 404


@pytest.mark.parametrize(("qui", "statut"), [
    ("membre", 403), ("accompagnatrice", 403), ("referente", 404), ("porteuse_ailleurs", 404), ("inconnue", 404),
])  # fmt: skip
def test_seul_le_porteur_ouvre(qui, statut, client, acteurs, brouillon):
    assert connecter(client, acteurs[qui]).post(cote_equipe(brouillon), {"geste": "ouvrir"}).status_code == statut
    assert not OuvertureDeBrouillon.objects.exists()


def test_l_agent_ne_lit_ni_les_commentaires_ni_le_dossier_par_ailleurs(client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    brouillon.commentaires.create(champ="patientele_description", texte="Entre nous seulement.", auteur=porteuse)
    client = connecter(client, acteurs["referente"])
    assert "Entre nous" not in client.get(cote_agent(brouillon)).content.decode()
    assert client.get(reverse("instruction:fiche", args=[brouillon.reference])).status_code == 404
    assert client.get(reverse("dossiers:fiche", args=[brouillon.reference])).status_code == 404


def test_depose_le_brouillon_n_est_plus_un_brouillon(client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    fabrique.remplir(brouillon, acteur=porteuse)
    depot = figer(brouillon, acteur=porteuse)
    assert connecter(client, acteurs["referente"]).get(cote_agent(brouillon)).status_code == 200
    for membre in brouillon.equipe.membres.presents():
        signer(depot, acteur=membre.compte, empreinte=depot.empreinte)
    deposer(brouillon, acteur=porteuse)
    assert client.get(cote_agent(brouillon)).status_code == 404
    with pytest.raises(Refus, match="n’est plus un brouillon"):
        brouillons.ouvrir(brouillon, acteur=porteuse)


def test_une_version_a_signer_ne_se_montre_plus_mais_se_referme_encore(client, acteurs, brouillon, porteuse):
    fabrique.remplir(brouillon, acteur=porteuse)
    figer(brouillon, acteur=porteuse)
    connecter(client, porteuse)
    fiche = reverse("dossiers:fiche", args=[brouillon.reference])
    assert "Montrer votre brouillon" not in client.get(fiche).content.decode()
    assert "sa version est figée" in client.get(cote_equipe(brouillon)).content.decode()
    with pytest.raises(Refus, match="sa version est figée"):
        brouillons.ouvrir(brouillon, acteur=porteuse)
    OuvertureDeBrouillon.objects.create(dossier=brouillon, ouvert_par=porteuse)
    assert "Refermer mon brouillon" in client.get(cote_equipe(brouillon)).content.decode()
    client.post(cote_equipe(brouillon), {"geste": "refermer"})
    assert brouillons.ouverture_de(brouillon) is None


def test_retire_il_ne_se_lit_plus(client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    Dossier.objects.filter(pk=brouillon.pk).update(etat=Etat.RETIRE)
    assert connecter(client, acteurs["referente"]).get(cote_agent(brouillon)).status_code == 404


def test_la_fiche_de_l_equipe_le_propose_puis_le_rappelle(client, acteurs, brouillon, porteuse):
    fiche = reverse("dossiers:fiche", args=[brouillon.reference])
    assert "Montrer votre brouillon à l’ARS" in connecter(client, acteurs["porteuse"]).get(fiche).content.decode()
    assert "Montrer votre brouillon" not in connecter(client, acteurs["membre"]).get(fiche).content.decode()
    brouillons.ouvrir(brouillon, acteur=porteuse)
    assert "Votre brouillon est ouvert à l’ARS" in client.get(fiche).content.decode()


def test_sans_referent_le_nom_de_l_organisme_suffit(client, brouillon, porteuse):
    page = connecter(client, porteuse).get(cote_equipe(brouillon))
    assert "Ouvrir votre brouillon à " in page.content.decode()
    brouillons.ouvrir(brouillon, acteur=porteuse)
    assert not Courriel.objects.filter(gabarit="instruction/brouillon_ouvert").exists()


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", "#set page()", "$x$ @ref", "é" * 10_000])
def test_un_texte_hostile_se_lit_sans_dommage(texte, client, acteurs, brouillon, porteuse):
    fabrique.ecrire(brouillon, "organisation_existante", texte, porteuse)
    brouillons.ouvrir(brouillon, acteur=porteuse)
    page = connecter(client, acteurs["referente"]).get(cote_agent(brouillon))
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("qui", ["porteuse", "inconnue", "secretaire"])
def test_la_corbeille_est_celle_des_agents(qui, client, acteurs):
    assert connecter(client, acteurs[qui]).get(reverse("instruction:brouillons")).status_code == 403


def test_la_corbeille_coute_autant_pour_un_et_trois_brouillons(client, acteurs, brouillon, porteuse, requetes):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    connecter(client, acteurs["referente"]).get(reverse("instruction:brouillons"))
    un = requetes(lambda: client.get(reverse("instruction:brouillons")))
    for _ in range(2):
        equipe = fabrique.equipe_complete(implantation=commune("22136"))
        brouillons.ouvrir(fabrique.brouillon(equipe), acteur=equipe.porteur.compte)
    page = client.get(reverse("instruction:brouillons"))
    assert len(page.context["page"].object_list) == 3
    assert requetes(lambda: client.get(reverse("instruction:brouillons"))) == un <= 8


def test_l_agent_ecrit_a_l_equipe_dans_le_fil_du_brouillon_ouvert(client, acteurs, brouillon, porteuse):
    brouillons.ouvrir(brouillon, acteur=porteuse)
    fil = reverse("instruction:echanges", args=[brouillon.reference])
    connecter(client, acteurs["referente"])
    for page in (cote_agent(brouillon), reverse("instruction:brouillons")):
        assert fil in client.get(page).content.decode()
    assert client.get(fil).status_code == 200
    assert (
        reverse("echanges:fil", args=[brouillon.reference])
        in connecter(client, porteuse).get(cote_equipe(brouillon)).content.decode()
    )


def test_la_liste_de_l_agent_compte_les_brouillons_ouverts(client, acteurs, brouillon, porteuse, cout):
    liste = reverse("instruction:liste")
    connecter(client, acteurs["referente"])
    assert client.get(liste).context["brouillons"] == 0
    sans = cout(liste)
    brouillons.ouvrir(brouillon, acteur=porteuse)
    page = client.get(liste)
    assert page.context["brouillons"] == 1
    assert reverse("instruction:brouillons") in page.content.decode()
    assert cout(liste) == sans, "compté avec les autres corbeilles"
    assert connecter(client, acteurs["referent_ailleurs"]).get(liste).context["brouillons"] == 0
