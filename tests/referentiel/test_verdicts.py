"""Trois réponses : ce que « tous », « au moins un » et « au moins n » en font."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.referentiel.verdicts import (
    Reponse3,
    Verdict,
    a_preciser,
    au_moins_n,
    au_moins_un,
    non_satisfait,
    satisfait,
    tous,
)

OUI, NON, PEUT_ETRE = Reponse3.SATISFAIT, Reponse3.NON_SATISFAIT, Reponse3.A_PRECISER
INVERSE = {OUI: NON, NON: OUI, PEUT_ETRE: PEUT_ETRE}
reponses = st.sampled_from(list(Reponse3))
listes = st.lists(reponses.map(lambda r: Verdict(r, f"Motif {r}.")), max_size=12)


def _lire(verdicts: list[Verdict]) -> list[Reponse3]:
    return [v.reponse for v in verdicts]


@pytest.mark.parametrize("verdict", [satisfait("oui."), non_satisfait("non."), a_preciser("?")])
def test_un_verdict_ne_se_convertit_pas_en_booleen(verdict):
    with pytest.raises(TypeError, match="trois réponses"):
        bool(verdict)
    with pytest.raises(TypeError):
        assert verdict


def test_un_verdict_ne_se_modifie_pas():
    with pytest.raises(AttributeError):
        satisfait("oui.").motif = "non."


@pytest.mark.parametrize(
    ("reponses", "attendu_de_tous", "attendu_d_un"),
    [
        ([], OUI, NON),
        ([OUI], OUI, OUI),
        ([NON], NON, NON),
        ([PEUT_ETRE], PEUT_ETRE, PEUT_ETRE),
        ([OUI, PEUT_ETRE], PEUT_ETRE, OUI),
        ([NON, PEUT_ETRE], NON, PEUT_ETRE),
        ([OUI, NON], NON, OUI),
        ([OUI, PEUT_ETRE, NON], NON, OUI),
    ],
)
def test_la_table_de_tous_et_d_au_moins_un(reponses, attendu_de_tous, attendu_d_un):
    verdicts = [Verdict(r, "Motif.") for r in reponses]
    assert tous(verdicts).reponse is attendu_de_tous
    assert au_moins_un(verdicts).reponse is attendu_d_un


@given(listes)
def test_tous_est_satisfait_si_et_seulement_si_chacun_l_est(verdicts):
    assert (tous(verdicts).reponse is OUI) == all(r is OUI for r in _lire(verdicts))
    assert (tous(verdicts).reponse is NON) == (NON in _lire(verdicts))


@given(listes.filter(len))
def test_au_moins_un_est_le_miroir_de_tous(verdicts):
    miroir = [Verdict(INVERSE[v.reponse], v.motif) for v in verdicts]
    assert au_moins_un(verdicts).reponse is INVERSE[tous(miroir).reponse]


@given(listes, st.integers(min_value=0, max_value=14))
def test_au_moins_n_compte_les_certains_puis_les_possibles(verdicts, n):
    lues = _lire(verdicts)
    certains, possibles = lues.count(OUI), lues.count(PEUT_ETRE)
    attendu = OUI if certains >= n else PEUT_ETRE if certains + possibles >= n else NON
    assert au_moins_n(n, verdicts).reponse is attendu


@given(listes.filter(len))
def test_au_moins_n_aux_bornes_vaut_au_moins_un_et_tous(verdicts):
    assert au_moins_n(1, verdicts).reponse is au_moins_un(verdicts).reponse
    assert au_moins_n(len(verdicts), verdicts).reponse is tous(verdicts).reponse


@given(listes, st.randoms(use_true_random=False))
def test_l_ordre_des_verdicts_ne_change_pas_la_reponse(verdicts, hasard):
    melanges = list(verdicts)
    hasard.shuffle(melanges)
    assert tous(melanges).reponse is tous(verdicts).reponse
    assert au_moins_un(melanges).reponse is au_moins_un(verdicts).reponse
    assert au_moins_n(3, melanges).reponse is au_moins_n(3, verdicts).reponse


@given(listes, st.integers(min_value=0, max_value=14))
def test_preciser_un_fait_ne_renverse_jamais_une_reponse_certaine(verdicts, n):
    """Répondre oui ou non à un « à préciser » ne change ni un oui ni un non déjà acquis."""
    for combinaison in (tous, au_moins_un, lambda v: au_moins_n(n, v)):
        avant = combinaison(verdicts).reponse
        if avant is PEUT_ETRE:
            continue
        for choix in (OUI, NON):
            precises = [Verdict(choix if v.reponse is PEUT_ETRE else v.reponse, v.motif) for v in verdicts]
            assert combinaison(precises).reponse is avant


def test_le_motif_est_celui_des_verdicts_qui_decident_sans_repetition():
    verdicts = [satisfait("Oui."), non_satisfait("Non, un."), a_preciser("Quoi ?"), non_satisfait("Non, deux.")]
    assert tous(verdicts).motif == "Non, un. Non, deux."
    assert au_moins_un([non_satisfait("Non."), non_satisfait("Non.")]).motif == "Non."
    assert au_moins_un([]).motif == "Aucune des possibilités n'est ouverte."
    assert au_moins_n(2, verdicts).motif == "1 sur 2 attendus, 1 à préciser : Quoi ?"
