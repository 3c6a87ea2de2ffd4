"""Tenir les fiches d'une région à l'écran : ajouter, corriger, désactiver, revenir, avec la source et l'histoire."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from esperluette.commissions.cycle import franchir_seance
from esperluette.commissions.lectures import calendrier_public
from esperluette.commissions.models import Seance
from esperluette.interlocuteurs.lectures import contacts_de
from esperluette.interlocuteurs.models import Contact, MessageInformation, ModificationDeFiche, StructureAppui
from esperluette.journal.lectures import evenements_de
from tests.fabriques.interlocuteurs import charger_la_bretagne

pytestmark = pytest.mark.django_db

SOURCE = {"source_document": "Courriel de la délégation", "source_date": "2026-11-02"}
CONTACT = {"role": "Référente", "organisme": "ARS Bretagne", "departements": "29", **SOURCE}
SEANCE = {"instance": "carpec", "date": "2027-02-11", "publique": "on", **SOURCE}
MESSAGE = {"titre": "Dates de 2027", "texte": "Elles arrivent.", "public": "tous", "du": "2026-11-01", **SOURCE}
STRUCTURE = {"nom": "Nouvelle structure", **SOURCE}
ENVOIS = {"contacts": CONTACT, "seances": SEANCE, "messages": MESSAGE, "structures": STRUCTURE}


def url(page: str, *suite) -> str:
    return reverse(f"administration:{page}", args=["bretagne", *suite])


def leroux() -> Contact:
    return Contact.objects.get(identifiant="ars-35-leroux")


def formulaire_de(client, table: str, pk: int) -> dict:
    """Ce que la page enverrait si l'on ne touchait à rien."""
    reponse = client.get(url("fiche", table, pk))
    form, envoi = reponse.context["form"], {"lue_le": reponse.context["lue_le"]}
    for champ in form:
        valeur = champ.value()
        if champ.name == "communes":
            envoi["communes"] = list(valeur.codes) if hasattr(valeur, "codes") else list(valeur or [])
        elif valeur not in (None, False, "", []):
            envoi[champ.name] = "on" if valeur is True else valeur
    return envoi


@pytest.mark.parametrize("table", ENVOIS)
def test_chaque_table_s_ouvre_et_accepte_une_fiche_sourcee(chez_elle, table, administratrice):
    assert chez_elle.get(url("table", table)).status_code == 200
    reponse = chez_elle.post(url("ajouter", table), ENVOIS[table])
    assert reponse.status_code == 302, reponse.context["form"].errors
    modification = ModificationDeFiche.objects.latest("pk")
    assert (modification.geste, modification.auteur, modification.avant) == ("creation", administratrice, {})
    assert modification.fiche.source_date == datetime.date(2026, 11, 2)
    assert evenements_de(modification.fiche).get().sorte == "fiche_creee"
    assert chez_elle.get(url("table", table)).status_code == 200
    assert chez_elle.get(url("fiche", table, modification.fiche_id)).status_code == 200


@pytest.mark.parametrize("table", ENVOIS)
@pytest.mark.parametrize("manque", SOURCE)
def test_pas_de_source_pas_de_fiche(chez_elle, table, manque):
    envoi = {cle: valeur for cle, valeur in ENVOIS[table].items() if cle != manque}
    reponse = chez_elle.post(url("ajouter", table), envoi)
    assert reponse.status_code == 422
    assert manque in reponse.context["form"].errors
    assert f'id="id_{manque}_error"' in reponse.content.decode()


@pytest.mark.parametrize("table", ["contacts", "seances", "structures"])
def test_enregistrer_sans_rien_changer_n_ecrit_rien(chez_elle, table):
    modele = {"contacts": Contact, "seances": Seance, "structures": StructureAppui}[table]
    for fiche in modele.objects.all():
        reponse = chez_elle.post(url("fiche", table, fiche.pk), formulaire_de(chez_elle, table, fiche.pk))
        assert reponse.status_code == 302, reponse.context["form"].errors
    assert not ModificationDeFiche.objects.exists()


def test_une_correction_garde_l_avant_et_l_apres_et_survit_au_rechargement(chez_elle, administratrice):
    envoi = formulaire_de(chez_elle, "contacts", leroux().pk) | {"courriel": "nouvelle@ars.example", **SOURCE}
    assert chez_elle.post(url("fiche", "contacts", leroux().pk), envoi).status_code == 302
    modification = ModificationDeFiche.objects.get()
    assert "courriel" in modification.champs
    assert (modification.avant["courriel"], modification.apres["courriel"]) == (
        "jean-paul.leroux@ars.sante.fr",
        "nouvelle@ars.example",
    )
    acte = evenements_de(leroux()).get(sorte="fiche_modifiee")
    assert acte.acteur == administratrice
    assert "nouvelle@ars.example" not in str(acte.donnees)
    charger_la_bretagne()
    assert leroux().courriel == "nouvelle@ars.example"
    page = chez_elle.get(url("fiche", "contacts", leroux().pk)).content.decode()
    assert "jean-paul.leroux@ars.sante.fr" in page
    assert "Revenir à l’édition 2024-10" in page


