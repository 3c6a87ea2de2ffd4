"""Les écrans : qui les voit, ce qu'on y lit, ce qu'ils enregistrent, et ce qu'ils répondent aux entrées fausses."""

import re

import pytest
from django.urls import reverse

from esperluette.equipes import actions
from esperluette.equipes.models import Equipe, Membre
from esperluette.journal.lectures import evenements_de
from tests.equipes.pages import HOSTILE, adresse, messages, texte
from tests.fabriques.comptes import CompteFabrique, connecter
from tests.fabriques.equipes import (
    AccesFabrique,
    EquipeFabrique,
    InvitationFabrique,
    MembreFabrique,
    SiteFabrique,
    commune,
)

pytestmark = pytest.mark.django_db

# --- Qui voit quoi ---------------------------------------------------------------------------

ECRANS = {
    "fiche": {"porteur", "membre", "lecteur"},
    "membres": {"porteur", "membre", "lecteur"},
    "informations": {"porteur", "membre", "lecteur"},
    "accompagnateurs": {"porteur", "membre", "lecteur"},
    "modifier": {"porteur"},
    "territoire": {"porteur", "membre", "lecteur"},
    "site_ajouter": {"porteur"},
    "membre_ajouter": {"porteur"},
    "accompagnateur_inviter": {"porteur"},
    "quitter": {"porteur", "membre"},
}
QUI = ("porteur", "membre", "lecteur", "autre", "parti", "anonyme")


def compte_de(qui, equipe):
    return {
        "porteur": lambda: equipe.porteur.compte,
        "membre": lambda: MembreFabrique(equipe=equipe, confirme=True).compte,
        "lecteur": lambda: AccesFabrique(equipe=equipe, rattache=True).compte,
        "autre": lambda: EquipeFabrique().porteur.compte,
        "parti": lambda: MembreFabrique(equipe=equipe, confirme=True, parti=True).compte,
    }[qui]()


@pytest.mark.parametrize("qui", QUI)
@pytest.mark.parametrize("ecran", ECRANS)
def test_matrice_des_ecrans(client, equipe, ecran, qui):
    if qui != "anonyme":
        connecter(client, compte_de(qui, equipe))
    reponse = client.get(adresse(ecran, equipe.pk))
    if qui == "anonyme":
        assert reponse.status_code == 302
        assert reponse["Location"].startswith(reverse("account_login"))
    elif qui == "parti" and ecran == "quitter":
        assert reponse["Location"] == adresse("liste")
    elif qui in ECRANS[ecran]:
        assert reponse.status_code == 200
    elif qui in ("autre", "parti") or ecran == "quitter":
        assert reponse.status_code == 404
    else:
        assert reponse.status_code == 403
        motif = "Vous ne faites pas partie de cette équipe." if qui == "lecteur" else "Seul le porteur"
        assert motif in texte(reponse)


GESTES = ("membre_modifier", "membre_inviter", "membre_transmettre", "membre_retirer", "invitation_renvoyer")
GESTES += ("invitation_revoquer", "site_retirer", "accompagnateur_revoquer")


@pytest.mark.parametrize(("qui", "statut"), [("membre", 403), ("lecteur", 403), ("autre", 404), ("parti", 404)])
@pytest.mark.parametrize("geste", GESTES)
def test_matrice_des_gestes(client, equipe, geste, qui, statut):
    cible = MembreFabrique(equipe=equipe, confirme=geste == "membre_transmettre")
    objet = {
        "invitation_renvoyer": lambda: InvitationFabrique(membre=cible),
        "invitation_revoquer": lambda: InvitationFabrique(membre=cible),
        "site_retirer": lambda: SiteFabrique(equipe=equipe),
        "accompagnateur_revoquer": lambda: AccesFabrique(equipe=equipe),
    }.get(geste, lambda: cible)()
    connecter(client, compte_de(qui, equipe))
    assert client.post(adresse(geste, equipe.pk, objet.pk)).status_code == statut
    assert not evenements_de(equipe).exists()


