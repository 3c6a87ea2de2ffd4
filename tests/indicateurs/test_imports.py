"""Importer des chiffres officiels : ce qui est réparé, converti, rejeté, refusé ; tout ou rien."""

import gzip
import json
import threading
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esperluette.commun.erreurs import ErreurMetier
from esperluette.indicateurs import lectures
from esperluette.indicateurs.imports import correspondance
from esperluette.indicateurs.jeux import JeuDeChiffres, jeux
from esperluette.indicateurs.jeux import lire as lire_le_jeu
from esperluette.indicateurs.models import Tableau
from esperluette.indicateurs.tableaux import TU
from esperluette.journal.models import Evenement
from esperluette.territoires.imports import ImportImpossible
from esperluette.territoires.jeux import JeuInvalide
from esperluette.territoires.models import AncienneCommune, Decoupage, JeuImporte
from esperluette.territoires.octets import FichierRefuse
from tests.indicateurs import fichiers
from tests.indicateurs.outils import de, importer, tableau

pytestmark = pytest.mark.django_db


# --- Ce qui se lit ---------------------------------------------------------------------------------------


def test_un_fichier_officiel_s_importe_et_se_note(territoire, tmp_path):
    bilan = importer(tmp_path, "comparateur", fichiers.comparateur())
    i = bilan.importation
    assert (i.communes, i.lignes, i.rejetees, i.courant) == (3, 3, 0, True)
    assert i.producteur == "Insee"
    assert de("comparateur", "22136")["population"] == 9600
    assert Evenement.objects.get(sorte="jeu_importe").donnees["jeu"] == "comparateur"


def test_rejoue_le_meme_fichier_ne_change_rien(territoire, tmp_path):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    assert importer(tmp_path, "comparateur", fichiers.comparateur()).inchange
    assert JeuImporte.objects.count() == 1
    assert not importer(tmp_path, "comparateur", fichiers.comparateur(), forcer=True).inchange
    assert (JeuImporte.objects.filter(courant=True).count(), Tableau.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "sale",
    [
        lambda o: b"\xef\xbb\xbf" + o,
        lambda o: o.replace(b"\n", b"\r\n"),
        lambda o: gzip.compress(o),
        lambda o: fichiers.zip_de(meta_comparateur__csv=b"COD_VAR;LIB_VAR\n", comparateur__CSV=o),
        lambda o: o.decode().encode("utf-16"),
        lambda o: o.decode().encode("cp1252"),
        lambda o: o.replace(b",", b";"),
        lambda o: o.replace(b",", b"\t"),
        lambda o: o.replace(b",9600,", b',"9 600",').replace(b",80,", b',"80,0",'),
        lambda o: o.replace(b"22136,", b'"=""22136""",'),
        lambda o: o + o.splitlines(keepends=True)[1],
        lambda o: o.replace(b"insee_com,commune,", b"commune,insee_com,")
        .replace(b"22136,Loud\xc3\xa9ac", b"Loud\xc3\xa9ac,22136")
        .replace(b"22219,Plouguenast-Langast", b"Plouguenast-Langast,22219")
        .replace(b"22278,Saint-Brieuc", b"Saint-Brieuc,22278"),
    ],
    ids=["bom", "crlf", "gzip", "zip", "utf16", "cp1252", "point-virgule", "tabulation", "virgule", "tableur",
         "repetee", "colonnes-deplacees"],
)  # fmt: skip
def test_un_fichier_sale_se_lit_comme_le_propre(territoire, tmp_path, sale):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    propre = tableau("comparateur")
    importer(tmp_path, "comparateur", sale(fichiers.comparateur()), forcer=True)
    assert tableau("comparateur").equals(propre)


def test_un_classeur_se_lit(territoire, tmp_path):
    octets = fichiers.classeur(
        [
            "Code commune",
            "Libellé de la commune",
            "Code du territoire de vie-santé",
            "Libellé du territoire de vie-santé",
        ],
        ["22136", "Loudéac", "22136", "Loudéac"],
        ["22219", "Plouguenast-Langast", "22136", "Loudéac"],
    )
    assert importer(tmp_path, "tvs", octets, "tvs.xlsx").importation.communes == 2
    assert de("tvs", "22219")["tvs_nom"] == "Loudéac"