def test_un_territoire_se_change_et_garde_ses_interpretations(chez_elle, charges):
    derieux = Contact.objects.get(identifiant="ars-siege-derieux")
    avant = derieux.portees.get(epci_id="243500618").interpretation
    envoi = formulaire_de(chez_elle, "contacts", derieux.pk)
    envoi |= {"epcis": ["243500618"], "communes": ["22136"], "libelle_territoire": ""}
    assert chez_elle.post(url("fiche", "contacts", derieux.pk), envoi).status_code == 302
    derieux.refresh_from_db()
    assert {(p.epci_id, p.commune_id) for p in derieux.portees.all()} == {("243500618", None), (None, "22136")}
    assert derieux.portees.get(epci_id="243500618").interpretation == avant
    assert derieux.libelle_territoire == "CC Brocéliande Communauté, Loudéac"
    assert contacts_de(charges.loudeac).contacts[0].nom == derieux.nom
    page = chez_elle.get(url("fiche", "contacts", derieux.pk)).content.decode()
    assert "Territoire" in page
    assert "Montfort Communauté" in page


@pytest.mark.parametrize(
    ("table", "envoi", "champ", "phrase"),
    [
        ("contacts", {"departements": ""}, "toute_la_region", "au moins un endroit"),
        ("contacts", {"communes_ajout": "13055"}, "communes", "Hors de la région Bretagne"),
        ("contacts", {"courriel": "pas une adresse"}, "courriel", "adresse"),
        ("seances", {"depot_avant": "2027-03-01"}, "depot_avant", "On dépose avant la séance"),
        ("seances", {"date": "bientôt"}, "date", "date"),
        ("seances", {"instance": "ccopd"}, "instance", "choix"),
        ("messages", {"au": "2026-10-01"}, "au", "après avoir commencé"),
        ("structures", {"label_du_0": "2025-01-01", "label_au_0": "2024-01-01"}, "label_au_0", "après son début"),
        ("contacts", {"source_date": "2999-01-01"}, "source_date", "à venir"),
    ],
)
def test_une_faute_se_dit_a_cote_du_champ_et_rien_ne_se_perd(chez_elle, table, envoi, champ, phrase):
    complet = ENVOIS[table] | envoi
    complet = {cle: valeur for cle, valeur in complet.items() if valeur != ""}
    reponse = chez_elle.post(url("ajouter", table), complet)
    assert reponse.status_code == 422
    assert phrase in str(reponse.context["form"].errors[champ])
    assert "Courriel de la délégation" in reponse.content.decode()
    assert not ModificationDeFiche.objects.exists()


def test_deux_corrections_en_meme_temps_la_seconde_est_prevenue(chez_elle):
    envoi = formulaire_de(chez_elle, "contacts", leroux().pk)
    leroux().save()  # quelqu'un d'autre
    reponse = chez_elle.post(url("fiche", "contacts", leroux().pk), envoi | {"nom": "Autre"})
    assert reponse.status_code == 422
    assert "Quelqu’un a modifié cette fiche" in reponse.content.decode()
    assert leroux().nom == "Jean-Paul LEROUX"


def test_desactiver_cache_la_fiche_et_la_reactiver_la_rend(chez_elle, charges):
    adresse = url("activer", "contacts", leroux().pk)
    assert chez_elle.post(adresse, {"actif": "non"}).status_code == 302
    assert contacts_de(charges.fougeres).contacts[0].nom != "Jean-Paul LEROUX"
    assert "Désactivée" in chez_elle.get(url("table", "contacts")).content.decode()
    chez_elle.post(adresse, {"actif": "non"})
    chez_elle.post(adresse, {"actif": "oui"})
    assert contacts_de(charges.fougeres).contacts[0].nom == "Jean-Paul LEROUX"
    gestes = list(ModificationDeFiche.objects.order_by("pk").values_list("geste", flat=True))
    assert gestes == ["desactivation", "reactivation"]


