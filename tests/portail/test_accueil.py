"""L'accueil : votre commune, et ce qui vous y attend."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from esperluette.interlocuteurs.models import Contact, MessageInformation
from esperluette.referentiel.lecture import edition_en_vigueur, national
from esperluette.territoires.jeux import jeux
from esperluette.territoires.models import JeuImporte, Zonage
from tests.fabriques.commissions import InstanceFabrique, MandatFabrique, SeanceFabrique
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, MembreFabrique, commune

HTMX = {"HX-Request": "true"}


def lire(client, commune, **entetes):
    return client.get(reverse("portail:accueil"), {"commune": commune}, headers=entetes)


def test_l_accueil_sans_commune_invite_a_en_dire_une(client, db):
    html = client.get(reverse("portail:accueil")).content.decode()
    assert "Soigner en équipe, sans se perdre dans le dossier." in html
    assert "Votre commune" in html
    for titre in ("Créer une équipe", "Je suis agent ou membre de commission", "Je suis élu ou partenaire"):
        assert titre in html
    assert "Prochaine commission" not in html


@pytest.mark.parametrize(
    ("code", "attendu"),
    [
        ("35115", "Jean-Paul LEROUX"),
        ("22136", "Manon MULLER"),
        ("22266", "Anne CHARLES"),
        ("35236", "Molka NOUIRA-HALEVY"),
        ("35211", "Ronan DERIEUX"),
        ("35288", "Jean-Paul LEROUX"),
        ("56001", "Molka NOUIRA-HALEVY"),
        ("35188", "Ronan DERIEUX"),
        ("35297", "Ronan DERIEUX"),
        ("22094", "Jean-Paul LEROUX"),
    ],
)
def test_chaque_commune_a_son_interlocuteur_avec_source_et_date(client, charges, code, attendu):
    html = lire(client, code).content.decode()
    assert attendu in html
    assert "2 octobre 2024" in html
    assert "vérifiez" in html


@pytest.mark.parametrize("code", ["29019", "56260", "22016"])
def test_sans_referent_publie_on_le_dit_et_on_donne_l_agence(client, charges, code):
    html = lire(client, code).content.decode()
    assert "Référent non publié" in html
    assert "ARS Bretagne" in html


@pytest.mark.parametrize("code", ["35188", "35297", "35211", "56001", "22094"])
def test_une_lecture_incertaine_est_marquee_interpretee(client, charges, code):
    assert '<span class="esp-interprete">interprété</span>' in lire(client, code).content.decode()


def test_brehat_n_a_pas_d_intercommunalite(client, charges):
    assert "Commune sans intercommunalité." in lire(client, "22016").content.decode()


@pytest.mark.parametrize(("code", "region"), [("75056", "Île-de-France")])
def test_une_region_sans_edition_recoit_une_reponse_honnete(client, charges, code, region):
    html = lire(client, code).content.decode()
    assert f"Esperluette ne connaît pas encore les règles de la région {region}." in html
    assert f"ARS {region}" in html
    assert "Aides possibles" not in html
    for nom in ("MULLER", "NOUIRA-HALEVY", "LEROUX"):
        assert nom not in html


def test_le_calendrier_passe_se_dit_au_lieu_d_annoncer_une_date(client, charges):
    html = lire(client, "22136").content.decode()
    assert "4 décembre 2025" in html
    assert "Dates à confirmer auprès de" in html.replace("&#x27;", "'")


def test_une_aide_sans_montant_publie_le_dit(client, charges):
    assert "montant non publié (3 à 7 réunions)" in lire(client, "22136").content.decode()


def test_les_zonages_non_charges_ne_sont_pas_inventes(client, charges):
    html = lire(client, "22136").content.decode()
    assert "les données ne sont pas encore chargées" in html


@pytest.mark.parametrize(("saisie", "attendu"), [("Loudéac", "Loudéac (22)"), ("35300", "Fougères (35)")])
def test_un_nom_ou_un_code_postal_suffit_sans_javascript(client, charges, saisie, attendu):
    assert f'value="{attendu}"' in lire(client, saisie).content.decode()


def test_une_saisie_ambigue_propose_un_choix_et_garde_le_texte(client, charges):
    html = lire(client, "saint").content.decode()
    assert "Plusieurs communes correspondent" in html
    assert 'type="radio"' in html
    assert 'value="saint"' in html


def test_une_commune_inconnue_est_dite_a_cote_du_champ(client, charges):
    html = lire(client, "zzzz").content.decode()
    assert 'id="id_commune_error"' in html
    assert "Aucune commune ne correspond à « zzzz »" in html


def test_htmx_ne_recoit_que_la_reponse_et_l_adresse_suit(client, charges):
    reponse = lire(client, "Loudéac", **HTMX)
    assert reponse["HX-Replace-Url"] == "/?commune=22136"
    assert "HX-Request" in reponse["Vary"]
    assert "<html" not in reponse.content.decode()
    assert "Manon MULLER" in reponse.content.decode()


def test_htmx_recoit_aussi_le_choix_quand_c_est_ambigu(client, charges):
    reponse = lire(client, "saint", **HTMX)
    assert "HX-Replace-Url" not in reponse
    assert "?commune=35288" in reponse.content.decode()


@pytest.mark.parametrize("texte", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\x00", "a" * 5000])
def test_une_saisie_hostile_s_affiche_telle_quelle(client, charges, texte):
    for entetes in ({}, HTMX):
        reponse = lire(client, texte, **entetes)
        assert reponse.status_code == 200
        assert "<script>alert" not in reponse.content.decode()
        assert "<img src=x" not in reponse.content.decode()


def test_un_contact_hostile_est_echappe(client, charges):
    Contact.objects.filter(nom__contains="MULLER").update(nom="<b>x</b>", note="<script>y</script>")
    html = lire(client, "22136").content.decode()
    assert "<b>x</b>" not in html
    assert "<script>y" not in html


def test_l_accueil_coute_autant_avec_un_ou_trois_contacts(client, charges, django_assert_num_queries):
    lire(client, "22136")
    for nombre in (1, 3):
        publies = Contact.objects.filter(nom__contains="MULLER").count()
        for rang in range(publies, nombre):
            contact = Contact.objects.get(identifiant="ars-22-muller")
            portees = list(contact.portees.all())
            contact.pk, contact.identifiant, contact.nom = None, "", f"MULLER {rang}"
            contact.save()
            for portee in portees:
                portee.pk, portee.contact = None, contact
                portee.save()
        with django_assert_num_queries(12):
            html = lire(client, "22136").content.decode()
        assert html.count("MULLER") == nombre


def test_la_tuile_creer_emporte_la_commune(client, charges):
    assert f"{reverse('equipes:creer')}?commune=22136" in lire(client, "22136").content.decode()


@pytest.mark.parametrize("page", ["accueil", "simulateur", "agents", "partenaires"])
def test_les_pages_publiques_ne_se_lisent_que_par_get(client, db, page):
    assert client.post(reverse(f"portail:{page}")).status_code == 405
    assert client.get(reverse(f"portail:{page}")).status_code == 200


def test_la_page_de_demonstration_n_existe_qu_avec_le_reglage(client, db, settings):
    settings.DEMONSTRATION = False
    assert client.get(reverse("portail:demonstration")).status_code == 404


def test_apres_la_connexion_il_faut_etre_connecte(client, db):
    reponse = client.get(reverse("portail:apres_connexion"))
    assert reponse.url.startswith(reverse("account_login"))


def test_le_secretariat_arrive_a_ses_commissions_et_un_membre_a_ses_seances(client, db):
    connecter(client, FonctionFabrique(secretariat=True, region=commune().region).compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("commissions:accueil")
    mandat = MandatFabrique()
    connecter(client, mandat.compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("deliberations:liste")
    equipe = EquipeFabrique(porteur=mandat.compte)  # qui porte une équipe vient d'abord pour elle
    assert client.get(reverse("portail:apres_connexion")).url == reverse("equipes:fiche", args=[equipe.pk])


def test_sans_equipe_ni_fonction_on_arrive_a_la_liste_de_ses_equipes(client, db):
    connecter(client, CompteFabrique())
    assert client.get(reverse("portail:apres_connexion")).url == reverse("equipes:liste")


def test_le_membre_d_une_seule_equipe_arrive_a_son_tableau_de_bord(client, bretagne):
    compte = CompteFabrique()
    equipe = EquipeFabrique(porteur=compte)
    connecter(client, compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("equipes:fiche", args=[equipe.pk])
    MembreFabrique(equipe=EquipeFabrique(), confirme=True, compte=compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("equipes:liste")


def test_le_membre_parti_n_est_plus_mene_a_cette_equipe(client, bretagne):
    compte = CompteFabrique()
    MembreFabrique(equipe=EquipeFabrique(), confirme=True, parti=True, compte=compte)
    connecter(client, compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("equipes:liste")


def test_l_agent_arrive_a_ses_dossiers_meme_s_il_est_aussi_membre(client, bretagne):
    compte = CompteFabrique()
    EquipeFabrique(porteur=compte)
    FonctionFabrique(compte=compte, region=bretagne.region)
    connecter(client, compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("instruction:liste")


def test_l_administrateur_d_une_region_arrive_sur_sa_region(client, bretagne):
    fonction = FonctionFabrique(role="admin_regional", region=bretagne.region)
    client.force_login(fonction.compte)
    assert client.get(reverse("portail:apres_connexion")).url == reverse("administration:accueil")


# --- Les zonages, la date limite, ce qui vaut partout ---------------------------------------------


def classer(code, classe, jeu="zonage-medecins"):
    """Un jeu chargé, qui classe cette commune."""
    importation, _ = JeuImporte.objects.get_or_create(
        jeu=jeu, defaults={"millesime": "2024", "producteur": "l’essai", "licence": "LO", "fichier": "essai.csv"}
    )
    Zonage.objects.create(importation=importation, commune_id=code, classe=classe)


def test_un_zonage_charge_se_montre_avec_sa_definition_et_sa_source(client, charges):
    jeu = next(j for j in jeux().values() if "zip" in j.zones)
    classe = next(cle for cle, dite in jeu.classes.items() if "zip" in dite.oui)
    classer("22136", classe, jeu.id)
    html = lire(client, "22136").content.decode()
    assert 'fr-badge--info fr-badge--no-icon fr-mb-0">ZIP' in html
    assert "Zone d&#x27;intervention prioritaire" in html
    assert "l’essai, 2024" in html
    assert "les données ne sont pas encore chargées" not in html


def test_hors_zone_n_est_pas_inconnu(client, charges):
    jeu = next(j for j in jeux().values() if "zip" in j.zones)
    classer("22136", next(cle for cle, dite in jeu.classes.items() if "hors_zone" in dite.oui), jeu.id)
    html = lire(client, "22136").content.decode()
    assert "Hors zone" in html
    assert "ZIP</p>" not in html
    assert "ne sont pas encore chargées" not in html


@pytest.mark.parametrize(
    ("jours", "attendu"),
    [(30, "Dossiers à déposer avant le"), (-5, "La date limite de dépôt est passée"), (None, "non publiée")],
)
def test_la_prochaine_commission_dit_sa_date_limite(client, charges, jours, attendu):
    aujourd_hui = timezone.localdate()
    limite = None if jours is None else aujourd_hui + timedelta(days=jours)
    SeanceFabrique(date=aujourd_hui + timedelta(days=60), depot_avant=limite)
    html = lire(client, "22136").content.decode()
    assert attendu in html
    assert "la dernière date publiée est passée" not in html


def test_la_commission_d_un_autre_departement_n_est_pas_la_mienne(client, charges):
    instance = InstanceFabrique(departementale=True)
    SeanceFabrique(instance=instance, date=timezone.localdate() + timedelta(days=60))
    assert "CCOPD" in lire(client, "22136").content.decode()
    ailleurs = lire(client, "35115").content.decode()
    assert "CCOPD" not in ailleurs
    assert "Aucune séance n’est connue pour Ille-et-Vilaine" in ailleurs


def test_une_region_sans_edition_recoit_ce_qui_vaut_partout(client, charges):
    html = lire(client, "75056").content.decode()
    for forme in national().formes.values():
        assert forme.libelle in html
    assert reverse("portail:comprendre") in html


@pytest.mark.parametrize(
    ("champs", "visible"),
    [
        ({}, True),
        ({"public": "agents"}, False),
        ({"au": date(2025, 1, 1)}, False),
        ({"du": date(2999, 1, 1)}, False),
        ({"actif": False}, False),
    ],
)
@pytest.mark.parametrize("page", ["/?commune=22136", "/regions/bretagne/"])
def test_un_message_de_la_region_se_montre_quand_il_le_faut(client, charges, champs, visible, page):
    MessageInformation.objects.create(
        **{
            "region": charges.region,
            "titre": "Fermeture d’été",
            "texte": "Pas de séance <b>en août</b>.",
            "du": date(2024, 1, 1),
            "source_document": "Courriel de l’agence",
            "source_date": date(2024, 1, 1),
            **champs,
        }
    )
    html = client.get(page).content.decode()
    assert ("Fermeture d’été" in html) is visible
    assert "<b>en août" not in html


def test_les_aides_disent_leur_montant_et_menent_au_chemin(client, charges):
    html = lire(client, "22136").content.decode()
    edition = edition_en_vigueur("bretagne", timezone.localdate())
    for aide in edition.aides:
        assert escape(aide.libelle) in html
    assert reverse("portail:region", args=["bretagne"]) in html


def test_une_aide_ne_date_pas_un_document_qui_ne_l_est_pas(client, charges):
    html = lire(client, "22136").content.decode()
    assert "document non daté, lu le" in html.partition("Aides possibles")[2]