def test_le_millesime_est_celui_des_intitules(territoire, tmp_path):
    lignes = ["22136,Loudéac,9000,20000,14.0,"]
    assert importer(tmp_path, "filosofi", fichiers.filosofi(*lignes)).importation.millesime == "2016"
    assert importer(tmp_path, "filosofi", fichiers.filosofi(*lignes, annee=21)).importation.millesime == "2021"
    assert (
        importer(tmp_path, "filosofi", fichiers.filosofi(*lignes), millesime="2016 corrigé").importation.millesime
        == "2016 corrigé"
    )


def test_un_millesime_trop_long_est_refuse_avant_de_rien_changer(territoire, tmp_path):
    with pytest.raises(ImportImpossible, match="20 signes"):
        importer(tmp_path, "comparateur", fichiers.comparateur(), millesime="l'an deux mille vingt-et-un")
    assert not JeuImporte.objects.exists()


# --- Zéro, manque, secret --------------------------------------------------------------------------------


def test_une_case_vide_de_filosofi_est_un_secret_et_jamais_un_zero(territoire, tmp_path):
    importer(tmp_path, "filosofi", fichiers.filosofi("22136,Loudéac,9000,20000,,", "22219,P,2400,s,12.5,"))
    loudeac, plouguenast = de("filosofi", "22136"), de("filosofi", "22219")
    assert (loudeac["pauvrete"], loudeac[f"{TU}pauvrete"]) == (None, True)
    assert (loudeac["niveau_de_vie"], loudeac[f"{TU}niveau_de_vie"]) == (20000, False)
    assert (plouguenast["niveau_de_vie"], plouguenast[f"{TU}niveau_de_vie"]) == (None, True)


def test_une_case_vide_ailleurs_est_un_manque(territoire, tmp_path):
    octets = fichiers.apl("22136,Loudéac,2.8,9100,2.9,9000,100,9,", "22219,P,2.5,NA,2.6,NA,100,9,50")
    importer(tmp_path, "apl-kines", octets)
    assert de("apl-kines", "22136")["apl_kines"] is None
    assert de("apl-kines", "22219")["population_apl_kines"] is None
    assert [c for c in tableau("apl-kines").columns if c.startswith(TU)] == []


def test_une_commune_sans_equipement_en_a_zero(territoire, tmp_path):
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,9", "22136,A101,1", "22219,D232,5", "22219,D232,2"))
    assert de("bpe-sante", "22136")["medecins"] == 9
    assert de("bpe-sante", "22219")["infirmiers"] == 7
    assert de("bpe-sante", "22278")["medecins"] == 0
    # Ce fichier ne nomme aucune commune d'Ille-et-Vilaine : il ne la couvre pas, et n'y dit pas zéro.
    assert "35238" not in set(tableau("bpe-sante")["commune"])


# --- Anciens codes, arrondissements ----------------------------------------------------------------------


@pytest.fixture
def langast(territoire):
    return AncienneCommune.objects.create(code="22103", nom="Langast", commune=territoire.plouguenast)


def test_deux_anciennes_communes_se_reunissent_chacune_a_sa_facon(langast, tmp_path):
    octets = fichiers.apl("22219,P,2.0,3000,2.1,2900,100,9,50", "22103,L,5.0,1000,5.1,900,100,9,")
    importer(tmp_path, "apl-medecins", octets)
    reunie = de("apl-medecins", "22219")
    assert reunie["apl_medecins"] == pytest.approx((2.0 * 3000 + 5.0 * 1000) / 4000)
    assert reunie["population_apl_medecins"] == 4000
    assert JeuImporte.objects.get(courant=True).converties == 1
    importer(tmp_path, "apl-kines", octets)
    assert de("apl-kines", "22219")["apl_kines"] is None  # il manque un terme : on ne devine pas


