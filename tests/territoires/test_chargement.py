"""Charger le découpage : rejouable, tout ou rien, sans jamais effacer une commune."""

import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from esperluette.journal.lectures import evenements_de
from esperluette.territoires import lectures
from esperluette.territoires.actions import charger
from esperluette.territoires.decoupage import DecoupageIllisible
from esperluette.territoires.models import AncienneCommune, CleDeRecherche, Commune, Decoupage, Epci, Region

pytestmark = pytest.mark.django_db

BASE: dict[str, Any] = {
    "provenance": {
        "paquet": "essai",
        "version": "7.0.0",
        "millesime": 2027,
        "producteur": "INSEE",
        "licence": "Licence Ouverte 2.0",
        "adresse": "https://exemple.example",
    },
    "regions": [["84", "Auvergne-Rhône-Alpes"], ["93", "Provence-Alpes-Côte d'Azur"]],
    "departements": [["01", "Ain", "84"], ["13", "Bouches-du-Rhône", "93"]],
    "epci": [["200000001", "CC Terre Valserhône", "CC"]],
    "communes": [
        ["01033", "Bellegarde-sur-Valserine", "01", "200000001", 11000, "01200"],
        ["01091", "Châtillon-en-Michaille", "01", "200000001", 3400, "01200"],
        ["01205", "Lancrans", "01", "200000001", 1000, "01200"],
        ["13055", "Marseille", "13", "", 886040, "13001 13002"],
    ],
    "arrondissements": [["13201", "Marseille 1er Arrondissement", "13055", 38000, "13001"]],
    "anciennes": [],
}
# La fusion de 2019 : la commune nouvelle reprend le code de l'une, sous un autre nom.
FUSION = {
    "communes": [
        ["01033", "Valserhône", "01", "200000001", 16500, "01200"],
        ["13055", "Marseille", "13", "", 886040, "13001 13002"],
        ["13056", "Martigues", "13", "", 48000, "13500"],
    ],
    "anciennes": [
        ["01033", "Bellegarde-sur-Valserine", "01033"],
        ["01091", "Châtillon-en-Michaille", "01033"],
        ["01205", "Lancrans", "01033"],
    ],
}


@pytest.fixture
def fichier(tmp_path: Path):
    def ecrire(**changements: Any) -> Path:
        chemin = tmp_path / "decoupage-2027.json.xz"
        chemin.write_bytes(lzma.compress(json.dumps({**BASE, **changements}).encode()))
        return chemin

    return ecrire


def test_le_premier_chargement_pose_tout(fichier):
    bilan = charger(fichier())
    assert (bilan.communes, bilan.ajoutees, bilan.desactivees, bilan.inchange) == (5, 5, 0, False)
    lancrans = Commune.objects.get(pk="01205")
    assert (lancrans.region_id, lancrans.departement_id, lancrans.epci_id) == ("84", "01", "200000001")
    assert (lancrans.population, lancrans.codes_postaux, lancrans.recherche) == (1000, ["01200"], "lancrans")
    assert Commune.objects.get(pk="13201").commune_mere_id == "13055"
    assert Commune.objects.get(pk="13201").est_arrondissement
    assert dict(Region.objects.values_list("pk", "cle")) == {
        "84": "auvergne-rhone-alpes",
        "93": "provence-alpes-cote-d-azur",
    }


def test_recharger_le_meme_fichier_n_ecrit_rien(fichier, django_assert_num_queries):
    chemin = fichier()
    charger(chemin)
    with django_assert_num_queries(1):
        bilan = charger(chemin)
    assert bilan.inchange
    assert Decoupage.objects.count() == 1


def test_recharger_de_force_ne_double_rien(fichier):
    chemin = fichier(**FUSION)
    charger(chemin)
    avant = (Commune.objects.count(), CleDeRecherche.objects.count(), AncienneCommune.objects.count())
    bilan = charger(chemin, forcer=True)
    assert (bilan.ajoutees, bilan.desactivees) == (0, 0)
    assert (Commune.objects.count(), CleDeRecherche.objects.count(), AncienneCommune.objects.count()) == avant


