"""À qui s'adresser : chaque commune de l'issue reçoit une réponse juste, ou honnête."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from esperluette.interlocuteurs.actions.fiches import charger_depuis_editions
from esperluette.interlocuteurs.enums import NiveauDePortee
from esperluette.interlocuteurs.lectures import contacts_de, contacts_des, contacts_publies
from esperluette.interlocuteurs.models import Contact, Labellisation, StructureAppui
from esperluette.territoires.models import Commune
from tests.fabriques.territoires import communes_reelles

pytestmark = pytest.mark.django_db

MULLER, CHARLES = "Manon MULLER", "Anne CHARLES"
NOUIRA, LEROUX, DERIEUX = "Molka NOUIRA-HALEVY", "Jean-Paul LEROUX", "Ronan DERIEUX"


def reponse(code: str):
    return contacts_de(Commune.objects.select_related("region", "departement", "epci").get(pk=code))


@pytest.mark.parametrize(
    ("code", "nom"),
    [
        ("22136", MULLER),  # Loudéac
        ("22219", MULLER),  # Plouguenast-Langast
        ("22050", MULLER),  # Dinan
        ("22113", MULLER),  # Lannion
        ("22266", CHARLES),  # Rostrenen
        ("22278", CHARLES),  # Saint-Brieuc
        ("22162", CHARLES),  # Paimpol
        ("35236", NOUIRA),  # Redon
        ("35136", NOUIRA),  # Janzé
        ("35115", LEROUX),  # Fougères
        ("35288", LEROUX),  # Saint-Malo
        ("35360", LEROUX),  # Vitré
    ],
)
def test_le_document_nomme_un_referent_pour_l_intercommunalite(charges, code, nom):
    trouvee = reponse(code)
    assert [c.nom for c in trouvee.contacts] == [nom]
    assert trouvee.referent_publie
    assert trouvee.contacts[0].niveau is NiveauDePortee.INTERCOMMUNALITE
    assert trouvee.contacts[0].interpretation == ""
    assert not any("interprétée" in a for a in trouvee.avertissements)


@pytest.mark.parametrize(
    ("code", "nom", "raison"),
    [
        ("35211", DERIEUX, "Pays de Brocéliande"),  # Paimpont
        ("35188", DERIEUX, "Pays de Brocéliande"),  # Montfort-sur-Meu
        ("35297", DERIEUX, "Pays de Brocéliande"),  # Saint-Méen-le-Grand
        ("35238", NOUIRA, "une virgule manque entre les deux"),  # Rennes
        (
            "56001",
            NOUIRA,
            "Le document range ce contact sous « Ille-et-Vilaine » ; Allaire est d'un autre département",
        ),
        (
            "22094",
            LEROUX,
            "Le document range ce contact sous « Ille-et-Vilaine » ; Lancieux est d'un autre département",
        ),
    ],
)
def test_une_lecture_incertaine_est_dite_interpretee_avec_sa_raison(charges, code, nom, raison):
    trouvee = reponse(code)
    assert [c.nom for c in trouvee.contacts] == [nom]
    assert raison in trouvee.contacts[0].interpretation
    assert trouvee.contacts[0].en_json()["interprete"] is True
    assert any(a.startswith("Lecture interprétée.") and raison in a for a in trouvee.avertissements)


@pytest.mark.parametrize(
    ("code", "organisme"),
    [
        ("29019", "ARS Bretagne, délégation départementale du Finistère"),  # Brest
        ("56260", "ARS Bretagne, délégation départementale du Morbihan"),  # Vannes
        ("22016", "ARS Bretagne, délégation départementale des Côtes-d'Armor"),  # Île-de-Bréhat
    ],
)
def test_la_ou_personne_n_est_nomme_on_le_dit_et_on_donne_l_ars_de_la_region(charges, code, organisme):
    trouvee = reponse(code)
    assert not trouvee.referent_publie
    assert [c.nom for c in trouvee.contacts] == ["", ""]
    assert [c.organisme for c in trouvee.contacts] == [organisme, "ARS Bretagne"]
    assert trouvee.contacts[0].role.startswith("Référent non publié")
    assert any("référent non publié, adressez-vous à l'ARS Bretagne" in a for a in trouvee.avertissements)
    assert {(c.courriel, c.telephone) for c in trouvee.contacts} == {("", "")}  # rien d'inventé


def test_un_service_joignable_sans_nom_ne_renvoie_pas_ailleurs(territoire):
    communes_reelles("02691", "59350", "60057", "62041", "80021")  # une commune de chaque département cité
    charger_depuis_editions(regions_choisies=["hauts-de-france"])
    trouvee = reponse("02691")
    assert trouvee.contacts[0].courriel == "ars-hdf-dos-pole-aisne@ars.sante.fr"
    (avertissement,) = trouvee.avertissements
    assert avertissement.endswith("Saint-Quentin : les coordonnées sont celles du service.")


def test_brehat_sans_intercommunalite_est_orientee_vers_son_departement(charges):
    trouvee = reponse("22016")
    assert "Île-de-Bréhat n'appartient à aucune intercommunalité à fiscalité propre." in trouvee.avertissements
    assert "Manon Muller et Anne Charles" in trouvee.contacts[0].note


def test_une_intercommunalite_a_cheval_ne_suit_pas_au_dela_de_la_region(charges):
    trouvee = reponse("44185")  # Saint-Nicolas-de-Redon
    assert [(c.nom, c.organisme) for c in trouvee.contacts] == [("", "ARS Pays de la Loire")]
    assert (
        "CA Redon Agglomération s'étend sur deux régions ; son interlocuteur en Bretagne ne suit pas les communes "
        "de la région Pays de la Loire."
    ) in trouvee.avertissements


@pytest.mark.parametrize(
    ("code", "organisme"),
    [
        ("75056", "ARS Île-de-France"),
        ("75115", "ARS Île-de-France"),
        ("2A004", "ARS Corse"),
        ("97411", "ARS La Réunion"),
        ("98735", "Autorité de santé compétente pour Polynésie française"),
    ],
)
def test_une_region_sans_edition_a_une_reponse_sans_coordonnee_inventee(charges, code, organisme):
    communes_reelles(code)
    trouvee = reponse(code)
    (contact,) = trouvee.contacts
    assert (contact.nom, contact.role, contact.organisme) == ("", "Référent non publié", organisme)
    assert (contact.courriel, contact.telephone, contact.url, contact.source) == ("", "", "", None)
    assert trouvee.structures == ()
    assert "ne connaît pas encore les interlocuteurs" in trouvee.avertissements[0]


def test_une_source_ancienne_est_datee_en_toutes_lettres(charges):
    phrase = "Ces coordonnées viennent d'un document {} : vérifiez qu'elles sont toujours bonnes avant d'écrire."
    assert reponse("35115").avertissements == (phrase.format("du 2 octobre 2024"),)
    Contact.objects.update(source_date_de_lecture=True)
    assert reponse("35115").avertissements == (phrase.format("non daté, lu le 2 octobre 2024"),)


def test_une_source_recente_ne_l_est_pas(charges):
    Contact.objects.update(source_date=timezone.localdate())
    assert reponse("35115").avertissements == ()


def creer(region_id: str, nom: str, **portee: str) -> Contact:
    contact = Contact.objects.create(
        region_id=region_id,
        nom=nom,
        role="Référent",
        organisme="ARS",
        libelle_territoire="Essai",
        source_document="Essai",
        source_date=timezone.localdate(),
    )
    contact.portees.create(**portee)
    return contact


def test_le_plus_precis_l_emporte_et_un_nom_efface_un_non_publie(charges):
    commune = charges.brest
    creer("53", "Dominique DEPARTEMENT", departement_id="29")
    assert [c.nom for c in contacts_de(commune).contacts] == ["Dominique DEPARTEMENT"]
    metropole = creer("53", "Camille METROPOLE", epci_id=commune.epci_id)
    assert [c.nom for c in contacts_de(commune).contacts] == ["Camille METROPOLE"]
    metropole.portees.create(commune=commune)
    assert contacts_de(commune).contacts[0].territoire == "Brest"


def test_deux_contacts_nommes_au_meme_niveau_sont_donnes_tous_deux(charges):
    creer("53", "Alix UN", epci_id=charges.fougeres.epci_id)
    assert [c.nom for c in contacts_de(charges.fougeres).contacts] == ["Alix UN", LEROUX]


def test_un_nom_plus_large_passe_devant_un_non_publie_plus_precis(charges):
    creer("53", "Alix REGION")
    assert [c.nom for c in contacts_de(charges.brest).contacts] == ["Alix REGION", ""]
    assert contacts_de(charges.brest).referent_publie


def test_un_contact_retire_ne_repond_plus(charges):
    Contact.objects.filter(nom=LEROUX).update(actif=False)
    assert not reponse("35115").referent_publie


def test_un_arrondissement_suit_le_contact_de_sa_commune(charges):
    communes_reelles("13055", "13201")
    creer("93", "Alix EXEMPLE", commune_id="13055")
    assert reponse("13201").contacts[0].nom == "Alix EXEMPLE"


def test_les_structures_d_appui_de_la_region_suivent(charges):
    assert {s.sigle for s in reponse("29019").structures} == {"ESSORT", "GECO Lib'"}
    StructureAppui.objects.filter(sigle="ESSORT").update(actif=False)
    assert {s.sigle for s in reponse("29019").structures} == {"GECO Lib'"}


def test_une_labellisation_echue_est_dite(charges):
    structure = StructureAppui.objects.get(sigle="ESSORT")
    Labellisation.objects.create(structure=structure, debut=datetime.date(2022, 1, 1), fin=datetime.date(2024, 12, 31))
    assert (
        "La labellisation de ESSORT s'est achevée le 31 décembre 2024 : à confirmer."
        in reponse("35115").avertissements
    )


@pytest.mark.parametrize("codes", [["22136"], ["22136", "35115", "29019", "44185"]])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_communes(charges, codes, django_assert_num_queries):
    communes = [charges.communes[code] for code in codes]
    with django_assert_num_queries(5):
        reponses = contacts_des(communes)
        for trouvee in reponses.values():
            [c.en_json() for c in trouvee.contacts]
    assert set(reponses) == set(codes)


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_des_contacts_se_lit_en_deux_requetes(charges, nombre, django_assert_num_queries):
    gardes = Contact.objects.filter(region=charges.region).values_list("pk", flat=True)[:nombre]
    Contact.objects.exclude(pk__in=list(gardes)).update(actif=False)
    with django_assert_num_queries(2):
        lus = [
            (c.nom, [str(p.epci or p.departement) for p in c.portees.all()]) for c in contacts_publies(charges.region)
        ]
    assert len(lus) == nombre


# --- La commande --------------------------------------------------------------------------------------------


def lancer(capsys, *arguments: str) -> str:
    call_command("contacts", *arguments)
    return capsys.readouterr().out


def test_la_commande_donne_la_forme_convenue(charges, capsys):
    rendu = json.loads(lancer(capsys, "35115", "--json"))
    assert set(rendu) >= {"commune", "region", "contacts", "structures", "avertissements"}
    assert rendu["commune"] == {
        "code": "35115",
        "nom": "Fougères",
        "departement": "35",
        "epci": {"code": "200072452", "nom": "CA Fougères Agglomération"},
        "population": charges.fougeres.population,
    }
    assert rendu["region"] == "bretagne"
    (contact,) = rendu["contacts"]
    assert contact["nom"] == LEROUX
    assert contact["courriel"] == "jean-paul.leroux@ars.sante.fr"
    assert contact["telephone"] is None
    assert contact["territoire"] == "CA Fougères Agglomération"
    assert contact["source"]["date"] == "2024-10-02"
    assert contact["source"]["passage"] == "Contacts, Ille-et-Vilaine"
    assert {s["sigle"] for s in rendu["structures"]} == {"ESSORT", "GECO Lib'"}


def test_la_commande_nomme_les_personnes_d_une_structure(charges, capsys):
    personne = {"nom": "Ana Essai", "telephone": "02 00 00 00 01", "courriel": "ana@structure.example"}
    StructureAppui.objects.filter(sigle="ESSORT").update(personnes=[personne])
    structures = {s["sigle"]: s for s in json.loads(lancer(capsys, "35115", "--json"))["structures"]}
    assert structures["ESSORT"]["personnes"] == [personne]
    assert "    Ana Essai — 02 00 00 00 01 — ana@structure.example\n" in lancer(capsys, "35115")


def test_la_commande_dit_null_ce_qui_n_est_pas_publie(charges, capsys):
    contact = json.loads(lancer(capsys, "29019", "--json"))["contacts"][0]
    assert (contact["nom"], contact["courriel"], contact["telephone"]) == (None, None, None)


def test_la_commande_parle_aussi_en_clair(charges, capsys):
    sortie = lancer(capsys, "35115")
    assert sortie.startswith("Fougères (35115) — CA Fougères Agglomération, Ille-et-Vilaine, Bretagne\n")
    assert "Jean-Paul LEROUX — Référent, direction départementale — ARS Bretagne" in sortie
    assert "À savoir :" in sortie


def test_la_commande_suit_un_ancien_code(charges, capsys):
    rendu = json.loads(lancer(capsys, "22010", "--json"))
    assert rendu["commune"]["code"] == "22266"
    assert (
        rendu["avertissements"][0] == "22010 est le code d'une ancienne commune, aujourd'hui dans Rostrenen (22266)."
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("99999", "Aucune commune n'a le code INSEE « 99999 ».$"),
        ("Loudéac", r"Cherchiez-vous Loudéac \(22136\) \?"),
        ("22600", r"Cherchiez-vous Loudéac \(22136\) \?"),
        ("", "Aucune commune"),
        ("'; --", "Aucune commune"),
    ],
)
def test_une_commune_inconnue_est_une_erreur_claire_de_code_2(charges, code, message):
    with pytest.raises(CommandError, match=message) as erreur:
        call_command("contacts", code)
    assert erreur.value.returncode == 2


def test_sans_decoupage_la_commande_dit_quoi_faire(db):
    with pytest.raises(CommandError, match="esperluette territoires charger") as erreur:
        call_command("contacts", "22136")
    assert erreur.value.returncode == 2
