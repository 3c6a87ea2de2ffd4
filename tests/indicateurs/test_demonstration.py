"""Les chiffres de la démonstration : de vraies valeurs, sourcées, remplacées par un vrai import, muettes ailleurs."""

import csv
import importlib.util
import os
from pathlib import Path

import pytest

from esperluette.indicateurs.calcul import Etat, Valeur
from esperluette.indicateurs.definitions import definitions, jeu_de
from esperluette.indicateurs.demonstration import dossier, jeux_de_demonstration, references_de_demonstration
from esperluette.indicateurs.diagnostic import instantane
from esperluette.indicateurs.imports import charger_chiffres_de_demonstration
from esperluette.indicateurs.jeux import jeux
from esperluette.indicateurs.lectures import chiffres, vider_memoire
from esperluette.indicateurs.models import Tableau
from esperluette.indicateurs.tableaux import COMMUNE, TU
from esperluette.territoires.models import Commune, JeuImporte
from tests.indicateurs import fichiers
from tests.indicateurs.outils import de, importer

OUTIL = Path(__file__).parents[2] / "outils" / "chiffres_de_demonstration.py"
PAR_ID = {d.id: d for d in definitions()}


@pytest.fixture
def charge(territoire):
    charger_chiffres_de_demonstration()
    return territoire


# --- Le tableau ------------------------------------------------------------------------------------------


def test_chaque_jeu_du_tableau_dit_d_ou_il_vient():
    for jeu in jeux_de_demonstration():
        assert jeu.decrit.id in jeux()
        assert all((jeu.producteur, jeu.millesime, jeu.licence, jeu.fichier))
        assert len(jeu.millesime) <= JeuImporte._meta.get_field("millesime").max_length
        assert len(jeu.empreinte) == 64
        attendues = {*jeu.decrit.indicateurs, *jeu.decrit.textes}
        assert {c for c in jeu.table.columns if not c.startswith(TU)} - {COMMUNE, "tvs"} <= attendues
        assert jeu.table.height > 20


def test_le_tableau_distingue_le_secret_du_manque_et_du_zero():
    filosofi = next(j.table for j in jeux_de_demonstration() if j.decrit.id == "filosofi")
    tues = filosofi.filter(filosofi[f"{TU}pauvrete"])
    assert tues.height > 50
    assert tues["pauvrete"].is_null().all()
    bpe = next(j.table for j in jeux_de_demonstration() if j.decrit.id == "bpe-sante")
    assert (bpe["medecins"] == 0).sum() > 50


def test_les_references_couvrent_chaque_region_de_la_demonstration():
    references = references_de_demonstration()
    niveaux = [n.split(":")[0] for n in references]
    # Une des sept intercommunalités est à cheval sur deux départements.
    assert {n: niveaux.count(n) for n in niveaux} == {"departement": 8, "epci": 7, "region": 7, "france": 1}
    # La France compte 67,4 millions d'habitants au recensement de 2021 : Paris, Lyon et Marseille y sont.
    assert references["france"]["population"].valeur == pytest.approx(67.4e6, rel=0.005)
    assert Etat.NON_CHARGE not in {v.etat for niveau in references.values() for v in niveau.values()}


def test_chaque_chiffre_que_le_tableau_permet_a_ses_references():
    """Un chiffre ajouté au diagnostic demande de refaire le tableau : outils/chiffres_de_demonstration.py."""
    presents = {j.decrit.id: set(j.table.columns) for j in jeux_de_demonstration() if j.decrit.grain == "commune"}
    for d in definitions():
        if all(c in presents.get(jeu_de()[c].id, ()) for c in d.colonnes):
            assert d.id in references_de_demonstration()["region:53"], d.id


# --- En base ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_tableau_se_charge_une_fois_pour_les_communes_connues(charge):
    assert charger_chiffres_de_demonstration() == []
    poses = JeuImporte.objects.filter(courant=True)
    assert len(poses) == Tableau.objects.count() == len(jeux_de_demonstration())
    assert all(i.demonstration for i in poses)
    loudeac = de("comparateur", "22136")
    with (dossier() / "comparateur.csv").open(encoding="utf-8") as flux:
        attendu = next(x for x in csv.DictReader(flux) if x["commune"] == "22136")
    assert loudeac["population"] == float(attendu["population"])
    assert set(Commune.objects.values_list("pk", flat=True)) >= set(chiffres().table[COMMUNE])