def test_une_fusion_desactive_sans_effacer_et_son_code_mene_a_la_commune_nouvelle(fichier):
    charger(fichier())
    bilan = charger(fichier(**FUSION))
    assert (bilan.ajoutees, bilan.desactivees) == (1, 2)
    assert set(Commune.objects.filter(active=False).values_list("pk", flat=True)) == {"01091", "01205"}
    assert lectures.commune("01091").pk == "01033"
    assert [c.pk for c in lectures.communes(["01205", "13056", "01091"])] == ["01033", "13056"]


def test_un_nom_change_se_met_a_jour_et_se_retrouve(fichier):
    charger(fichier())
    charger(fichier(**FUSION))
    assert lectures.commune("01033").nom == "Valserhône"
    assert [c.pk for c in lectures.rechercher_communes("valserhone")] == ["01033"]
    (trouvee,) = lectures.rechercher_communes("bellegarde")
    assert (trouvee.pk, trouvee.ancien_nom) == ("01033", "Bellegarde-sur-Valserine")


def test_une_commune_retiree_ne_se_propose_plus(fichier):
    charger(fichier())
    charger(fichier(**{**FUSION, "anciennes": []}))
    assert lectures.rechercher_communes("lancrans") == []
    assert lectures.rechercher_communes("01205") == []


def test_une_commune_defusionnee_redevient_active(fichier):
    charger(fichier())
    charger(fichier(**FUSION))
    charger(fichier())
    assert Commune.objects.get(pk="01091").active
    assert lectures.commune("01091").pk == "01091"
    # Ni commune d'aujourd'hui, ni ancienne connue : on rend la fiche, inactive, plutôt que rien.
    assert not Commune.objects.get(pk="13056").active
    assert lectures.commune("13056").pk == "13056"


def test_une_ancienne_commune_qui_n_en_est_plus_une_disparait(fichier):
    charger(fichier(**FUSION))
    charger(fichier(**{**FUSION, "anciennes": [["01205", "Lancrans", "01033"]]}))
    assert list(AncienneCommune.objects.values_list("pk", flat=True)) == ["01205"]


def test_un_fichier_incoherent_ne_laisse_rien(fichier):
    charger(fichier())
    boiteux = fichier(
        regions=[["84", "Rhône-Alpes"], ["93", "Provence-Alpes-Côte d'Azur"]],
        communes=[*BASE["communes"], ["01999", "Nulle-Part", "01", None, None, ""]],
    )
    with pytest.raises(IntegrityError):
        charger(boiteux)
    assert Region.objects.get(pk="84").nom == "Auvergne-Rhône-Alpes"
    assert not Commune.objects.filter(pk="01999").exists()
    assert Decoupage.objects.get().version == "7.0.0"


def test_une_intercommunalite_disparue_reste_pour_qui_y_renvoie(fichier):
    charger(fichier())
    charger(fichier(epci=[], communes=[["01205", "Lancrans", "01", "", 1000, "01200"]], arrondissements=[]))
    assert Epci.objects.filter(pk="200000001").exists()


def test_le_chargement_est_consigne_avec_sa_version(fichier):
    charger(fichier())
    acte = evenements_de(Decoupage.objects.get()).get()
    assert acte.sorte == "decoupage_charge"
    assert acte.donnees == {"version": "7.0.0", "communes": 5, "ajoutees": 5, "desactivees": 0}


def test_le_decoupage_charge_se_cite(fichier):
    assert lectures.decoupage_charge() is None
    charger(fichier())
    assert str(lectures.decoupage_charge()) == "Découpage 2027 (7.0.0)"


def test_un_fichier_illisible_est_refuse_avant_toute_ecriture(tmp_path, django_assert_num_queries):
    with pytest.raises(DecoupageIllisible), django_assert_num_queries(0):
        charger(tmp_path / "absent.json.xz")


def test_la_commande_dit_ce_qu_elle_a_fait(fichier, capsys):
    chemin = str(fichier())
    call_command("territoires", "charger", fichier=Path(chemin))
    assert "Découpage 2027 chargé : 5 communes et arrondissements municipaux, 5 ajoutés" in capsys.readouterr().out
    call_command("territoires", "charger", fichier=Path(chemin))
    assert capsys.readouterr().out == "Découpage 2027 déjà en place (5 communes).\n"


def test_la_commande_refuse_un_fichier_absent_avec_le_code_2(tmp_path):
    with pytest.raises(CommandError, match="introuvable") as erreur:
        call_command("territoires", "charger", fichier=tmp_path / "absent")
    assert erreur.value.returncode == 2