def test_l_ordre_des_lignes_ne_change_pas_un_chiffre_au_dernier_decimal(territoire, tmp_path):
    for code in ("22103", "22104", "22105"):
        AncienneCommune.objects.create(code=code, nom=code, commune=territoire.plouguenast)
    superficies = {"22219": "0.1", "22103": "0.2", "22104": "0.3", "22105": "1e16"}
    lignes = [f"{code},X,22150,COM,{km2},10,10,10,1,1" for code, km2 in superficies.items()]
    lues = set()
    for n in range(len(lignes)):
        importer(tmp_path, "comparateur", fichiers.comparateur(*lignes[n:], *lignes[:n]), forcer=True)
        lues.add(de("comparateur", "22219")["superficie"])
    assert len(lues) == 1


def test_une_mediane_ne_se_reunit_pas(langast, tmp_path):
    importer(tmp_path, "filosofi", fichiers.filosofi("22219,P,3000,20000,10,", "22103,L,1000,24000,20,"))
    reunie = de("filosofi", "22219")
    assert reunie["niveau_de_vie"] is None
    assert reunie["pauvrete"] == pytest.approx(12.5)


# --- Ce qui est rejeté, ce qui est refusé ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ligne", "cause"),
    [
        ("99999,Nulle part,0,COM,1,1,1,1,1,1", "n'a été, celui d'une commune"),
        (",Sans code,0,COM,1,1,1,1,1,1", "code absent"),
        ("22278,Saint-Brieuc,0,COM,vingt,1,1,1,1,1", "n'est pas un nombre"),
        ("22278,Saint-Brieuc,0,COM,inf,1,1,1,1,1", "n'est pas un nombre"),
        ("22136,Loudéac,0,COM,80,1,9700,4500,100,140", "se contredisent"),
        ("22278\x01,x", None),
    ],
)
def test_une_ligne_fausse_est_rejetee_et_dite(territoire, tmp_path, ligne, cause):
    octets = fichiers.comparateur(fichiers.LOUDEAC, fichiers.PLOUGUENAST, fichiers.SAINT_BRIEUC, ligne)
    if cause is None:
        with pytest.raises(FichierRefuse, match="binaire"):
            importer(tmp_path, "comparateur", octets)
        return
    rejets = importer(tmp_path, "comparateur", octets).rejets
    assert cause in rejets[-1].cause
    assert rejets[-1].ligne == 5
    assert tableau("comparateur")["population"].is_finite().all()


def lzma_abime(octets):
    """Une archive LZMA au flux faux : il suit quarante-cinq octets d'en-tête et neuf de réglages."""
    archive = bytearray(fichiers.zip_de(zipfile.ZIP_LZMA, comparateur__csv=octets))
    archive[54:70] = b"\xff" * 16
    return bytes(archive)


def refuses():
    bon = fichiers.comparateur()
    return {
        "vide": b"",
        "entete-seul": fichiers.csv(fichiers.COMPARATEUR),
        "coupe": bon[:-12],
        "gzip-coupe": gzip.compress(bon)[:-10],
        "pdf": b"%PDF-1.7",
        "page": b"<!DOCTYPE html><html>",
        "binaire": b"\x7fELF\x00\x01",
        "autre": fichiers.csv("a,b,c", "1,2,3"),
        "ligne-trop-courte": bon.replace(b"22219,Plouguenast-Langast,22150,COM,50", b"22219"),
        "ligne-trop-longue-entre-guillemets": bon + b'"22016",a,b,COM,1,2,3,4,5,6,7,8,9\n',
        "ligne-trop-longue": bon + b"22016,a,b,COM,1,2,3,4,5,6,7,8,9\n",
        "zip": b"PK\x03\x04" + b"x" * 50,
        "zip-sans-tableau": fichiers.zip_de(lisez__txt=bon),
        "zip-de-deux-tableaux": fichiers.zip_de(a__csv=bon, b__csv=bon),
        "zip-lzma-abime": lzma_abime(bon),
        "zip-coupe": fichiers.zip_de(a__csv=bon)[:-30],
        "classeur-coupe": fichiers.classeur(["insee_com"], ["22136"])[:-200],
        "classeur-vide": fichiers.classeur(),
        "inconnues": fichiers.comparateur(*(f"9999{n},x,0,COM,1,1,1,1,1,1" for n in range(3))),
        "guillemet": bon + b'"22016,a,b,COM\n',
    }


