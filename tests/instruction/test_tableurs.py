"""Les exports de la liste : les mêmes dossiers, les mêmes colonnes, aucune formule."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.instruction.filtres import choisir_les_colonnes
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique, connecter
from tests.fabriques.equipes import EquipeFabrique, commune
from tests.fabriques.instruction import agent, recu

pytestmark = pytest.mark.django_db
ESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
TOUTES = ["equipe", "demarche", "territoire", "etat", "main", "echeance", "agent", "depot", "mouvement"]


def adresse(sorte, requete=""):
    return reverse("instruction:exporter", args=[sorte]) + requete


def lire_csv(reponse):
    texte = reponse.getvalue().decode("utf-8")
    assert texte.startswith("\ufeff")
    return list(csv.reader(io.StringIO(texte[1:]), delimiter=";"))


def lire_xlsx(reponse):
    """Les lignes de la feuille : un texte, ou un nombre (les dates d'un classeur en sont)."""
    archive = zipfile.ZipFile(io.BytesIO(reponse.getvalue()))
    assert archive.testzip() is None
    feuille = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    assert feuille.findall(".//m:f", ESPACE) == []
    lignes = []
    for ligne in feuille.iterfind(".//m:row", ESPACE):
        cellules = {}
        for cellule in ligne.iterfind("m:c", ESPACE):
            brut = "".join(cellule.itertext())
            cellules[cellule.get("r").rstrip("0123456789")] = brut if cellule.get("t") else float(brut)
        lignes.append(cellules)
    return lignes


def jour_d_excel(nombre):
    return (datetime(1899, 12, 30) + timedelta(days=nombre)).date()  # noqa: DTZ001


def test_le_csv_dit_ce_que_dit_l_ecran(client):
    anne = agent("Anne")
    dossier = recu(
        EquipeFabrique(nom="Équipe ; du « Lié »\nbis"), affecte_a=anne, echeance=date(2027, 1, 2),
        echeance_nature=NatureEcheance.SEANCE,
    )  # fmt: skip
    choisir_les_colonnes(anne, TOUTES)
    entete, ligne = lire_csv(connecter(client, anne).get(adresse("csv")))
    assert entete == [
        "Référence", "Équipe", "Démarche", "Territoire", "État", "Qui a la main", "Échéance", "Agent", "Déposé le",
        "Dernier mouvement",
    ]  # fmt: skip
    jour = date.today().isoformat()  # noqa: DTZ011
    assert ligne[:8] == [
        dossier.reference, "Équipe ; du « Lié »\nbis", "Projet de santé",
        "Loudéac (22) – CC Loudéac Communauté - Bretagne Centre", "À prendre en instruction", "L’ARS", "2027-01-02",
        "Agent Anne",
    ]  # fmt: skip
    assert ligne[8:] == [jour, jour]


def test_le_classeur_porte_de_vraies_dates_et_aucune_formule(client):
    anne = agent("Anne")
    recu(EquipeFabrique(nom='=HYPERLINK("http://x")'), echeance=date(2027, 1, 2))
    reponse = connecter(client, anne).get(adresse("xlsx"))
    assert "spreadsheetml" in reponse.headers["Content-Type"]
    assert reponse.headers["Content-Disposition"].startswith("attachment; filename=")
    entete, ligne = lire_xlsx(reponse)
    assert entete["A"] == "Référence"
    assert ligne["B"] == '=HYPERLINK("http://x")'
    assert jour_d_excel(ligne["G"]) == date(2027, 1, 2)


@pytest.mark.parametrize("nom", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_le_csv_ne_porte_jamais_de_formule(client, nom):
    anne = agent("Anne")
    recu(EquipeFabrique(nom=nom))
    assert lire_csv(connecter(client, anne).get(adresse("csv")))[1][1] == f"'{nom}"


@pytest.mark.parametrize(("sorte", "lire"), [("csv", lire_csv), ("xlsx", lire_xlsx)])
def test_l_export_suit_les_filtres_le_tri_et_le_perimetre(client, sorte, lire):
    anne = agent("Anne")
    z, a = recu(EquipeFabrique(nom="Zoé")), recu(EquipeFabrique(nom="Anne"))
    recu(EquipeFabrique(nom="Milieu"), etat=Etat.ACCEPTE)
    recu(code="35238")
    lignes = lire(connecter(client, anne).get(adresse(sorte, "?etat=depose&tri=-equipe")))[1:]
    lues = [ligne[0] if isinstance(ligne, list) else ligne["A"] for ligne in lignes]
    assert lues == [z.reference, a.reference]


@pytest.mark.parametrize("sorte", ["csv", "xlsx"])
def test_un_export_vide_n_a_que_son_entete(client, sorte):
    reponse = connecter(client, agent("Anne")).get(adresse(sorte))
    lignes = lire_csv(reponse) if sorte == "csv" else lire_xlsx(reponse)
    assert len(lignes) == 1


@pytest.mark.parametrize("sorte", ["ods", "exe", "csv.exe", "%00"])
def test_un_autre_format_est_introuvable(client, sorte):
    assert connecter(client, agent("Anne")).get(f"/instruction/export.{sorte}").status_code == 404


@pytest.mark.parametrize("sorte", ["csv", "xlsx"])
def test_qui_n_est_pas_agent_n_exporte_rien(client, sorte):
    recu()
    secretaire = FonctionFabrique(secretariat=True, region=commune().region).compte
    for compte in (secretaire, CompteFabrique()):
        assert connecter(client, compte).get(adresse(sorte)).status_code == 403


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize("sorte", ["csv", "xlsx"])
def test_l_export_coute_autant_pour_un_et_trois(client, nombre, sorte, django_assert_num_queries):
    anne = agent("Anne")
    for _ in range(nombre):
        recu(affecte_a=anne)
    connecter(client, anne)
    with django_assert_num_queries(6):
        client.get(adresse(sorte)).getvalue()