@pytest.mark.parametrize("geste", GESTES)
def test_les_objets_d_une_autre_equipe_sont_introuvables(client_porteur, equipe, geste):
    autre = MembreFabrique()
    objet = {
        "invitation_renvoyer": lambda: InvitationFabrique(membre=autre),
        "invitation_revoquer": lambda: InvitationFabrique(membre=autre),
        "site_retirer": lambda: SiteFabrique(),
        "accompagnateur_revoquer": lambda: AccesFabrique(),
    }.get(geste, lambda: autre)()
    assert client_porteur.get(adresse(geste, equipe.pk, objet.pk)).status_code in (404, 405)
    if geste != "site_retirer":  # déjà retiré : un double envoi revient à la page sans rien dire
        assert client_porteur.post(adresse(geste, equipe.pk, objet.pk)).status_code == 404
    assert not evenements_de(autre.equipe).exists()


# --- Mes équipes -----------------------------------------------------------------------------


def test_sans_equipe_la_page_propose_le_premier_geste_et_dit_ou_arrivent_les_invitations(client):
    compte = CompteFabrique(courriel="claire@cabinet.example")
    reponse = connecter(client, compte).get(adresse("liste"))
    assert "Vous ne faites partie d’aucune équipe" in texte(reponse)
    assert adresse("creer") in reponse.content.decode()
    assert "claire@cabinet.example" in texte(reponse)


def test_mes_equipes_montre_les_miennes_celles_que_j_accompagne_et_mes_invitations(client, equipe):
    compte = equipe.porteur.compte
    AccesFabrique(equipe__nom="Équipe accompagnée", rattache=True, compte=compte)
    InvitationFabrique(courriel=compte.courriel, membre__equipe__nom="Équipe qui invite")
    EquipeFabrique(nom="Équipe inconnue")
    lu = texte(connecter(client, compte).get(adresse("liste")))
    for nom in ("Équipe du Lié", "Équipe accompagnée", "Équipe qui invite"):
        assert nom in lu
    assert "Équipe inconnue" not in lu


def test_la_liste_ne_depend_pas_du_nombre(client, django_assert_max_num_queries):
    couts = []
    for nombre in (1, 3):
        compte = CompteFabrique()
        for _ in range(nombre):
            MembreFabrique.create_batch(nombre, equipe=EquipeFabrique(porteur=compte))
            AccesFabrique(rattache=True, compte=compte)
            InvitationFabrique(courriel=compte.courriel)
        connecter(client, compte)
        # Session, compte, équipes, membres, accès, invitations ; et pour le menu, fonctions et sièges du compte.
        with django_assert_max_num_queries(8) as requetes:
            assert client.get(adresse("liste")).status_code == 200
        couts.append(len(requetes))
    assert couts[0] == couts[1]


@pytest.mark.parametrize("ecran", ["fiche", "membres", "informations", "accompagnateurs"])
def test_le_cout_d_une_page_ne_depend_pas_de_la_taille_de_l_equipe(client, ecran, django_assert_max_num_queries):
    couts = []
    for nombre in (1, 3):
        equipe = EquipeFabrique(territoire=[commune(), commune("22219"), commune("22266")][:nombre])
        for _ in range(nombre):
            actions.inviter(MembreFabrique(equipe=equipe), acteur=equipe.porteur.compte)
            MembreFabrique(equipe=equipe, confirme=True, parti=True)
            SiteFabrique(equipe=equipe)
            AccesFabrique(equipe=equipe)
        connecter(client, equipe.porteur.compte)
        client.get(adresse(ecran, equipe.pk))
        with django_assert_max_num_queries(25) as requetes:
            assert client.get(adresse(ecran, equipe.pk)).status_code == 200
        couts.append(len(requetes))
    assert couts[0] == couts[1]


# --- Créer -----------------------------------------------------------------------------------

NOUVELLE = {
    "nom": "Équipe du Blavet",
    "forme_visee": "esp",
    "implantation": "Loudéac",
    "communes_ajout": "Plouguenast-Langast",
    "statut_juridique": "association",
    "statut_avancement": "cree",
    "moi-prenom": "Claire",
    "moi-nom": "Le Goff",
    "moi-telephone": "02 96 00 00 00",
    "moi-profession": "10",
    "moi-savoir_faire": "SM54",
    "moi-rpps": "9970 0218 896",
    "moi-commune": "22600",
    "moi-exercice": "liberal",
}


@pytest.fixture
def communes():
    return [commune("22136"), commune("22219")]