@pytest.mark.parametrize("cas", sorted(refuses()))
def test_un_mauvais_fichier_est_refuse_et_rien_ne_change(territoire, tmp_path, cas):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    avant = (JeuImporte.objects.get(), tableau("comparateur"))
    with pytest.raises(ErreurMetier) as refus:
        importer(tmp_path, "comparateur", refuses()[cas])
    assert str(refus.value).startswith("f.csv : ")
    assert JeuImporte.objects.get() == avant[0]
    assert tableau("comparateur").equals(avant[1])


def test_un_fichier_trop_gros_n_est_pas_lu(territoire, tmp_path):
    gros = gzip.compress(b"insee_com," + b"0" * (51 * 1024 * 1024))
    with pytest.raises(FichierRefuse, match="plus de 50 Mo"):
        importer(tmp_path, "comparateur", gros)


@pytest.mark.parametrize("suite", [b"22136,a\rb,0,COM\r", b"22136," + b"x" * 200_000])
def test_une_ligne_qui_ne_se_coupe_pas_en_cases_est_refusee(territoire, tmp_path, suite):
    with pytest.raises(FichierRefuse, match=r"^f\.csv : "):
        importer(tmp_path, "comparateur", fichiers.COMPARATEUR.encode() + suite)
    assert not JeuImporte.objects.exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    octets=st.binary(max_size=400) | st.text(max_size=300).map(lambda t: fichiers.COMPARATEUR.encode() + t.encode())
)
def test_n_importe_quels_octets_sont_lus_ou_refuses_en_francais(territoire, tmp_path, octets):
    refus = ""
    with transaction.atomic():
        try:
            importer(tmp_path, "comparateur", octets, forcer=True)
        except ErreurMetier as erreur:
            refus = str(erreur)
        lu = JeuImporte.objects.filter(courant=True).exists()
        transaction.set_rollback(True)
    assert lu is not bool(refus)


def test_un_import_coupe_au_milieu_ne_laisse_rien(territoire, tmp_path, monkeypatch):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    avant = tableau("comparateur")
    monkeypatch.setattr("esperluette.indicateurs.imports.consigner", _panne)
    with pytest.raises(OSError, match="plus de courant"):
        importer(tmp_path, "comparateur", fichiers.comparateur(fichiers.LOUDEAC))
    assert JeuImporte.objects.get().courant
    assert tableau("comparateur").equals(avant)


def _panne(*_args, **_kwargs):
    raise OSError("plus de courant")


def test_sans_decoupage_rien_ne_s_importe(bretagne, tmp_path):
    Decoupage.objects.all().delete()
    with pytest.raises(ImportImpossible, match="territoires charger"):
        importer(tmp_path, "comparateur", fichiers.comparateur())