@pytest.mark.django_db
def test_un_vrai_import_remplace_le_tableau_et_la_demonstration_ne_le_remplace_jamais(charge, tmp_path):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    assert not chiffres().sources["comparateur"].demonstration
    assert charger_chiffres_de_demonstration() == []
    assert de("comparateur", "22136")["population"] == 9600
    assert JeuImporte.objects.filter(jeu="comparateur").count() == 2  # la provenance du tableau reste notée


@pytest.mark.django_db
def test_un_niveau_se_lit_dans_les_references_tant_que_rien_n_est_importe(charge, tmp_path):
    lus = chiffres()
    connue = lus.reference("region:53", PAR_ID["medecins_pour_10_000"])
    assert connue == references_de_demonstration()["region:53"]["medecins_pour_10_000"]
    assert lus.reference("region:11", PAR_ID["population"]) == Valeur(None, Etat.NON_CHARGE, 0, 0)
    importer(tmp_path, "comparateur", fichiers.comparateur())
    lus = chiffres()
    assert lus.reference("region:53", PAR_ID["population"]) is None  # ce chiffre se calcule
    assert lus.reference("region:53", PAR_ID["medecins"]) is not None
    # Un jeu importé et un de démonstration ne font pas un chiffre.
    assert lus.reference("region:53", PAR_ID["medecins_pour_10_000"]) == Valeur(None, Etat.NON_CHARGE, 0, 0)


@pytest.mark.django_db
def test_hors_de_la_demonstration_rien_n_est_manquant_tout_est_non_charge(charge):
    lus = chiffres()
    muette, tue = Valeur(None, Etat.MANQUANT, 2, 0), Valeur(None, Etat.SECRET, 1, 0, 1)
    assert lus.sur_place(PAR_ID["population"], muette) == Valeur(None, Etat.NON_CHARGE, 2, 0)
    assert lus.sur_place(PAR_ID["population"], tue) == tue
    assert lus.sur_place(PAR_ID["population"], Valeur(3.0, Etat.CONNU, 1, 1)).valeur == 3.0


@pytest.mark.django_db
def test_un_jeu_de_demonstration_qu_aucun_chiffre_n_emploie_n_est_pas_dit_absent(charge, tmp_path):
    releve = instantane(["22136"])
    assert releve.vie_sante
    assert "densite-medecins" not in releve.non_charges
    JeuImporte.objects.exclude(jeu__in=["tvs", "densite-medecins"]).update(courant=False)
    vider_memoire()
    assert instantane(["22136"]).demonstration  # la densité, seule, en vient encore


@pytest.mark.django_db
def test_sans_jeu_de_demonstration_il_n_y_a_pas_de_reference(territoire, tmp_path):
    importer(tmp_path, "comparateur", fichiers.comparateur())
    lus = chiffres()
    assert lus.references == {}
    assert lus.reference("france", PAR_ID["population"]) is None
    manquante = Valeur(None, Etat.MANQUANT, 1, 0)
    assert lus.sur_place(PAR_ID["population"], manquante) == manquante


# --- Refaire le tableau ----------------------------------------------------------------------------------


@pytest.mark.skipif(
    not Path(os.environ.get("ESPERLUETTE_DONNEES", "/nulle-part")).is_dir(),
    reason="ESPERLUETTE_DONNEES ne nomme pas le dossier des fichiers officiels",
)
def test_le_tableau_du_paquet_est_bien_celui_des_fichiers_officiels(tmp_path):
    decrit = importlib.util.spec_from_file_location("chiffres_de_demonstration", OUTIL)
    outil = importlib.util.module_from_spec(decrit)
    decrit.loader.exec_module(outil)
    outil.produire(Path(os.environ["ESPERLUETTE_DONNEES"]), tmp_path)
    for fichier in sorted(tmp_path.iterdir()):
        embarque = (dossier() / fichier.name).read_text(encoding="utf-8")
        assert fichier.read_text(encoding="utf-8") == embarque, fichier.name