def test_creer_une_equipe_sans_javascript(client, communes):
    compte = CompteFabrique()
    reponse = connecter(client, compte).post(adresse("creer"), NOUVELLE, follow=True)
    equipe = Equipe.objects.get()
    assert reponse.redirect_chain == [(adresse("fiche", equipe.pk), 302)]
    assert messages(reponse) == ["L’équipe « Équipe du Blavet » est créée. Vous en êtes le porteur."]
    assert equipe.implantation.code == "22136"
    assert {c.code for c in equipe.communes.all()} == {"22136", "22219"}
    assert (equipe.porteur.compte, equipe.porteur.rpps, equipe.porteur.telephone) == (
        compte,
        "99700218896",
        "02 96 00 00 00",
    )


def test_envoyer_deux_fois_le_formulaire_ne_fait_qu_une_equipe(client, communes):
    connecter(client, CompteFabrique())
    adresses = {client.post(adresse("creer"), NOUVELLE)["Location"] for _ in range(2)}
    assert len(adresses) == 1
    assert Equipe.objects.count() == 1


def test_un_rpps_douteux_s_enregistre_avec_un_avertissement(client, communes):
    reponse = connecter(client, CompteFabrique()).post(
        adresse("creer"), {**NOUVELLE, "moi-rpps": "10000000000"}, follow=True
    )
    assert "La clé de contrôle de votre numéro RPPS ne tombe pas juste : vérifiez-le." in messages(reponse)
    assert Membre.objects.get().rpps == "10000000000"


@pytest.mark.parametrize(
    ("ecart", "champ", "phrase"),
    [
        ({"nom": ""}, "id_nom", "Donnez un nom à l’équipe"),
        ({"implantation": "Xyzville"}, "id_implantation", "Aucune commune ne correspond à « Xyzville »"),
        ({"implantation": ""}, "id_implantation", "Indiquez une commune."),
        ({"statut_avancement": ""}, "id_statut_avancement", "Dites où en est la structure"),
        ({"forme_visee": "cpts"}, "id_forme_visee", "Sélectionnez un choix valide"),
        ({"telephone": "demain"}, "id_telephone", "Ce numéro n’est pas reconnu"),
        ({"moi-rpps": "123"}, "id_moi-rpps", "Un numéro RPPS compte onze chiffres : vous en avez saisi 3."),
        ({"moi-profession": ""}, "id_moi-profession", "Choisissez la profession."),
        ({"moi-profession": "60"}, "id_moi-savoir_faire", "n’est pas celle de la profession choisie"),
        ({"moi-profession": "autre", "moi-metier": ""}, "id_moi-metier", "Indiquez le métier ou la fonction"),
        ({"moi-prenom": ""}, "id_moi-prenom", "Indiquez le prénom."),
    ],
)
def test_une_saisie_fausse_est_dite_a_cote_du_champ_et_rien_ne_se_perd(client, communes, ecart, champ, phrase):
    reponse = connecter(client, CompteFabrique()).post(adresse("creer"), {**NOUVELLE, **ecart})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert not Equipe.objects.exists()
    erreur = re.search(rf'id="{champ}_error">(.*?)</div>', page, re.DOTALL)
    assert erreur, "l’erreur est à côté du champ"
    assert phrase in erreur[1]
    assert f'href="#{champ}"' in page, "le résumé y mène"
    assert "Équipe du Blavet" in page or "nom" in ecart
    assert "02 96 00 00 00" in page


def test_une_commune_ambigue_propose_un_choix(client):
    commune("35288"), commune("22136")
    reponse = connecter(client, CompteFabrique()).post(adresse("creer"), {**NOUVELLE, "implantation": "Loudeak"})
    assert "Loudéac" in texte(reponse)


