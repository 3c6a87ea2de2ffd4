"""Un contenu, une seule écriture, une seule empreinte."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.documents.canonique import canonique, empreinte, empreinte_octets

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda enfants: st.lists(enfants) | st.dictionaries(st.text(), enfants),
    max_leaves=10,
)


def test_l_ordre_des_cles_ne_change_rien():
    assert canonique({"b": 1, "a": {"d": 2, "c": "é"}}) == '{"a":{"c":"é","d":2},"b":1}'.encode()


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(), JSON))
def test_deux_dictionnaires_egaux_ont_la_meme_empreinte(contenu):
    assert empreinte(dict(reversed(contenu.items()))) == empreinte(contenu)


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": []}, {"a": {}}),
        ([1, 2], [2, 1]),
        ({"a": "e\u0301"}, {"a": "é"}),
        ({}, {"a": None}),
    ],
)
def test_deux_contenus_differents_ont_deux_empreintes(un, autre):
    assert empreinte(un) != empreinte(autre)


def test_les_dates_et_les_montants_s_ecrivent_en_texte():
    contenu = {"le": date(2026, 11, 21), "a": datetime(2026, 11, 21, 14, tzinfo=UTC), "montant": Decimal("10000.00")}
    assert canonique(contenu) == b'{"a":"2026-11-21T14:00:00+00:00","le":"2026-11-21","montant":"10000.00"}'


@pytest.mark.parametrize("contenu", [{1: "a"}, {"a": {None: 1}}, [{"a": ({2: 3},)}], {"a": object()}, {"a": {1, 2}}])
def test_ce_qui_ne_s_ecrit_pas_d_une_seule_facon_est_refuse(contenu):
    with pytest.raises(TypeError):
        canonique(contenu)


@pytest.mark.parametrize("nombre", [float("nan"), float("inf")])
def test_un_nombre_non_fini_est_refuse(nombre):
    with pytest.raises(ValueError):
        canonique({"n": nombre})


def test_l_empreinte_est_celle_de_sha256sum():
    assert empreinte_octets(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert len(empreinte({})) == 64