@pytest.mark.django_db(transaction=True)
def test_deux_imports_au_meme_instant_n_en_laissent_qu_un(territoire, tmp_path):
    erreurs = []

    def lancer(n):
        try:
            importer(tmp_path, "comparateur", fichiers.comparateur(fichiers.LOUDEAC), f"{n}.csv", forcer=True)
        except ErreurMetier as refus:
            erreurs.append(refus)
        finally:
            connection.close()

    fils = [threading.Thread(target=lancer, args=(n,)) for n in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert JeuImporte.objects.filter(courant=True).count() == 1
    assert Tableau.objects.filter(importation__courant=True).count() == 1


def test_un_import_qui_finit_pendant_la_lecture_ne_fait_pas_disparaitre_le_jeu(territoire, tmp_path, monkeypatch):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    communes = lectures._communes

    def un_import_finit():
        monkeypatch.setattr(lectures, "_communes", communes)
        importer(tmp_path, "comparateur", fichiers.comparateur(fichiers.LOUDEAC))
        return communes()

    lectures.vider_memoire()
    monkeypatch.setattr(lectures, "_communes", un_import_finit)
    lus = lectures.chiffres()
    assert set(lus.sources) == {"comparateur"}
    assert lus.table["population"].sum() == 9600


def test_un_tableau_qui_manque_pour_de_bon_ne_fait_pas_tout_relire_a_chaque_page(
    territoire, tmp_path, django_assert_max_num_queries
):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    importer(tmp_path, "bpe-sante", fichiers.bpe("22136,D201,9"))
    Tableau.objects.filter(importation__jeu="bpe-sante").delete()
    assert set(lectures.chiffres().sources) == {"comparateur"}
    with django_assert_max_num_queries(4):  # la clé, deux fois
        lectures.chiffres()


# --- La ligne de commande, les descriptions --------------------------------------------------------------


def test_la_commande_importe_et_rend_du_json(territoire, tmp_path, capsys):
    fichier = tmp_path / "f.csv"
    fichier.write_bytes(fichiers.comparateur())
    call_command("donnees", "importer", "comparateur", fichier=fichier, json=True)
    assert json.loads(capsys.readouterr().out)["communes"] == 3
    call_command("donnees", "etat", json=True)
    etats = {j["jeu"]: j["charge"] for j in json.loads(capsys.readouterr().out)}
    assert (etats["comparateur"], etats["apl-medecins"], etats["frr"]) == (True, False, False)
    call_command("donnees", "jeux", json=True)
    assert {"comparateur", "frr", "bpe-sante"} <= {j["id"] for j in json.loads(capsys.readouterr().out)}


def test_la_commande_demande_le_millesime_que_le_fichier_ne_dit_pas(territoire, tmp_path, capsys):
    fichier = tmp_path / "f.csv"
    fichier.write_bytes(fichiers.bpe("22136,D201,9"))
    call_command("donnees", "importer", "bpe-sante", fichier=fichier)
    assert "relancez avec --millesime" in capsys.readouterr().out
    call_command("donnees", "importer", "bpe-sante", fichier=fichier, millesime="2018")
    assert "--millesime" not in capsys.readouterr().out
    assert JeuImporte.objects.get(jeu="bpe-sante", courant=True).millesime == "2018"


def test_un_jeu_inconnu_ou_un_mauvais_fichier_sort_avec_le_code_2(territoire, tmp_path):
    for options in ({"jeu": "rien"}, {"jeu": "comparateur", "fichier": tmp_path / "absent.csv"}):
        with pytest.raises(CommandError) as refus:
            call_command("donnees", "importer", options["jeu"], fichier=options.get("fichier"))
        assert refus.value.returncode == 2


def test_chaque_description_se_lit_et_dit_ou_prendre_le_jeu():
    for jeu in jeux().values():
        assert isinstance(jeu, JeuDeChiffres)
        assert jeu.adresse or jeu.ou_le_prendre
        assert jeu.producteur
        assert jeu.millesime


@pytest.mark.parametrize(
    ("remplace", "par", "cause"),
    [
        ("population: population_2021", "habitants: population_2021", "non décrits : habitants"),
        ("producteur: Insee", "producteurs: Insee", "producteurs"),
        ("unite: km²}", "unite: km², agregation: moyenne}", "poids"),
        ("ou_le_prendre: >-", "ou_le_prendre: ''\nnote: >-", "note"),
        ("titre:", "\ttitre:", "illisible"),
    ],
)
def test_une_description_fausse_se_dit(remplace, par, cause):
    from importlib.resources import files

    brut = (files("esperluette.indicateurs") / "donnees/jeux/comparateur.yaml").read_text(encoding="utf-8")
    assert remplace in brut
    with pytest.raises(JeuInvalide, match=cause):
        lire_le_jeu("comparateur", brut.replace(remplace, par, 1).encode())


def test_la_correspondance_tient_en_deux_requetes_et_se_garde(territoire, django_assert_num_queries):
    decoupage = Decoupage.objects.get()
    with django_assert_num_queries(2):
        assert correspondance(decoupage).couvertes.height == 20
    with django_assert_num_queries(0):
        correspondance(decoupage)
    decoupage.charge_le = timezone.now()
    with django_assert_num_queries(2):  # un découpage rechargé se relit
        correspondance(decoupage)