def test_annuler_une_modification_rend_les_valeurs_d_avant(chez_elle):
    for courriel in ("un@ars.example", "deux@ars.example"):
        envoi = formulaire_de(chez_elle, "contacts", leroux().pk) | {"courriel": courriel, **SOURCE}
        chez_elle.post(url("fiche", "contacts", leroux().pk), envoi)
    derniere = ModificationDeFiche.objects.latest("pk")
    page = chez_elle.get(url("revenir", "contacts", leroux().pk), {"modification": derniere.pk}).content.decode()
    assert "un@ars.example" in page
    assert "deux@ars.example" in page
    chez_elle.post(url("revenir", "contacts", leroux().pk), {"modification": derniere.pk})
    assert leroux().courriel == "un@ars.example"
    assert ModificationDeFiche.objects.latest("pk").geste == "retour"


def test_revenir_a_l_edition_rend_toutes_ses_valeurs(chez_elle):
    envoi = formulaire_de(chez_elle, "contacts", leroux().pk) | {"courriel": "un@ars.example", **SOURCE}
    chez_elle.post(url("fiche", "contacts", leroux().pk), envoi)
    assert chez_elle.get(url("revenir", "contacts", leroux().pk)).status_code == 200
    chez_elle.post(url("revenir", "contacts", leroux().pk))
    assert (leroux().courriel, leroux().source_date) == ("jean-paul.leroux@ars.sante.fr", datetime.date(2024, 10, 2))
    assert "rien ne changerait" in chez_elle.get(url("revenir", "contacts", leroux().pk)).content.decode()


def test_on_n_annule_pas_la_modification_d_une_autre_fiche(chez_elle):
    chez_elle.post(url("activer", "contacts", leroux().pk), {"actif": "non"})
    autre = Contact.objects.get(identifiant="ars-22-muller")
    modification = ModificationDeFiche.objects.get()
    for numero in (modification.pk, "999999", "abc"):
        assert chez_elle.post(url("revenir", "contacts", autre.pk), {"modification": numero}).status_code == 404


def test_une_fiche_saisie_a_l_ecran_ne_revient_pas_a_une_edition(chez_elle):
    chez_elle.post(url("ajouter", "contacts"), CONTACT)
    pk = ModificationDeFiche.objects.get().fiche_id
    assert chez_elle.get(url("revenir", "contacts", pk)).status_code == 404


def test_une_structure_garde_ses_labels_ses_telephones_et_ses_personnes(chez_elle):
    envoi = STRUCTURE | {
        "telephones": "01 02 03 04 05\n\n06 07 08 09 10",
        "personnes": "Anne Exemple ; 0102030405 ; anne@exemple.example\nYann Exemple",
        "tarif": "7500",
        "label_du_0": "2020-01-01",
        "label_au_0": "2022-12-31",
        "label_du_1": "2025-01-01",
    }
    assert chez_elle.post(url("ajouter", "structures"), envoi).status_code == 302
    structure = StructureAppui.objects.get(nom="Nouvelle structure")
    assert structure.telephones == ["01 02 03 04 05", "06 07 08 09 10"]
    assert structure.personnes[1] == {"nom": "Yann Exemple", "telephone": "", "courriel": None}
    assert str(structure.tarif) == "7500.00"
    assert [(x.debut.year, x.est_echue) for x in structure.labellisations.all()] == [(2025, False), (2020, True)]
    nombre = ModificationDeFiche.objects.count()
    retour = chez_elle.post(
        url("fiche", "structures", structure.pk), formulaire_de(chez_elle, "structures", structure.pk)
    )
    assert retour.status_code == 302
    assert ModificationDeFiche.objects.count() == nombre


def test_une_seance_saisie_entre_au_calendrier_puis_s_annule(chez_elle, administratrice):
    chez_elle.post(url("ajouter", "seances"), SEANCE | {"heure": "14:30", "depot_avant": "2027-01-20"})
    le = datetime.date(2026, 11, 22)
    (seance,) = calendrier_public("bretagne", le).a_venir
    assert (seance.heure, seance.depot_avant) == (datetime.time(14, 30), datetime.date(2027, 1, 20))
    seance = Seance.objects.get(date="2027-02-11")
    franchir_seance(seance, "annuler", acteur=administratrice, motif="Salle indisponible")
    assert calendrier_public("bretagne", le).a_venir == ()
    assert len(calendrier_public("bretagne", le).annulees) == 1


