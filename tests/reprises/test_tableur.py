"""Lire un tableur sans rien en croire : encodages, séparateurs, pièges."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from esperluette.reprises.colonnes import COLONNES
from esperluette.reprises.tableur import (
    LIGNES_MAXIMALES,
    TAILLE_MAXIMALE,
    TableurRefuse,
    lire,
    modele_csv,
    modele_xlsx,
)
from tests.fabriques.reprises import en_csv, en_xlsx, ligne


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_les_encodages_et_les_separateurs_se_devinent(encodage, separateur):
    (lue,) = lire("equipes.csv", en_csv(ligne(), separateur=separateur, encodage=encodage))
    assert lue.cellules["equipe"] == "Équipe du Lié"
    assert lue.cellules["decision"] == "Décision ARS 2023-12"
    assert lue.numero == 2


def test_un_classeur_se_lit_dates_et_nombres_compris():
    (lue,) = lire("equipes.xlsx", en_xlsx(ligne(commune=22136, porteur_profession=10, depose_le="2023-03-01")))
    assert (lue.cellules["commune"], lue.cellules["porteur_profession"]) == ("22136", "10")
    assert lue.cellules["depose_le"] == "2023-03-01"
    assert lue.cellules["equipe"] == "Équipe du Lié"


def test_une_vraie_date_de_classeur_se_lit():
    classeur = openpyxl.load_workbook(io.BytesIO(en_xlsx(ligne())))
    rang = [c.nom for c in COLONNES].index("depose_le") + 1
    classeur.active.cell(2, rang).value = date(2023, 3, 1)
    sortie = io.BytesIO()
    classeur.save(sortie)
    assert lire("e.xlsx", sortie.getvalue())[0].cellules["depose_le"] == "2023-03-01"


def test_les_lignes_vides_se_sautent_et_les_numeros_restent_ceux_du_fichier():
    octets = en_csv(ligne(), {"cle": ""}, ligne(cle="22-002"))
    assert [lue.numero for lue in lire("e.csv", octets)] == [2, 4]


def test_les_modeles_vides_se_relisent():
    assert lire("modele.csv", modele_csv()) == []
    assert lire("modele.xlsx", modele_xlsx()) == []
    classeur = openpyxl.load_workbook(io.BytesIO(modele_xlsx()))
    assert [c.value for c in classeur["Équipes"][1]] == [c.nom for c in COLONNES]
    aide = [rangee[0].value for rangee in classeur["Mode d’emploi"].iter_rows(min_row=2)]
    assert aide == [c.nom for c in COLONNES]


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "est vide"),
        (b"   \n", "est vide"),
        (b"%PDF-1.7\0\0", "ni un CSV"),
        (b"x" * (TAILLE_MAXIMALE + 1), "dépasse"),
        (b"nom;age\na;b", "colonne inconnue « nom »"),
        (b"cle;equipe", "colonnes obligatoires"),
        (b"cle;cle", "en double"),
        (en_csv(ligne()).replace(b"22-001", b"22-001;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;trop"), "plus de cellules"),
        (en_csv(ligne(equipe="x" * 20_001)), "démesurée"),
        (en_csv(ligne()) + b'"' + b"x" * 140_000, "guillemet"),
        (en_xlsx(ligne(equipe="=1+1")), "formule"),
        (en_xlsx(ligne(equipe='=HYPERLINK("http://mal.example")')), "formule"),
        (b"PK\x03\x04abime", "abîmé"),
    ],
)
def test_un_fichier_piege_se_refuse_avec_une_phrase(octets, phrase):
    nom = "e.xlsx" if octets.startswith(b"PK") else "e.csv"
    with pytest.raises(TableurRefuse, match=phrase):
        lire(nom, octets)


def zippe(**membres: bytes) -> bytes:
    sortie = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(en_xlsx(ligne()))) as origine,
        zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for membre in origine.infolist():
            archive.writestr(membre.filename, origine.read(membre))
        for nom, contenu in membres.items():
            archive.writestr(nom.replace("__", "/"), contenu)
    return sortie.getvalue()


def test_une_bombe_se_refuse_sans_s_ouvrir():
    with pytest.raises(TableurRefuse, match="démesuré"):
        lire("e.xlsx", zippe(xl__bombe=b"\0" * (120 * 1024 * 1024)))


def test_un_classeur_a_entites_ou_a_macros_se_refuse():
    entites = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(TableurRefuse, match="déclaration"):
        lire("e.xlsx", zippe(**{"xl__autre.xml": entites}))
    with pytest.raises(TableurRefuse, match="macros"):
        lire("e.xlsx", zippe(**{"xl__vbaProject.bin": b"x"}))


def test_un_document_qui_n_est_pas_un_classeur_se_refuse():
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        archive.writestr("lisez-moi.txt", "bonjour")
    with pytest.raises(TableurRefuse, match="archive"):
        lire("e.xlsx", sortie.getvalue())


def test_trop_de_lignes_se_refusent():
    entete, corps = en_csv(ligne()).split(b"\r\n", 1)
    with pytest.raises(TableurRefuse, match="coupez le fichier"):
        lire("e.csv", entete + b"\r\n" + corps * (LIGNES_MAXIMALES + 1))
