"""Le pluriel du français commence à deux, dans tous les gabarits."""

import pytest
from django.template import engines


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (0, "0 dossier"), (1, "1 dossier"), (1.5, "1,5 dossier"), (2, "2 dossiers"), (-1, "-1 dossier"),
        ("1", "1 dossier"), ("3", "3 dossiers"),
    ],
)  # fmt: skip
def test_le_pluriel_commence_a_deux(valeur, attendu):
    assert engines["django"].from_string("{{ n }} dossier{{ n|pluralize }}").render({"n": valeur}) == attendu


@pytest.mark.parametrize(("nombre", "attendu"), [(0, "vient"), (1, "vient"), (2, "viennent")])
def test_deux_formes_se_donnent_comme_dans_django(nombre, attendu):
    gabarit = engines["django"].from_string('vien{{ n|pluralize:"t,nent" }}')
    assert gabarit.render({"n": nombre}) == attendu
    assert gabarit.render({"n": list(range(nombre))}) == attendu


@pytest.mark.parametrize("valeur", ["", "abc", None])
def test_ce_qui_n_est_pas_un_nombre_ne_fait_pas_d_erreur(valeur):
    assert engines["django"].from_string("{{ n|pluralize }}").render({"n": valeur}) == ""
