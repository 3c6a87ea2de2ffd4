"""Demander une rencontre, de la première page au compte rendu ; chacun ne voit que ce qui le regarde."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, Refus
from esperluette.interlocuteurs import cycle, jetons
from esperluette.interlocuteurs.actions import rencontres
from esperluette.interlocuteurs.destinataires import adresses_des
from esperluette.interlocuteurs.enums import EtatDeDemande
from esperluette.interlocuteurs.models import Contact, DemandeDeRencontre, StructureAppui
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique
from tests.fabriques.interlocuteurs import ContactFabrique, DemandeFabrique

pytestmark = pytest.mark.django_db

URL = "/rencontre/"
ENVOI = {
    "commune_code": "35115",
    "sorte": "rencontre",
    "qualite": "elu",
    "nom": "Ange Le Bihan",
    "courriel": "ange@mairie.example",
    "message": "La commune peut prêter une salle.",
}


def destinataires() -> set[str]:
    return set(Courriel.objects.values_list("destinataire", flat=True))


def lien_recu(adresse: str, gabarit: str) -> str:
    courriel = Courriel.objects.filter(destinataire=adresse, gabarit=f"interlocuteurs/{gabarit}").latest("pk")
    return re.search(r"https?://[^/\s]+(/rencontre/\S+)", courriel.texte)[1]


@pytest.fixture
def referente(charges):
    return FonctionFabrique(
        referent=True, region=charges.region, departement=charges.fougeres.departement, compte__nom="Référente"
    ).compte


# --- Demander ------------------------------------------------------------------------------------


def test_la_commune_d_abord_puis_l_interlocuteur_qui_repondra(client, charges):
    assert "Trouver mon interlocuteur" in client.get(URL).content.decode()
    page = client.get(URL, {"commune": "Fougères"}).content.decode()
    assert "Jean-Paul LEROUX" in page
    assert "Envoyer ma demande" in page
    ambigue = client.get(URL, {"commune": "Saint"}).content.decode()
    assert "Trouver mon interlocuteur" in ambigue
    assert "choisissez la bonne" in ambigue


def test_sans_compte_rien_ne_part_avant_la_confirmation(client, charges, referente):
    assert client.post(URL, ENVOI)["Location"] == "/rencontre/envoyee/"
    demande = DemandeDeRencontre.objects.get()
    assert demande.etat == EtatDeDemande.A_CONFIRMER
    assert destinataires() == {"ange@mairie.example"}
    page = client.get(lien_recu("ange@mairie.example", "a_confirmer"))
    assert "Confirmer et envoyer ma demande" in page.content.decode()
    demande.refresh_from_db()
    assert demande.etat == EtatDeDemande.A_CONFIRMER  # suivre le lien ne suffit pas
    reponse = client.post(lien_recu("ange@mairie.example", "a_confirmer"), follow=True)
    assert "Votre demande est partie" in reponse.content.decode()
    demande.refresh_from_db()
    assert demande.etat == EtatDeDemande.DEMANDEE
    assert demande.destinataire.startswith("Jean-Paul LEROUX")
    assert referente.courriel in destinataires()
    assert [e.sorte for e in evenements_de(demande)][::-1] == ["demande_creee", "demande_confirmee"]


def test_confirmer_deux_fois_n_envoie_qu_une_fois(client, charges, referente):
    client.post(URL, ENVOI)
    lien = lien_recu("ange@mairie.example", "a_confirmer")
    for _ in range(2):
        client.post(lien)
    assert Courriel.objects.filter(gabarit="interlocuteurs/recue", destinataire=referente.courriel).count() == 1


def test_avec_un_compte_la_demande_part_aussitot_a_son_adresse(client, charges, referente):
    compte = CompteFabrique(prenom="Anne", nom="Médecin")
    connecter(client, compte)
    reponse = client.post(URL, {**ENVOI, "courriel": "quelqu.un.d.autre@essais.example"})
    demande = DemandeDeRencontre.objects.get()
    assert reponse["Location"] == f"/rencontre/{demande.pk}/"
    assert (demande.etat, demande.courriel, demande.demandeur) == (EtatDeDemande.DEMANDEE, compte.courriel, compte)
    assert {compte.courriel, referente.courriel} <= destinataires()


def test_en_demonstration_aucun_courriel_ne_vise_une_adresse_reelle(client, charges, referente):
    assert charges.fougeres  # son interlocuteur publie une adresse réelle
    connecter(client, CompteFabrique())
    client.post(URL, {**ENVOI, "copies": [StructureAppui.objects.first().pk]})
    assert destinataires()
    assert all(adresse.endswith(".example") for adresse in destinataires())
    assert mail.outbox == []


def test_hors_demonstration_l_interlocuteur_publie_est_prevenu(client, charges, settings):
    settings.DEMONSTRATION = False
    connecter(client, CompteFabrique())
    client.post(URL, ENVOI)
    assert "jean-paul.leroux@ars.sante.fr" in destinataires()


def test_les_structures_cochees_recoivent_le_nom_jamais_le_message(client, charges):
    structure = StructureAppui.objects.create(
        region=charges.region,
        nom="Appui",
        courriel="appui@appui.example",
        source_document="x",
        source_date="2026-01-01",
    )
    connecter(client, CompteFabrique())
    client.post(URL, {**ENVOI, "copies": [structure.pk]})
    copie = Courriel.objects.get(gabarit="interlocuteurs/copie")
    assert copie.destinataire == "appui@appui.example"
    assert "Ange Le Bihan" in copie.texte
    for courriel in Courriel.objects.all():
        assert "prêter une salle" not in courriel.texte


def test_une_structure_d_une_autre_region_ne_se_coche_pas(client, charges):
    ailleurs = StructureAppui.objects.create(
        region=charges.communes["13055"].region, nom="Ailleurs", source_document="x", source_date="2026-01-01"
    )
    reponse = client.post(URL, {**ENVOI, "copies": [ailleurs.pk]})
    assert reponse.status_code == 422
    assert not DemandeDeRencontre.objects.exists()


@pytest.mark.parametrize(
    ("faute", "champ", "phrase"),
    [
        ({"message": ""}, "message", "obligatoire"),
        ({"courriel": "pas une adresse"}, "courriel", "adresse"),
        ({"nom": ""}, "nom", "obligatoire"),
        ({"qualite": "roi"}, "qualite", "choix"),
        ({"site_web": "http://spam.example"}, "site_web", "automatiques"),
    ],
)
def test_une_faute_se_dit_a_cote_du_champ_et_rien_ne_se_perd(client, charges, faute, champ, phrase):
    reponse = client.post(URL, ENVOI | faute)
    assert reponse.status_code == 422
    assert phrase in str(reponse.context["form"].errors[champ])
    assert champ == "nom" or "Ange Le Bihan" in reponse.content.decode()
    assert not DemandeDeRencontre.objects.exists()


def test_un_double_clic_ne_fait_qu_une_demande(client, charges):
    for _ in range(2):
        client.post(URL, ENVOI)
    assert DemandeDeRencontre.objects.count() == 1


def test_trop_de_demandes_sont_refusees_avec_la_raison(client, charges):
    for rang in range(5):
        assert client.post(URL, ENVOI | {"message": f"Demande {rang}"}).status_code == 302
    reponse = client.post(URL, ENVOI | {"message": "Une de trop"})
    assert reponse.status_code == 422
    assert "Trop de demandes" in reponse.content.decode()
    assert DemandeDeRencontre.objects.count() == 5


def test_au_nom_de_son_equipe_et_d_aucune_autre(client, charges):
    equipe = EquipeFabrique(nom="Équipe du Lié", implantation=charges.loudeac)
    membre = MembreFabrique(equipe=equipe, confirme=True).compte
    connecter(client, membre)
    page = client.get(URL, {"equipe": equipe.pk, "sorte": "message"}).content.decode()
    assert "Loudéac" in page
    client.post(URL, ENVOI | {"commune_code": "22136", "equipe": equipe.pk})
    demande = DemandeDeRencontre.objects.get()
    assert (demande.lie, demande.equipe_nom) == (equipe, "Équipe du Lié")
    # Toute l'équipe suit la demande.
    assert list(DemandeDeRencontre.objects.visibles_par(equipe.porteur.compte)) == [demande]
    connecter(client, CompteFabrique())
    assert client.post(URL, ENVOI | {"equipe": equipe.pk}).status_code in {302, 422}
    assert DemandeDeRencontre.objects.filter(equipe_nom="Équipe du Lié").count() == 1
    with pytest.raises(Refus):
        rencontres.demander(
            rencontres.Demandeur("X", "elu", "x@essais.example"),
            acteur=CompteFabrique(),
            commune=charges.loudeac,
            message="Au nom d'une autre",
            equipe=equipe,
        )


def test_sans_adresse_connue_la_page_le_dit_et_la_demande_attend(client, charges):
    page = client.get(URL, {"commune_code": "22136"}).content.decode()
    assert "Aucune adresse n’est publiée" in page


# --- Suivre --------------------------------------------------------------------------------------


def test_le_lien_recu_suffit_pour_suivre_et_renoncer(client, charges, referente):
    demande = DemandeFabrique(commune=charges.fougeres)
    lien = jetons.lien("suivi", demande.pk)
    chemin = "/" + lien.split("/", 3)[3]
    assert "Renoncer à cette demande" in client.get(chemin).content.decode()
    assert client.post(chemin, {"geste": "annuler", "motif": ""}).status_code == 422
    assert client.post(chemin, {"geste": "annuler", "motif": "Projet reporté"}).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, demande.motif) == (EtatDeDemande.ANNULEE, "Projet reporté")
    assert destinataires() == {referente.courriel, "jean-paul-leroux@demonstration.example"}


@pytest.mark.parametrize("jeton", ["n-importe-quoi", "1:abc:def"])
def test_un_lien_faux_ou_d_un_autre_usage_ne_mene_nulle_part(client, charges, jeton):
    demande = DemandeFabrique()
    assert client.get(f"/rencontre/suivi/{jeton}/").status_code == 404
    suivi = jetons.lien("suivi", demande.pk).rsplit("/", 2)[1]
    confirmation = jetons.lien("confirmer", demande.pk).rsplit("/", 2)[1]
    assert client.get(f"/rencontre/confirmer/{suivi}/").status_code == 404
    assert client.get(f"/rencontre/suivi/{confirmation}/").status_code == 404


def test_par_le_lien_on_ne_fait_que_renoncer_ou_relancer(client, charges):
    demande = DemandeFabrique()
    chemin = "/" + jetons.lien("suivi", demande.pk).split("/", 3)[3]
    for geste in ("fixer", "repondre", "rendre-compte", ""):
        assert client.post(chemin, {"geste": geste}).status_code == 404


def test_on_relance_une_fois_par_semaine(client, charges, referente):
    recente, ancienne = (
        DemandeFabrique(commune=charges.fougeres),
        DemandeFabrique(commune=charges.fougeres, ancienne=True),
    )
    assert "Relancer" not in client.get("/" + jetons.lien("suivi", recente.pk).split("/", 3)[3]).content.decode()
    chemin = "/" + jetons.lien("suivi", ancienne.pk).split("/", 3)[3]
    assert "Relancer ma demande" in client.get(chemin).content.decode()
    assert client.post(chemin, {"geste": "relancer"}).status_code == 302
    assert client.post(chemin, {"geste": "relancer"}).status_code == 403
    assert Courriel.objects.filter(gabarit="interlocuteurs/relance", destinataire=referente.courriel).count() == 1


def test_mes_demandes_et_celles_des_autres(client, charges):
    compte = CompteFabrique()
    mienne, autre = DemandeFabrique(demandeur=compte), DemandeFabrique()
    connecter(client, compte)
    page = client.get("/rencontre/mes-demandes/").content.decode()
    assert f"/rencontre/{mienne.pk}/" in page
    assert f"/rencontre/{autre.pk}/" not in page
    assert client.get(f"/rencontre/{autre.pk}/").status_code == 404


# --- L'agent ------------------------------------------------------------------------------------


def test_de_la_demande_au_compte_rendu(client, charges, referente):
    demande = DemandeFabrique(commune=charges.fougeres)
    connecter(client, referente)
    assert demande.nom in client.get("/rencontre/recues/").content.decode()
    base = f"/rencontre/{demande.pk}/"
    envoi = {"jour": "2999-01-12", "heure": "14:30", "lieu": "Mairie", "participants": "Ange Le Bihan, maire"}
    assert client.post(f"{base}fixer/", envoi | {"jour": "2020-01-01"}).status_code == 422
    assert client.post(f"{base}fixer/", envoi).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, demande.traitee_par) == (EtatDeDemande.FIXEE, referente)
    assert timezone.localtime(demande.rendez_vous).hour == 14
    assert lien_recu(demande.courriel, "fixee")
    compte_rendu = {"implication": "Trois médecins.", "coherence": "Bonne.", "finalites": "Diabète."}
    page = client.post(f"{base}rendre-compte/", compte_rendu, follow=True).content.decode()
    assert "n’a pas encore eu lieu" in page
    DemandeDeRencontre.objects.update(rendez_vous=timezone.now() - timedelta(days=1))
    assert client.post(f"{base}rendre-compte/", compte_rendu | {"finalites": ""}).status_code == 422
    assert client.post(f"{base}rendre-compte/", compte_rendu).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, demande.participants) == (EtatDeDemande.TENUE, "Ange Le Bihan, maire")
    lu = client.get("/" + jetons.lien("suivi", demande.pk).split("/", 3)[3]).content.decode()
    assert "Trois médecins." in lu
    journal = " ".join(str(e.donnees) for e in evenements_de(demande))
    assert "Trois médecins" not in journal


def test_repondre_a_un_message(client, charges, referente):
    demande = DemandeFabrique(commune=charges.fougeres, ecrite=True)
    connecter(client, referente)
    assert client.post(f"/rencontre/{demande.pk}/fixer/", {}).status_code == 403
    assert client.post(f"/rencontre/{demande.pk}/repondre/", {"reponse": "Appelez-moi."}).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, demande.reponse) == (EtatDeDemande.REPONDUE, "Appelez-moi.")


def test_un_agent_d_ailleurs_ne_voit_rien(client, charges):
    demande = DemandeFabrique(commune=charges.fougeres)
    ailleurs = FonctionFabrique(referent=True, region=charges.region, departement=charges.brest.departement).compte
    connecter(client, ailleurs)
    assert demande.nom not in client.get("/rencontre/recues/").content.decode()
    assert client.get(f"/rencontre/{demande.pk}/").status_code == 404
    assert client.post(f"/rencontre/{demande.pk}/annuler/", {"motif": "x"}).status_code == 404


def test_une_demande_non_confirmee_ne_se_montre_a_aucun_agent(client, charges, referente):
    demande = DemandeFabrique(commune=charges.fougeres, a_confirmer=True)
    connecter(client, referente)
    assert client.get(f"/rencontre/{demande.pk}/").status_code == 404
    assert demande.nom not in client.get("/rencontre/recues/").content.decode()


def test_l_administrateur_lit_sans_repondre(client, charges):
    demande = DemandeFabrique()
    connecter(client, FonctionFabrique(admin=True).compte)
    assert client.get(f"/rencontre/{demande.pk}/").status_code == 200
    assert client.post(f"/rencontre/{demande.pk}/annuler/", {"motif": "x"}).status_code == 403


def test_la_corbeille_est_celle_des_agents(client, charges):
    connecter(client, CompteFabrique())
    reponse = client.get("/rencontre/recues/")
    assert reponse.status_code == 403
    assert "celle des agents" in reponse.content.decode()


@pytest.mark.parametrize("page", ["recues", "mes-demandes"])
@pytest.mark.parametrize("nombre", [1, 3])
def test_une_liste_coute_autant_a_une_et_a_trois(client, charges, referente, django_assert_num_queries, page, nombre):
    for _ in range(nombre):
        DemandeFabrique(commune=charges.fougeres, demandeur=referente, traitee_par=referente)
    connecter(client, referente).get(f"/rencontre/{page}/")
    with django_assert_num_queries(7):
        texte = client.get(f"/rencontre/{page}/").content.decode()
    assert texte.count("<tr>") == nombre + 1


@pytest.mark.parametrize("copies", [1, 3])
def test_une_demande_coute_autant_avec_une_ou_trois_copies(
    client, charges, referente, django_assert_num_queries, copies
):
    demande = DemandeFabrique(commune=charges.fougeres)
    for rang in range(copies):
        demande.copies.add(
            StructureAppui.objects.create(
                region=charges.region, nom=f"Appui {rang}", source_document="x", source_date="2026-01-01"
            )
        )
    connecter(client, referente).get(f"/rencontre/{demande.pk}/")
    with django_assert_num_queries(8):
        client.get(f"/rencontre/{demande.pk}/")


# --- La table, l'entretien -------------------------------------------------------------------------


@pytest.mark.parametrize("nom", cycle.TRANSITIONS)
@pytest.mark.parametrize("etat", EtatDeDemande)
def test_une_transition_ne_part_que_de_ses_etats(charges, referente, nom, etat):
    demande = DemandeFabrique(
        commune=charges.fougeres,
        ecrite=nom == "repondre",
        etat=etat,
        rendez_vous=timezone.now() if etat in ("fixee", "tenue") else None,
    )
    transition = cycle.TRANSITIONS[nom]
    contexte = {"par_lien": True} if nom in {"confirmer", "annuler"} else {}
    champs = {"rendez_vous": timezone.now()} if nom == "fixer" else {}
    if etat in transition.depuis:
        assert cycle.franchir(demande, nom, acteur=referente, contexte=contexte, **champs).etat == transition.vers
    else:
        with pytest.raises(Conflit):
            cycle.franchir(demande, nom, acteur=referente, contexte=contexte, **champs)


def test_l_entretien_relance_trois_fois_puis_se_tait_et_efface_l_inconfirme(charges, referente):
    ancienne = DemandeFabrique(commune=charges.fougeres, ancienne=True)
    DemandeFabrique(commune=charges.fougeres)
    DemandeFabrique(a_confirmer=True, creee_le=timezone.now() - timedelta(days=7))
    gardee = DemandeFabrique(a_confirmer=True)
    for relances in (1, 2, 3, 3):
        for _ in range(2):  # la seconde fois, la semaine n'est pas passée
            rencontres.entretenir()
        ancienne.refresh_from_db()
        assert ancienne.relances == relances
        DemandeDeRencontre.objects.filter(pk=ancienne.pk).update(relancee_le=timezone.now() - timedelta(days=8))
    assert list(DemandeDeRencontre.objects.filter(etat=EtatDeDemande.A_CONFIRMER)) == [gardee]
    assert Courriel.objects.filter(gabarit="interlocuteurs/relance", destinataire=referente.courriel).count() == 3


def test_un_contact_sans_courriel_laisse_la_demande_a_la_corbeille(charges):
    contact = ContactFabrique(muet=True, region=charges.communes["13055"].region)
    demande = rencontres.demander(
        rencontres.Demandeur("X", "elu", "x@essais.example"),
        acteur=CompteFabrique(),
        commune=charges.communes["13055"],
        message="Bonjour",
    )
    assert demande.destinataire.startswith(contact.nom)
    assert not Courriel.objects.filter(gabarit="interlocuteurs/recue").exists()


def test_les_adresses_des_gestes_existent():
    assert reverse("interlocuteurs:geste", args=[1, "rendre-compte"]) == "/rencontre/1/rendre-compte/"


# --- Mauvaises entrées ---------------------------------------------------------------------------


@pytest.mark.parametrize("cle", ["9" * 30, "9" * 5000, "-1", "abc", "\x00"])
def test_un_numero_de_structure_impossible_se_refuse_a_cote_du_champ(client, charges, cle):
    reponse = client.post(URL, {**ENVOI, "copies": cle})
    assert reponse.status_code == 422
    assert "copies" in reponse.context["form"].errors
    assert not DemandeDeRencontre.objects.exists()


@pytest.mark.parametrize("champ", ["commune", "commune_code"])
@pytest.mark.parametrize("valeur", ["\x00", "35115\x00", "9" * 5000, "٣٥١١٥"])
def test_une_commune_impossible_ne_casse_pas_la_page(client, charges, champ, valeur):
    assert client.get(URL, {champ: valeur}).status_code == 200
    assert client.post(URL, {champ: valeur}).status_code == 422


def test_ecrire_sans_compte_puis_connecte_envoie_bien_la_seconde_demande(client, charges):
    """La première attend toujours d'être confirmée : la rendre à qui vient de se connecter n'enverrait rien."""
    compte = CompteFabrique(courriel=ENVOI["courriel"])
    client.post(URL, ENVOI)
    reponse = connecter(client, compte).post(URL, ENVOI, follow=True)
    assert reponse.status_code == 200
    envoyee = DemandeDeRencontre.objects.get(demandeur=compte)
    assert envoyee.etat == EtatDeDemande.DEMANDEE
    assert reponse.context["demande"] == envoyee


@pytest.mark.parametrize("fausse", ["voir le site", "nom@", "a@b@c.example"])
def test_une_adresse_publiee_mal_recopiee_n_empeche_pas_d_ecrire(client, charges, referente, settings, fausse):
    """Une édition recopie un document : son adresse peut être fausse, la demande part quand même aux autres."""
    settings.DEMONSTRATION = False
    Contact.objects.update(courriel=fausse)
    reponse = connecter(client, CompteFabrique()).post(URL, ENVOI)
    assert reponse.status_code == 302
    assert fausse not in destinataires()
    assert referente.courriel in destinataires()
    structures = [StructureAppui(courriel=fausse), StructureAppui(courriel="oui@urps.example")]
    assert adresses_des(structures) == ["oui@urps.example"]
