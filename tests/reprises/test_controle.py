"""Le contrôle : chaque erreur dit la ligne, la colonne, la valeur, la cause et comment réparer."""

import pytest

from esperluette.reprises.controle import controler
from esperluette.reprises.tableur import lire
from tests.fabriques.reprises import en_csv, ligne

pytestmark = pytest.mark.django_db


def examiner(acteur, *lignes):
    return controler(lire("e.csv", en_csv(*lignes)), acteur=acteur)


def test_une_ligne_juste_est_prete(administratrice):
    controle = examiner(administratrice, ligne())
    assert controle.bon
    (valide,) = controle.valides
    assert (valide.cle, valide.etat, valide.implantation.pk) == ("22-001", "accepte", "22136")
    assert [m.nom for m in valide.membres] == ["Kerbrat", "Le Goff"]
    assert valide.dates["decision_le"].isoformat() == "2023-06-15"
    assert valide.demarche.id == "projet-de-sante"


@pytest.mark.parametrize(
    ("champs", "colonne", "cause"),
    [
        ({"cle": ""}, "cle", "vide"),
        ({"equipe": "=cmd|' /C calc'!A0"}, "equipe", "formule"),
        ({"equipe": "x" * 151}, "equipe", "151 signes"),
        ({"forme": "cpts"}, "forme", "pas admise"),
        ({"commune": "99999"}, "commune", "Aucune commune"),
        ({"commune": "Loudéac"}, "commune", "Aucune commune"),
        ({"communes": "22136 00000"}, "communes", "inconnu"),
        ({"courriel": "pas une adresse"}, "courriel", "adresse"),
        ({"telephone": "allo"}, "telephone", "numéro"),
        ({"statut_juridique": "association"}, "statut_avancement", "avancement"),
        ({"statut_avancement": "cree"}, "statut_avancement", "structure"),
        ({"porteur_courriel": ""}, "porteur_courriel", "vide"),
        ({"porteur_profession": "999"}, "porteur_profession", "inconnu"),
        ({"membres": "60/Yann"}, "membres", "il manque"),
        ({"membres": "999/Yann/Kerbrat/"}, "membres", "inconnu"),
        ({"membres": "60/Yann/Kerbrat/anne@lie.example"}, "membres", "déjà celle"),
        ({"membres": "60/Yann/Kerbrat/pas-une-adresse"}, "membres", "adresse"),
        ({"demarche": "inventee"}, "demarche", "n’existe pas"),
        ({"demarche": "projet-de-sante-msp"}, "demarche", "n’existe pas"),
        ({"demarche": ""}, "etat", "sans démarche"),
        ({"etat": ""}, "etat", "sans son état"),
        ({"etat": "a_signer"}, "etat", "pas admise"),
        ({"depose_le": ""}, "depose_le", "cette date"),
        ({"depose_le": "31/02/2023"}, "depose_le", "pas une date"),
        ({"depose_le": "2999-01-01"}, "depose_le", "pas une date"),
        ({"depose_le": "1850-01-01"}, "depose_le", "pas une date"),
        ({"decision_le": "2023-01-01"}, "decision_le", "précède"),
        ({"instruit_le": "2022-01-01"}, "instruit_le", "précède"),
        ({"reconnue_jusqu_au": "2022-01-01"}, "reconnue_jusqu_au", "finit avant"),
        ({"decision": ""}, "decision", "par une décision"),
        ({"etat": "refuse"}, "reconnue_le", "ne reconnaît pas"),
    ],
)
def test_chaque_erreur_dit_ou_quoi_pourquoi_et_comment(administratrice, champs, colonne, cause):
    controle = examiner(administratrice, ligne(cle="22-000"), ligne(**champs))
    assert not controle.bon
    erreurs = [e for e in controle.erreurs if e.colonne == colonne]
    assert erreurs, controle.erreurs
    assert erreurs[0].ligne == 3
    assert cause in erreurs[0].cause
    assert erreurs[0].remede
    assert erreurs[0].valeur == champs.get(colonne, ligne().get(colonne, ""))[:120]


def test_toutes_les_erreurs_d_un_coup(administratrice):
    controle = examiner(administratrice, ligne(forme="x", courriel="y"), ligne(cle="", telephone="z"))
    assert {(e.ligne, e.colonne) for e in controle.erreurs} == {
        (2, "forme"), (2, "courriel"), (3, "cle"), (3, "telephone"),
    }  # fmt: skip


def test_une_cle_en_double_dans_le_fichier_se_dit(administratrice):
    controle = examiner(administratrice, ligne(), ligne())
    assert "ligne 2" in controle.erreurs[0].cause


def test_le_zero_mange_par_le_tableur_se_retrouve(administratrice):
    """« 1004 » est « 01004 » ; ici, hors du périmètre breton, mais reconnue."""
    from tests.fabriques.equipes import commune

    commune("01004")
    controle = examiner(administratrice, ligne(commune="1004"))
    assert "périmètre" in controle.erreurs[0].cause


def test_chacun_dans_son_perimetre(administratrice, referente, ailleurs):
    assert examiner(administratrice, ligne()).bon
    assert examiner(referente, ligne()).bon
    controle = examiner(ailleurs, ligne())
    assert [e.colonne for e in controle.erreurs] == ["commune"]


@pytest.mark.parametrize("nombre", [1, 3])
def test_controler_coute_autant_a_une_et_a_trois(administratrice, django_assert_num_queries, nombre):
    lignes = lire("e.csv", en_csv(*(ligne(cle=str(n)) for n in range(nombre))))
    controler(lignes, acteur=administratrice)
    with django_assert_num_queries(2):
        controler(lignes, acteur=administratrice)