def test_le_simulateur_preremplit_la_creation_et_les_membres_a_nommer(client, communes):
    compte = CompteFabrique(prenom="Claire", nom="Le Goff")
    connecter(client, compte)
    url = adresse("creer") + "?commune=22136&profession1=10&qualification1=SM54&profession2=60&exercice2=liberal"
    page = client.get(url).content.decode()
    assert 'value="Loudéac (22)"' in page
    assert '<option value="10" selected>Médecin</option>' in page
    assert "Vos réponses au simulateur sont reprises" in page
    equipe = Equipe.objects.get(pk=client.post(url, NOUVELLE)["Location"].rstrip("/").rsplit("/", 1)[1])
    membres = client.get(adresse("membres", equipe.pk))
    assert "Votre simulation prévoyait aussi" in texte(membres)
    lien = f"{adresse('membre_ajouter', equipe.pk)}?profession=60&amp;savoir_faire=&amp;exercice=liberal"
    assert lien in membres.content.decode()
    ajout = client.get(lien.replace("&amp;", "&")).content.decode()
    assert '<option value="60" selected>Infirmier</option>' in ajout
    MembreFabrique(equipe=equipe, profession="60")
    assert "Votre simulation prévoyait aussi" not in texte(client.get(adresse("membres", equipe.pk)))


def test_les_zonages_declares_au_simulateur_suivent_l_equipe(client):
    commune("05061")
    connecter(client, CompteFabrique())
    url = adresse("creer") + "?commune=05061&profession1=10&zone-zip=oui&zone-zac=non&zone-qpv=&zone-inventee=oui"
    reponse = client.post(url, {**NOUVELLE, "implantation": "05061", "communes_ajout": "", "moi-commune": "05061"})
    equipe = Equipe.objects.get(pk=reponse["Location"].rstrip("/").rsplit("/", 1)[1])
    dites = {(d.sorte, d.cle): d.reponse for d in equipe.declarations.all()}
    assert dites == {("zonage", "zip"): True, ("zonage", "zac"): False}


def test_la_simulation_gardee_en_session_sert_une_fois(client, communes):
    connecter(client, CompteFabrique())
    session = client.session
    session["simulation"] = {"implantation": "22136", "forme": "msp"}
    session.save()
    assert 'value="msp" checked' in client.get(adresse("creer")).content.decode()
    client.post(adresse("creer"), NOUVELLE)
    assert "simulation" not in client.session


# --- Le tableau de bord ----------------------------------------------------------------------


def test_le_tableau_de_bord_dit_ou_l_on_en_est(client_porteur, equipe):
    MembreFabrique(equipe=equipe, prenom="Yann", nom="Kerbrat")
    reponse = client_porteur.get(adresse("fiche", equipe.pk))
    lu = texte(reponse)
    assert "À vous : 1 personne à inviter : Yann Kerbrat." in lu
    assert "Oui, vous pouvez former une équipe de soins primaires (ESP) en Bretagne." in lu
    assert "Source" in lu
    for titre in ("Votre chemin", "La composition", "Membres", "Territoire", "Votre interlocuteur", "Derniers"):
        assert titre in lu


def test_une_region_sans_regles_a_quand_meme_un_tableau_de_bord(client):
    equipe = EquipeFabrique(implantation=commune("76540"))
    lu = texte(connecter(client, equipe.porteur.compte).get(adresse("fiche", equipe.pk)))
    assert "Les règles de la région Normandie ne sont pas encore dans Esperluette" in lu


def test_un_accompagnateur_lit_sans_agir_ni_voir_les_coordonnees_et_sa_visite_se_note(client, equipe):
    MembreFabrique(equipe=equipe, courriel="yann@cabinet.example", rpps="99700218896", telephone="0600000000")
    acces = AccesFabrique(equipe=equipe, rattache=True)
    connecter(client, acces.compte)
    fiche, membres = client.get(adresse("fiche", equipe.pk)), client.get(adresse("membres", equipe.pk))
    assert "vous ouvre cet espace jusqu’au" in texte(fiche)
    for lu in (texte(fiche), texte(membres)):
        assert "Ajouter un membre" not in lu
        assert "À vous" not in lu
        for secret in ("yann@cabinet.example", "99700218896", "0600000000"):
            assert secret not in lu
    assert [e.donnees["page"] for e in evenements_de(acces)] == ["membres", "tableau de bord"]
    porteur = connecter(client, equipe.porteur.compte)
    assert "2 pages consultées" in texte(porteur.get(adresse("accompagnateurs", equipe.pk)))


