"""Importer un jeu : tout ou rien, rejouable, dit ; rien ne change quand quelque chose ne va pas."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from esperluette.journal.lectures import evenements_de
from esperluette.territoires import imports
from esperluette.territoires.imports import ImportImpossible, importer_jeu
from esperluette.territoires.jeux import JeuInconnu
from esperluette.territoires.models import Decoupage, JeuImporte, Zonage
from esperluette.territoires.octets import FichierRefuse
from tests.fabriques.zonages import decoupage_note, zoner

pytestmark = pytest.mark.django_db

DONNEES = Path(__file__).parent / "donnees"
LOUDEAC, RENNES, BREST = "22136", "35238", "29019"


@pytest.fixture(autouse=True)
def _base(bretagne):
    decoupage_note()


@pytest.fixture
def fichier(tmp_path):
    def ecrire(*lignes, entete="code;Nom_commune;Zonage", nom="zonage.csv"):
        chemin = tmp_path / nom
        chemin.write_text("\n".join([entete, *lignes]) + "\n", encoding="utf-8")
        return chemin

    return ecrire


def importer(chemin, jeu="zonage-medecins", **options):
    return importer_jeu(jeu, acteur=None, fichier=chemin, **options)


def en_base(jeu="zonage-medecins"):
    return dict(Zonage.objects.filter(importation__jeu=jeu).values_list("commune_id", "classe"))


def test_un_import_pose_les_classes_et_sa_provenance(fichier):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP", f"{RENNES};Rennes;3_HZ", "99999;Nulle part;1_ZIP")
    bilan = importer(chemin)
    i = JeuImporte.objects.get()
    assert en_base() == {LOUDEAC: "zip", RENNES: "hors_zone"}
    assert bilan.importation == i
    assert (i.jeu, i.millesime, i.licence, i.fichier) == (
        "zonage-medecins", "2025", "Licence Ouverte 2.0", "zonage.csv",
    )  # fmt: skip
    assert i.empreinte == hashlib.sha256(chemin.read_bytes()).hexdigest()
    assert (i.lignes, i.communes, i.rejetees, i.doublons, i.converties) == (3, 2, 1, 0, 0)
    assert (i.courant, i.demonstration, i.adresse, i.encodage) == (True, False, "", "UTF-8")
    assert [r.ligne for r in bilan.rejets] == [4]


def test_le_meme_fichier_relance_ne_fait_rien(fichier, django_assert_num_queries):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP")
    premier = importer(chemin)
    with django_assert_num_queries(2):
        second = importer(chemin)
    assert second.inchange
    assert second.importation == premier.importation
    assert JeuImporte.objects.count() == 1


def test_le_meme_fichier_se_relit_de_force_ou_si_le_millesime_ou_le_decoupage_changent(fichier):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP")
    importer(chemin)
    assert not importer(chemin, forcer=True).inchange
    assert not importer(chemin, millesime="2026").inchange
    assert importer(chemin, millesime="2026").inchange
    assert importer(chemin).inchange
    decoupage_note(empreinte="un-autre-decoupage")
    assert not importer(chemin).inchange
    assert JeuImporte.objects.filter(courant=True).count() == 1


def test_un_nouveau_fichier_remplace_le_precedent_qui_reste_note(fichier):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP", f"{RENNES};Rennes;3_HZ"))
    importer(fichier(f"{LOUDEAC};Loudéac;2_ZAC"), millesime="2026")
    assert en_base() == {LOUDEAC: "zac"}
    assert list(JeuImporte.objects.order_by("pk").values_list("millesime", "courant")) == [
        ("2025", False),
        ("2026", True),
    ]


def test_un_jeu_n_en_efface_pas_un_autre(fichier):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    importer(fichier(f"{LOUDEAC};FRR socle", entete="Code_insee;Classement FRR"), "frr")
    assert (en_base(), en_base("frr")) == ({LOUDEAC: "zip"}, {LOUDEAC: "frr"})


def test_un_fichier_ou_presque_tout_est_rejete_ne_change_rien(fichier):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    autre = fichier(f"{LOUDEAC};Loudéac;2_ZAC", "99998;X;1_ZIP", "99999;Y;1_ZIP")
    with pytest.raises(ImportImpossible, match=r"2 lignes rejetées sur 3.*ligne 3 : le code 99998"):
        importer(autre)
    assert en_base() == {LOUDEAC: "zip"}
    assert JeuImporte.objects.count() == 1


def test_une_panne_en_cours_d_ecriture_ne_change_rien(fichier, monkeypatch):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    monkeypatch.setattr(imports, "LOT", 1)
    deja = []

    class Coupure(imports.Avancement):
        def avance(self, fait):
            deja.append(Zonage.objects.filter(commune=BREST).exists())
            if len(deja) == 2:
                raise KeyboardInterrupt

    suivant = fichier(f"{BREST};Brest;2_ZAC", f"{LOUDEAC};Loudéac;2_ZAC", f"{RENNES};Rennes;3_HZ")
    with pytest.raises(KeyboardInterrupt):
        importer(suivant, avancement=Coupure())
    assert deja == [False, True]  # l'écriture avait bien commencé
    assert en_base() == {LOUDEAC: "zip"}
    assert JeuImporte.objects.get().courant


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"", "vide"),
        (b"PK\x03\x04reste", "classeur"),
        (b"\x00\x01\x02", "binaire"),
        (b"code;Nom\n22136;x\n", "il manque des colonnes"),
        (b"\x81\x8d\x8f", "ni UTF-8"),
    ],
)
def test_un_fichier_refuse_ne_change_rien(tmp_path, fichier, octets, cause):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    chemin = tmp_path / "faux.csv"
    chemin.write_bytes(octets)
    with pytest.raises(FichierRefuse, match=cause):
        importer(chemin)
    assert en_base() == {LOUDEAC: "zip"}


def test_un_jeu_inconnu_et_une_base_sans_decoupage_se_disent(fichier):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP")
    with pytest.raises(JeuInconnu):
        importer(chemin, "zrr")
    Decoupage.objects.all().delete()
    with pytest.raises(ImportImpossible, match="esperluette territoires charger"):
        importer(chemin)


def test_la_base_refuse_deux_imports_en_vigueur_du_meme_jeu():
    zoner("frr", {LOUDEAC: "frr"})
    with pytest.raises(IntegrityError), transaction.atomic():
        JeuImporte.objects.create(jeu="frr", millesime="2030", empreinte="x", courant=True)


def test_l_import_est_consigne(fichier):
    importation = importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP")).importation
    acte = evenements_de(importation).get()
    assert acte.sorte == "jeu_importe"
    assert acte.donnees["empreinte"] == importation.empreinte
    assert acte.donnees["communes"] == 1


# --- La commande --------------------------------------------------------------------------------------------------


def test_la_commande_dit_ce_qu_elle_a_fait_puis_qu_il_n_y_a_rien_a_faire(fichier, capsys):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP", "99999;X;1_ZIP", f"{RENNES};Rennes;3_HZ")
    call_command("donnees", "importer", "zonage-medecins", fichier=chemin)
    sortie = capsys.readouterr()
    assert "zonage-medecins 2025 importé : 3 lignes lues en UTF-8, 2 communes renseignées" in sortie.out
    assert "ligne 3 : le code 99999 n'est, ni n'a été, celui d'une commune (99999 | 1_ZIP)" in sortie.out
    assert sortie.err == ""  # pas de barre d'avancement hors d'un terminal
    call_command("donnees", "importer", "zonage-medecins", fichier=chemin)
    assert "déjà en base (2 communes). Rien à faire." in capsys.readouterr().out


def test_les_rejets_sont_bornes_a_l_ecran_et_entiers_dans_le_fichier(fichier, capsys, tmp_path):
    lignes = [f"{code};B;2_ZAC" for code in ("22136", "22219", "22266", "22278", "29019", "35115", "35188")]
    lignes += [f"{code};B;2_ZAC" for code in ("35211", "35236", "35238", "35288", "35297", "56001", "56260")]
    chemin = fichier(*lignes, *(f"999{n:02};X;1_ZIP" for n in range(13)))
    rejets = tmp_path / "rejets.csv"
    call_command("donnees", "importer", "zonage-medecins", fichier=chemin, rejets=rejets)
    sortie = capsys.readouterr().out
    assert sortie.count("  ligne ") == 10
    assert f"… et 3 autres ; toutes dans {rejets}." in sortie
    with rejets.open(encoding="utf-8-sig", newline="") as flux:
        lues = list(csv.DictReader(flux, delimiter=";"))
    assert len(lues) == 13
    assert lues[0]["ligne"] == "16"


def test_json_rend_le_bilan_entier(fichier, capsys):
    chemin = fichier(f"{LOUDEAC};Loudéac;1_ZIP", f"{LOUDEAC};Loudéac;1_ZIP", "99999;X;1_ZIP")
    call_command("donnees", "importer", "zonage-medecins", fichier=chemin, json=True)
    dit = json.loads(capsys.readouterr().out)
    assert set(dit) == {
        "jeu", "millesime", "inchange", "fichier", "empreinte", "lignes", "communes", "doublons", "converties",
        "rejetees", "rejets",
    }  # fmt: skip
    assert (dit["lignes"], dit["communes"], dit["doublons"], dit["rejetees"]) == (3, 1, 1, 1)
    assert dit["rejets"] == [
        {"ligne": 4, "cause": "le code 99999 n'est, ni n'a été, celui d'une commune", "contenu": "99999 | 1_ZIP"}
    ]


@pytest.mark.parametrize(
    ("jeu", "nom", "cause"),
    [
        ("zrr", "zonage.csv", "Jeu inconnu"),
        ("zonage-medecins", "absent.csv", "n'existe pas"),
        ("frr", "zonage.csv", "il manque des colonnes"),
        ("zonage-medecins", "", "Il n'y a pas d'adresse nationale"),
    ],
)
def test_une_entree_fausse_rend_le_code_2(fichier, tmp_path, jeu, nom, cause):
    fichier(f"{LOUDEAC};Loudéac;1_ZIP")
    with pytest.raises(CommandError, match=cause) as erreur:
        call_command("donnees", "importer", jeu, fichier=tmp_path / nom if nom else None)
    assert erreur.value.returncode == 2
    assert not JeuImporte.objects.exists()


def test_un_fichier_de_rejets_impossible_a_ecrire_se_dit(fichier, tmp_path):
    with pytest.raises(CommandError, match="impossible d'écrire") as erreur:
        call_command(
            "donnees", "importer", "zonage-medecins",
            fichier=fichier(f"{LOUDEAC};Loudéac;1_ZIP"), rejets=tmp_path / "absent" / "rejets.csv",
        )  # fmt: skip
    assert erreur.value.returncode == 2


def test_etat_distingue_charge_demonstration_et_non_charge(fichier, capsys):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    zoner("frr", {LOUDEAC: "frr"}, demonstration=True)
    call_command("donnees", "etat")
    sortie = capsys.readouterr().out
    assert "zonage-medecins : 2025, 1 communes, fichier zonage.csv" in sortie
    assert "frr : 2025-07, 1 communes, tableau de démonstration" in sortie
    assert "qpv : non chargé. esperluette donnees importer qpv" in sortie
    call_command("donnees", "etat", json=True)
    etats = {e["jeu"]: e for e in json.loads(capsys.readouterr().out)}
    assert [e for e, etat in etats.items() if etat["charge"]] == ["frr", "zonage-medecins"]
    assert {"densite", "qpv"} < etats.keys()
    assert etats["frr"]["demonstration"] is True
    assert etats["zonage-medecins"]["licence"] == "Licence Ouverte 2.0"


def test_etat_dit_de_reimporter_quand_le_decoupage_a_change(fichier, capsys):
    importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    call_command("donnees", "etat")
    assert "réimportez" not in capsys.readouterr().out
    decoupage_note(empreinte="un-autre-decoupage")
    call_command("donnees", "etat")
    assert "Le découpage a changé depuis : réimportez ce jeu." in capsys.readouterr().out
    call_command("donnees", "etat", json=True)
    assert json.loads(capsys.readouterr().out)[-1]["perime"] is True


def test_un_import_concurrent_se_dit_et_ne_change_rien(fichier, monkeypatch):
    def double(*args, **options):
        zoner("zonage-medecins", {RENNES: "hors_zone"})
        JeuImporte.objects.create(jeu="zonage-medecins", millesime="2025", empreinte="x", courant=True)

    monkeypatch.setattr(imports, "consigner", double)
    with pytest.raises(ImportImpossible, match="Relancez-le"):
        importer(fichier(f"{LOUDEAC};Loudéac;1_ZIP"))
    assert not JeuImporte.objects.exists()


# --- Des fichiers du format officiel, fabriqués pour l'essai, sales comme les vrais -------------------------------


@pytest.mark.parametrize(
    ("jeu", "nom", "attendu", "rejets", "doublons"),
    [
        ("zonage-medecins", "zonage-medecins.csv.gz", {"22136": "zip", "35238": "hors_zone", "29019": "zac"}, 1, 0),
        ("zonage-medecins", "zonage-medecins-brut.csv", {"22136": "zip", "35238": "hors_zone"}, 1, 2),
        ("qpv", "qpv.csv", {"35238": "qpv", "29019": "qpv"}, 0, 0),
        ("qpv", "qpv.geojson", {"35238": "qpv", "29019": "qpv"}, 0, 0),
        ("frr", "frr.csv", {"22136": "frr", "22219": "frr_plus", "35238": "non_classee", "22266": "partielle"}, 0, 0),
        ("densite", "densite.csv", {"22136": "petites_villes", "35238": "grands_centres"}, 0, 0),
    ],
)
def test_un_fichier_du_format_officiel_s_importe(jeu, nom, attendu, rejets, doublons):
    bilan = importer(DONNEES / nom, jeu)
    assert en_base(jeu) == attendu
    assert (len(bilan.rejets), bilan.importation.doublons) == (rejets, doublons)


def test_les_quartiers_d_une_commune_gardent_leurs_noms_dans_les_deux_formats():
    for nom in ("qpv.csv", "qpv.geojson"):
        importer(DONNEES / nom, "qpv")
        assert Zonage.objects.get(commune=RENNES).precisions == ["Villejean", "Maurepas"]


def test_jeux_dit_ou_prendre_chacun(capsys):
    call_command("donnees", "jeux")
    sortie = capsys.readouterr().out
    assert "https://www.data.gouv.fr/api/1/datasets/r/4c6bb7f3-97b6-4834-8a3a-f5f8b3e6735b" in sortie
    assert "colonnes : code, Zonage ; ou Code_postal, Nom_commune, Zonage" in sortie
    call_command("donnees", "jeux", json=True)
    decrits = {j["id"]: j for j in json.loads(capsys.readouterr().out)}
    assert {"densite", "frr", "qpv", "zonage-medecins"} < decrits.keys()
    assert all(j["adresse"] or j["ou_le_prendre"] for j in decrits.values())
