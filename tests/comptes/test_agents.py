"""`esperluette agents` : les premiers comptes d'une installation."""

import json

import pytest
from django.core.management import CommandError, call_command

from esperluette.comptes.models import Compte, Fonction
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import FonctionFabrique


def agents(capsys, *arguments):
    call_command("agents", *arguments)
    return capsys.readouterr().out.strip()


def ajouter(capsys, *suite):
    return agents(capsys, "ajouter", "--courriel", "soizic@ars.example", "--role", "referent", *suite)


@pytest.mark.parametrize(
    ("suite", "territoire"),
    [
        (["--region", "bretagne"], "Bretagne"),
        (["--region", "53"], "Bretagne"),
        (["--departement", "35"], "Ille-et-Vilaine"),
        (
            ["--region", "bretagne", "--epci", "243500741", "--epci", "200067460"],
            "Bretagne (Loudéac Communauté, Redon Agglomération)",
        ),
    ],
)
def test_ajouter_un_referent(pays, capsys, suite, territoire):
    assert ajouter(capsys, *suite) == f"soizic@ars.example : Référent ARS, {territoire}."
    fonction = Fonction.objects.get()
    assert (fonction.compte.courriel, fonction.organisme.nom) == (
        "soizic@ars.example",
        "Agence régionale de santé Bretagne",
    )
    assert Courriel.objects.get().destinataire == "soizic@ars.example"


def test_rejouer_la_commande_ne_change_rien(pays, capsys):
    for _ in range(2):
        ajouter(capsys, "--region", "bretagne", "--prenom", "Soizic", "--nom", "Riou")
    assert (Compte.objects.count(), Fonction.objects.count(), Courriel.objects.count()) == (1, 1, 1)


def test_sans_courriel_ne_previent_pas(pays, capsys):
    ajouter(capsys, "--region", "bretagne", "--sans-courriel")
    assert not Courriel.objects.exists()


def test_un_administrateur_n_a_pas_de_region(db, capsys):
    sortie = agents(capsys, "ajouter", "--courriel", "admin@ars.example", "--role", "admin")
    assert sortie == "admin@ars.example : Administrateur, toute la plateforme."


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        (["--region", "bertagne"], "Région inconnue : « bertagne ». Régions connues : bretagne, pays-de-la-loire."),
        (["--departement", "99"], "Département : code inconnu, « 99 »."),
        (["--region", "53", "--epci", "1"], "Intercommunalité : code inconnu, « 1 »."),
        ([], "Indiquez la région"),
        (["--region", "53", "--jusqu-au", "demain"], "« demain » n’est pas une date. Écrivez-la AAAA-MM-JJ."),
        (["--region", "53", "--role", "chef"], "« chef » n’est pas un rôle"),
        (["--region", "53", "--courriel", "soizic"], "« soizic » n’est pas une adresse électronique."),
    ],
)
def test_une_entree_fausse_sort_avec_2_et_dit_pourquoi(pays, capsys, suite, message):
    with pytest.raises(CommandError) as erreur:
        ajouter(capsys, *suite)
    assert message in str(erreur.value)
    assert erreur.value.returncode == 2
    assert not Fonction.objects.exists()
    assert not Compte.objects.exists()


def test_sans_decoupage_charge_la_commande_dit_quoi_faire(db, capsys):
    with pytest.raises(CommandError, match="Chargez d’abord le découpage : territoires charger"):
        ajouter(capsys, "--region", "bretagne")


@pytest.mark.parametrize("nombre", [1, 3])
def test_lister_en_json_coute_autant_pour_un_que_pour_trois(pays, capsys, nombre, django_assert_num_queries):
    for _ in range(nombre):
        FonctionFabrique(region=pays.bretagne, epcis=[pays.redon])
    FonctionFabrique(region=pays.loire)
    with django_assert_num_queries(5):  # dont deux pour la transaction
        lignes = json.loads(agents(capsys, "lister", "--region", "bretagne", "--json"))
    assert [(ligne["role"], ligne["region"], ligne["epcis"]) for ligne in lignes] == [
        ("referent", "bretagne", ["243500741"])
    ] * nombre


def test_lister_sans_personne_dit_comment_commencer(db, capsys):
    assert agents(capsys, "lister").startswith("Aucun agent.")


def test_fermer_par_le_numero_de_la_liste(pays, capsys):
    ajouter(capsys, "--region", "bretagne")
    numero = json.loads(agents(capsys, "lister", "--json"))[0]["numero"]
    assert "a pris fin" in agents(capsys, "fermer", str(numero))
    assert json.loads(agents(capsys, "lister", "--json")) == []
    assert len(json.loads(agents(capsys, "lister", "--toutes", "--json"))) == 1
    with pytest.raises(CommandError, match="Aucune fonction n° 999999"):
        agents(capsys, "fermer", "999999")


def test_changer_une_adresse(pays, capsys):
    ajouter(capsys, "--region", "bretagne", "--prenom", "Soizic", "--nom", "Riou")
    sortie = agents(capsys, "adresse", "soizic@ars.example", "s.riou@ars.example")
    assert sortie == "Soizic Riou se connecte désormais avec s.riou@ars.example."
    with pytest.raises(CommandError, match="Aucun compte à l’adresse soizic"):
        agents(capsys, "adresse", "soizic@ars.example", "x@ars.example")
