"""Comparer deux éditions : des phrases, sans rien oublier, sans rien inventer."""

import json

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.comparaison import comparer
from tests.referentiel.region_d_essai import edition_entiere
from tests.referentiel.test_nouvelle_region import lancer


def _phrases(avant, apres):
    return [d.phrase for d in comparer(avant, apres)]


def test_une_edition_ne_differe_pas_d_elle_meme(bretagne):
    assert comparer(bretagne, bretagne) == []


def test_de_2019_a_2024_la_bretagne_demande_un_paramedical(bretagne):
    phrases = _phrases(lecture.edition("bretagne", "2019-10"), bretagne)
    assert "Critère ajouté : L'équipe compte au moins un paramédical exerçant en ville." in phrases
    assert "Les formes décrites : « esp » devient « esp, msp »." in phrases
    assert any(
        "« au moins 1 médecin généraliste » devient « au moins 1 médecin généraliste en ville »" in p for p in phrases
    )


@pytest.mark.parametrize(
    ("fichier", "ancien", "nouveau", "sujet", "morceau"),
    [
        ("aides.yaml", '"10000.00"', '"12500.50"', "aides", "montant : « 10 000 € » devient « 12 500,50 € »"),
        ("aides.yaml", '"10000.00"', "null, montant_note: Tu", "aides", "« 10 000 € » devient « non publié »"),
        ("aides.yaml", "Du matériel", "Des murs", "aides", "objets : « Du temps, Du matériel » devient"),
        ("demarches.yaml", "duree: Trois", "duree: Deux", "etapes", "durée : « Trois mois » devient « Deux mois »"),
        ("demarches.yaml", "trame: projet", "trame: null", "demarches", "trame : « projet » devient « rien »"),
        ("instances.yaml", "libelle: ARS", "libelle: L'agence", "instances", "sièges : « ARS » devient « L'agence »"),
        (
            "instances.yaml",
            "{commun: droit-commun}",
            "{commun: droit-commun, convocation_jours: 9}",
            "instances",
            "convocation : « 5 jours » devient « 9 jours »",
        ),
        ("criteres.yaml", "minimum: 2", "minimum: 3", "criteres", "devient « au moins 3 médecins généralistes »"),
        (
            "criteres.yaml",
            "zone: zac",
            "zone: frr",
            "criteres",
            "ou territoire classé ZAC » devient",
        ),
        ("criteres.yaml", "condition mg.", "condition.", "criteres", "énoncé : « La condition mg » devient"),
        ("trames/projet.yaml", "obligatoire: true", "obligatoire: false", "trames", "« oui » devient « non »"),
        ("trames/projet.yaml", "libelle: ZIP", "libelle: Zone", "trames", "options : « ZIP » devient « Zone »"),
        ("trames/projet.yaml", "titre: Territoire", "titre: Lieu", "trames", "« Territoire » devient « Lieu »"),
    ],
)
def test_chaque_changement_se_dit(atelier, fichier, ancien, nouveau, sujet, morceau):
    avant = edition_entiere(atelier)
    atelier.remplacer(fichier, ancien, nouveau)
    (difference,) = comparer(avant, atelier.charger())
    assert (difference.sujet, difference.sorte) == (sujet, "changement")
    assert morceau in difference.phrase


def test_un_ajout_dans_un_sens_est_un_retrait_dans_l_autre(bretagne):
    ancienne = lecture.edition("bretagne", "2019-10")
    ajouts = {(d.sujet, d.id) for d in comparer(ancienne, bretagne) if d.sorte == "ajout"}
    retraits = {(d.sujet, d.id) for d in comparer(bretagne, ancienne) if d.sorte == "retrait"}
    assert ajouts == retraits


def test_la_commande_dit_des_phrases_ou_du_json():
    code, sortie, _ = lancer("comparer", "bretagne/2019-10", "bretagne")
    assert code == 0
    assert sortie.startswith("De bretagne/2019-10 à bretagne/")
    assert sortie.rstrip().endswith("différences.")
    code, sortie, _ = lancer("comparer", "bretagne/2019-10", "bretagne/2024-10", "--json")
    reponse = json.loads(sortie)
    assert (code, reponse["avant"], reponse["apres"]) == (0, "bretagne/2019-10", "bretagne/2024-10")
    assert {"sujet", "sorte", "id", "phrase"} == set(reponse["differences"][0])
    assert lancer("comparer", "bretagne/2024-10", "bretagne/2024-10")[1].rstrip().endswith("Aucune différence.")


@pytest.mark.parametrize("nom", ["bretagn", "bretagne/1999-01", "", "national/2026", "/"])
def test_une_edition_inconnue_rend_deux(nom):
    code, sortie, erreurs = lancer("comparer", nom, "bretagne")
    assert (code, sortie) == (2, "")
    assert "aucune" in erreurs


@pytest.mark.parametrize("a", lecture.regions())
def test_toutes_les_regions_se_comparent(bretagne, a):
    differences = comparer(bretagne, lecture.editions(a)[-1])
    assert all(d.phrase.endswith(".") and "None" not in d.phrase for d in differences)
