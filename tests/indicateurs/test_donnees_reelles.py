"""Les vrais fichiers, et un calcul refait sans nous. Ils ne sont pas dans le dépôt : ESPERLUETTE_DONNEES dit où."""

import csv
import gzip
import os
from pathlib import Path

import pytest

from esperluette.indicateurs.diagnostic import diagnostic
from esperluette.indicateurs.imports import importer_chiffres
from esperluette.territoires.models import Commune

DOSSIER = Path(os.environ.get("ESPERLUETTE_DONNEES", "/nulle-part"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not DOSSIER.is_dir(), reason="ESPERLUETTE_DONNEES ne nomme pas le dossier des fichiers officiels"
    ),
]
APL = "apl_communes_2018_2016.csv.gz"
FICHIERS = {
    "comparateur": "communes_comparateur_2024.csv",
    "filosofi": "filosofi_com_2016.csv.gz",
    "apl-medecins": APL,
    "apl-infirmiers": APL,
    "apl-kines": APL,
    "apl-sages-femmes": APL,
    "bpe-sante": "bpe2018_sante_communes.csv.gz",
    "tvs": "officiels/Correspondance_communes_tvs_2019.xlsx",
    "densite-medecins": "officiels/densite_med2021.csv",
}
LOUDEAC_COMMUNAUTE = "200067460"


def importer(jeu, nom=""):
    return importer_chiffres(jeu, acteur=None, fichier=DOSSIER / (nom or FICHIERS[jeu]))


def lignes(nom):
    chemin = DOSSIER / nom
    ouvrir = gzip.open if nom.endswith(".gz") else open
    with ouvrir(chemin, "rt", encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


@pytest.mark.parametrize(
    ("jeu", "nom", "communes", "rejets", "anciens"),
    [
        ("comparateur", "", 34_870, 0, 113),
        ("filosofi", "", 34_784, 0, 107),
        ("filosofi", "officiels/FILO2019_DISP_COM.csv", 31_237, 0, 83),
        ("apl-medecins", "", 34_729, 0, 107),
        ("apl-kines", "", 34_729, 0, 107),
        ("bpe-sante", "", 34_875, 0, 140),
        ("tvs", "", 34_867, 0, 152),
        ("densite-medecins", "", 2_848, 0, 0),
    ],
)
def test_chaque_fichier_officiel_s_importe_en_entier(decoupage, jeu, nom, communes, rejets, anciens):
    i = importer(jeu, nom).importation
    assert (i.communes, i.rejetees, i.converties) == (communes, rejets, anciens)
    assert importer(jeu, nom).inchange


@pytest.fixture
def charge(decoupage):
    for jeu in FICHIERS:
        importer(jeu)
    return {c.pk for c in Commune.objects.filter(epci=LOUDEAC_COMMUNAUTE, active=True)}


# Communes du comparateur réunies depuis : Le Cambout et Coëtlogon à Plumieux, Saint-Launeuc à Merdrignac.
REUNIES = {"22027": "22241", "22043": "22241", "22309": "22147"}


def test_une_intercommunalite_refaite_a_la_main(charge):
    """Sans polars ni nos colonnes : le module csv et des additions."""
    calcule = diagnostic(charge)
    lues = {
        x["insee_com"]: x
        for x in lignes(FICHIERS["comparateur"])
        if REUNIES.get(x["insee_com"], x["insee_com"]) in charge and x["commune_type"] == "COM"
    }
    assert len(lues) == len(charge) + len(REUNIES)
    propres = sum(int(x["population_2021"]) for code, x in lues.items() if code not in REUNIES)
    assert calcule.lignes["population"].valeur.valeur == propres + 818  # les habitants des trois communes réunies
    habitants = sum(int(x["population_2021"]) for x in lues.values())
    assert calcule.lignes["population"].valeur.valeur == habitants
    superficie = sum(float(x["superficie_km2"]) for x in lues.values())
    assert calcule.lignes["densite"].valeur.valeur == pytest.approx(habitants / superficie)
    medecins = sum(
        int(x["NB_EQUIP"])
        for x in lignes(FICHIERS["bpe-sante"])
        if REUNIES.get(x["DEPCOM"], x["DEPCOM"]) in charge and x["TYPEQU"] == "D201"
    )
    assert calcule.lignes["medecins"].valeur.valeur == medecins
    assert calcule.lignes["medecins_pour_10_000"].valeur.valeur == pytest.approx(medecins / habitants * 10_000)
    apl = [
        (float(x["apl_mg2018"]), float(x["pop2016"]))
        for x in lignes(APL)
        if REUNIES.get(x["code"], x["code"]) in charge
    ]
    assert calcule.lignes["apl_medecins"].valeur.valeur == pytest.approx(
        sum(a * p for a, p in apl) / sum(p for _, p in apl)
    )
    assert calcule.lignes["population"].valeurs["epci"] == calcule.lignes["population"].valeur


def test_la_france_est_celle_du_fichier(charge):
    pays = diagnostic(["22136"]).lignes["population"].valeurs["france"]
    uniques = {
        x["insee_com"]: int(x["population_2021"])
        for x in lignes(FICHIERS["comparateur"])
        if x["commune_type"] in {"COM", "ARM"}
    }
    assert pays.valeur == sum(uniques.values())
