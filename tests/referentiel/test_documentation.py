"""La page `docs/referentiel.md` dit tout ce que le code sait faire."""

from pathlib import Path

import pytest

from esperluette.referentiel.assemblage import FICHIERS_D_UNE_EDITION
from esperluette.referentiel.criteres import FONCTIONS
from esperluette.referentiel.questionnaire import TypeChamp
from esperluette.referentiel.sous_commandes import SOUS_COMMANDES

PAGE = (Path(__file__).parents[2] / "docs" / "referentiel.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("nom", [*FICHIERS_D_UNE_EDITION, *FONCTIONS, *TypeChamp.__args__])
def test_la_page_nomme_chaque_fichier_chaque_fonction_et_chaque_type(nom):
    assert f"`{nom}`" in PAGE


@pytest.mark.parametrize("fonction", FONCTIONS.values(), ids=FONCTIONS)
def test_la_page_nomme_chaque_parametre_d_une_fonction(fonction):
    ligne = next(ligne for ligne in PAGE.splitlines() if ligne.startswith(f"| `{fonction.nom}`"))
    assert [p for p in fonction.parametres.model_fields if f"`{p}`" not in ligne] == []


@pytest.mark.parametrize("nom", SOUS_COMMANDES)
def test_la_page_nomme_chaque_sous_commande(nom):
    assert f"esperluette referentiel {nom}" in PAGE
