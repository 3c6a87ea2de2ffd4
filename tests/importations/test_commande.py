"""`esperluette importer-trame` : ce qu'un fichier répond, sans base ; code 2 et une phrase pour un fichier refusé."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.importations.contenus import fiche_paca
from tests.importations.fabrique import Facon, composer


@pytest.fixture
def trame(tmp_path):
    def ecrire(facon=None):
        facon = facon or Facon("commande")
        octets, _ = composer(facon)
        fichier = tmp_path / f"projet.{facon.format}"
        fichier.write_bytes(octets)
        return fichier

    return ecrire


def importer(fichier, *options, demarche="projet-de-sante"):
    sortie = StringIO()
    call_command("importer-trame", str(fichier), "--demarche", demarche, *options, stdout=sortie)
    return sortie.getvalue()


@pytest.mark.parametrize("format", ["docx", "odt"])
def test_les_rubriques_et_leur_texte_en_json(trame, format):
    rendu = json.loads(importer(trame(Facon("commande", format=format)), "--region", "bretagne", "--json"))
    assert list(rendu) == [
        "trame", "rubriques", "a_ranger", "membres", "fichier", "format", "region", "edition", "demarche",
    ]  # fmt: skip
    assert (rendu["region"], rendu["edition"], rendu["format"]) == ("bretagne", "2024-10", format)
    patientele = next(r for r in rendu["rubriques"] if r["id"] == "patientele")
    assert patientele["reconnue"]
    assert patientele["titre_lu"] == "1.2 La patientèle"
    assert patientele["raison"] == "titre identique"
    assert "2 300 patients" in patientele["texte"]
    [champ] = patientele["champs"]
    assert (champ["champ"], champ["certitude"], champ["confiance"]) == ("patientele_description", "sure", 1.0)
    territoire = next(r for r in rendu["rubriques"] if r["id"] == "territoire")
    communes = next(c for c in territoire["champs"] if c["champ"] == "territoire_communes")
    assert communes["valeur"] == ["Plouha", "Lanvollon", "Pludual"]
    assert [m["nom"] for m in rendu["membres"]] == ["LE BIHAN", "CADIOU", "TANGUY", "RIOU"]
    assert [m["code_profession"] for m in rendu["membres"]] == ["10", "60", "70", "21"]


def test_la_region_se_devine_quand_une_seule_a_la_demarche(trame):
    fichier = trame(Facon("commande", contenu=fiche_paca))
    rendu = json.loads(importer(fichier, "--json", demarche="lettre-intention"))
    assert rendu["region"] == "provence-alpes-cote-d-azur"


def test_sans_json_cela_se_lit(trame):
    rendu = importer(trame(), "--region", "bretagne")
    assert "1.2. La patientèle — titre identique" in rendu
    assert "patientele_description (100%" in rendu
    assert "Membre : Anne LE BIHAN" in rendu


@pytest.mark.parametrize(
    ("options", "demarche", "phrase"),
    [
        ((), "projet-de-sante", "précisez --region"),
        (("--region", "bretagn"), "projet-de-sante", "Aucune édition en vigueur"),
        (("--region", "bretagne"), "projet", "Aucune démarche « projet »"),
    ],
)
def test_une_entree_fausse_se_dit(trame, options, demarche, phrase):
    with pytest.raises(CommandError, match=phrase) as refus:
        importer(trame(), *options, demarche=demarche)
    assert refus.value.returncode == 2


@pytest.mark.parametrize(
    ("octets", "nom", "phrase"),
    [(b"PK\x03\x04", "x.docx", "abîmé"), (b"bonjour", "x.txt", "(?i)seule une trame"), (b"", "x.docx", "vide")],
)
def test_un_fichier_refuse_rend_deux(tmp_path, octets, nom, phrase):
    fichier = tmp_path / nom
    fichier.write_bytes(octets)
    with pytest.raises(CommandError, match=phrase) as refus:
        importer(fichier, "--region", "bretagne")
    assert refus.value.returncode == 2


def test_un_fichier_absent_ou_un_dossier_se_dit(tmp_path):
    for chemin in (tmp_path / "absent.docx", tmp_path):
        with pytest.raises(CommandError, match="ne se lit pas") as refus:
            importer(chemin, "--region", "bretagne")
        assert refus.value.returncode == 2
