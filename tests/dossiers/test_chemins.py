"""Les chemins de réponse : sans base ni Django."""

import pytest

from esperluette.dossiers.chemins import CheminInconnu, assembler, champ_du_chemin, nouvelle_ligne
from esperluette.referentiel.lecture import editions


@pytest.fixture
def trame():
    return next(t for e in editions() for t in e.trames.values() if any(c.type == "tableau" for _, c in t.champs()))


def test_chaque_champ_saisissable_a_son_chemin(trame):
    for _, champ in trame.champs():
        if champ.type == "membres":
            with pytest.raises(CheminInconnu):
                champ_du_chemin(trame, champ.id)
        else:
            assert champ_du_chemin(trame, champ.id) is champ
            for colonne in champ.colonnes:
                assert champ_du_chemin(trame, f"{champ.id}/ab12cd34/{colonne.id}") is colonne


def test_les_cellules_d_un_tableau_se_rassemblent_dans_l_ordre_des_lignes(trame):
    tableau = next(c for _, c in trame.champs() if c.type == "tableau")
    colonne = tableau.colonnes[0].id
    valeurs = assembler(
        trame,
        {
            tableau.id: ["bbbb", "aaaa"],
            f"{tableau.id}/aaaa/{colonne}": "premier",
            f"{tableau.id}/bbbb/{colonne}": "second",
            f"{tableau.id}/cccc/{colonne}": "retirée",
        },
    )
    assert [(ligne["id"], ligne[colonne]) for ligne in valeurs[tableau.id]] == [
        ("bbbb", "second"),
        ("aaaa", "premier"),
    ]


def test_une_ligne_nouvelle_a_un_identifiant_accepte(trame):
    tableau = next(c for _, c in trame.champs() if c.type == "tableau")
    for _ in range(50):
        assert champ_du_chemin(trame, f"{tableau.id}/{nouvelle_ligne()}/{tableau.colonnes[0].id}")