def test_un_message_se_montre_a_qui_il_s_adresse_dans_ses_dates(chez_elle):
    chez_elle.post(url("ajouter", "messages"), MESSAGE | {"public": "equipes", "au": "2026-12-31"})
    montre = MessageInformation.objects.affichables
    assert montre("bretagne", "equipes", datetime.date(2026, 12, 31)).count() == 1
    for region, public, le in (
        ("bretagne", "agents", datetime.date(2026, 12, 1)),
        ("bretagne", "equipes", datetime.date(2027, 1, 1)),
        ("bretagne", "equipes", datetime.date(2026, 10, 31)),
        ("corse", "equipes", datetime.date(2026, 12, 1)),
    ):
        assert not montre(region, public, le).exists()


@pytest.mark.parametrize("nom", ["inconnue", "instances"])
def test_une_table_inconnue_n_existe_pas(chez_elle, nom):
    assert chez_elle.get(url("table", nom)).status_code == 404


def test_une_fiche_d_une_autre_region_n_existe_pas_ici(chez_elle, charges):
    ailleurs = leroux()
    ailleurs.pk, ailleurs.identifiant, ailleurs.region = None, "", charges.communes["13055"].region
    ailleurs.save()
    for page in ("fiche", "revenir"):
        assert chez_elle.get(url(page, "contacts", ailleurs.pk)).status_code == 404
    assert chez_elle.post(url("activer", "contacts", ailleurs.pk)).status_code == 404


@pytest.mark.parametrize("table", ENVOIS)
@pytest.mark.parametrize("page", ["table", "fiche"])
def test_une_page_coute_autant_a_une_et_a_trois_fiches(chez_elle, django_assert_num_queries, table, page):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def mesurer() -> int:
        pk = ModificationDeFiche.objects.latest("pk").fiche_id
        adresse = url("table", table) if page == "table" else url("fiche", table, pk)
        chez_elle.get(adresse)
        with CaptureQueriesContext(connection) as requetes:
            assert chez_elle.get(adresse).status_code == 200
        return len(requetes)

    chez_elle.post(url("ajouter", table), ENVOIS[table])
    une = mesurer()
    for rang in (1, 2):
        suite = {"date": f"2027-0{rang + 2}-01"} if table == "seances" else {}
        assert chez_elle.post(url("ajouter", table), ENVOIS[table] | suite).status_code == 302
    assert mesurer() == une
    assert une <= 20


def test_la_source_changee_n_est_plus_dite_interpretee(chez_elle):
    ars = Contact.objects.get(identifiant="ars-22")
    assert ars.source_interpretee
    envoi = formulaire_de(chez_elle, "contacts", ars.pk) | {"note": "Appelez le siège."}
    chez_elle.post(url("fiche", "contacts", ars.pk), envoi)
    ars.refresh_from_db()
    assert ars.source_interpretee
    chez_elle.post(url("fiche", "contacts", ars.pk), formulaire_de(chez_elle, "contacts", ars.pk) | SOURCE)
    ars.refresh_from_db()
    assert (ars.source_interpretee, ars.source_note) == (False, "")


def test_la_date_de_modification_suit_les_gestes(chez_elle):
    avant = timezone.now()
    chez_elle.post(url("activer", "contacts", leroux().pk), {"actif": "non"})
    assert leroux().modifie_le > avant


# --- Mauvaises entrées ---------------------------------------------------------------------------


@pytest.mark.parametrize("numero", ["9" * 30, "9" * 5000, "²", "-1", "\x00"])
@pytest.mark.parametrize("methode", ["get", "post"])
def test_une_modification_impossible_n_existe_pas(chez_elle, numero, methode):
    adresse = url("revenir", "contacts", leroux().pk)
    assert getattr(chez_elle, methode)(adresse, {"modification": numero}).status_code == 404


@pytest.mark.parametrize("lue_le", ["2026-01-01", "2026-01-01T10:00:00", "0001-01-01", "n’importe quoi"])
def test_un_instant_de_lecture_trafique_ne_casse_rien(chez_elle, lue_le):
    envoi = formulaire_de(chez_elle, "contacts", leroux().pk) | {"lue_le": lue_le, "note": "Le mardi."}
    assert chez_elle.post(url("fiche", "contacts", leroux().pk), envoi).status_code == 302


def test_une_seance_en_l_an_9999_se_refuse_et_l_abonnement_public_repond(chez_elle):
    reponse = chez_elle.post(url("ajouter", "seances"), {**SEANCE, "date": "9999-12-31"})
    assert "date" in reponse.context["form"].errors
    assert chez_elle.get("/calendrier/bretagne.ics").status_code == 200


@pytest.mark.parametrize("code", ["\x00", "29019\x00\x00", "9" * 5000])
def test_un_code_de_commune_impossible_se_refuse(chez_elle, code):
    reponse = chez_elle.post(url("ajouter", "contacts"), {**CONTACT, "communes": code})
    assert reponse.status_code in (302, 422)