@pytest.mark.parametrize("ecran", ["fiche", "membres", "informations", "accompagnateurs", "modifier", "liste"])
def test_un_texte_hostile_est_echappe_partout(client, ecran):
    equipe = EquipeFabrique(
        nom=HOSTILE, adresse=HOSTILE, nom_juridique=HOSTILE, association=True, porteur__prenom=HOSTILE
    )
    MembreFabrique(equipe=equipe, nom=HOSTILE, prenom='"><img src=x>', non_professionnel=True, metier=HOSTILE)
    SiteFabrique(equipe=equipe, nom=HOSTILE, adresse=HOSTILE)
    AccesFabrique(equipe=equipe, nom=HOSTILE, organisme=HOSTILE)
    connecter(client, equipe.porteur.compte)
    page = client.get(adresse(ecran, *([equipe.pk] if ecran != "liste" else []))).content.decode()
    assert HOSTILE not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;" in page


# --- Les informations ------------------------------------------------------------------------


def test_modifier_les_informations(client_porteur, equipe):
    url = adresse("modifier", equipe.pk)
    assert 'value="Équipe du Lié"' in client_porteur.get(url).content.decode()
    donnees = {"nom": "Équipe du Blavet", "forme_visee": "msp", "implantation": "Loudéac", "statut_juridique": "aucun"}
    reponse = client_porteur.post(url, donnees, follow=True)
    assert messages(reponse) == ["Les informations de l’équipe sont enregistrées."]
    equipe.refresh_from_db()
    assert (equipe.nom, equipe.forme_visee, equipe.statut_juridique) == ("Équipe du Blavet", "msp", "aucun")
    assert client_porteur.post(url, {**donnees, "nom": ""}).status_code == 422


def test_les_sites_s_ajoutent_et_se_retirent(client_porteur, equipe):
    url = adresse("site_ajouter", equipe.pk)
    donnees = {"nom": "Cabinet du centre", "commune": "Loudéac", "adresse": "3 place de l’Église"}
    for _ in range(2):
        assert client_porteur.post(url, donnees).status_code == 302
    site = equipe.sites.get()
    assert "Cabinet du centre, 3 place de l’Église, Loudéac" in texte(
        client_porteur.get(adresse("informations", equipe.pk))
    )
    retirer = adresse("site_retirer", equipe.pk, site.pk)
    assert "Retirer le site" in texte(client_porteur.get(retirer))
    for _ in range(2):
        assert client_porteur.post(retirer).status_code == 302
    assert not equipe.sites.exists()
    assert client_porteur.post(url, {"nom": "", "commune": ""}).status_code == 422


# --- Les accompagnateurs ---------------------------------------------------------------------


def test_inviter_un_accompagnateur_puis_fermer_son_acces(client_porteur, equipe):
    donnees = {
        "nom": "Anne Conseil",
        "courriel": "anne@appui.example",
        "organisme": "Structure d’appui",
        "portee": "commentaire",
        "duree": "3",
    }
    url = adresse("accompagnateur_inviter", equipe.pk)
    for _ in range(2):
        assert client_porteur.post(url, donnees).status_code == 302
    acces = equipe.acces.get()
    lu = texte(client_porteur.get(adresse("accompagnateurs", equipe.pk)))
    assert "Anne Conseil, Structure d’appui" in lu
    assert "Pas encore venu" in lu
    fermer = adresse("accompagnateur_revoquer", equipe.pk, acces.pk)
    assert "Fermer l’accès de Anne Conseil" in texte(client_porteur.get(fermer))
    for _ in range(2):
        assert client_porteur.post(fermer).status_code == 302
    assert "Accès clos (1)" in texte(client_porteur.get(adresse("accompagnateurs", equipe.pk)))


@pytest.mark.parametrize(
    ("ecart", "champ"),
    [
        ({"courriel": ""}, "id_courriel"),
        ({"nom": ""}, "id_nom"),
        ({"portee": "tout"}, "id_portee"),
        ({"duree": "999"}, "id_duree"),
        ({"duree": ""}, "id_duree"),
    ],
)
def test_un_acces_mal_rempli_est_dit_a_cote_du_champ(client_porteur, equipe, ecart, champ):
    donnees = {"nom": "Anne", "courriel": "anne@appui.example", "portee": "lecture", "duree": "3", **ecart}
    reponse = client_porteur.post(adresse("accompagnateur_inviter", equipe.pk), donnees)
    assert reponse.status_code == 422
    assert f'id="{champ}_error"' in reponse.content.decode()
    assert not equipe.acces.exists()
