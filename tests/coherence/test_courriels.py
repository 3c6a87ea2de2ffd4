"""Chaque courriel appartient à une sorte qu'on règle, ou qu'on ne coupe pas en disant pourquoi."""

import pytest

from esperluette.notifications import sortes
from esperluette.notifications.enums import Public, Rythme
from esperluette.notifications.sortes import Sorte
from tests.coherence.depot import gabarits
from tests.coherence.test_gabarits import courriel

GABARITS = sorted({courriel(nom) for nom in gabarits() if courriel(nom)})


def test_chaque_gabarit_de_courriel_a_sa_sorte():
    assert [nom for nom in GABARITS if sortes.sorte_de(nom) is None] == []


def test_aucune_sorte_ne_cite_un_gabarit_disparu():
    cites = {nom for sorte in sortes.toutes() for nom in sorte.gabarits}
    assert cites - set(GABARITS) == set()


@pytest.mark.parametrize(
    "gabarit",
    [
        "comptes/code_connexion",
        "comptes/code_confirmation",
        "equipes/invitation",
        "dossiers/signature_demandee",
        "dossiers/etat_change",
    ],
)
def test_un_code_une_invitation_une_signature_une_decision_ne_se_coupent_pas(gabarit):
    assert sortes.sorte_de(gabarit).indispensable


def test_une_sorte_indispensable_dit_pourquoi_en_une_phrase_et_part_tout_de_suite():
    for sorte in sortes.toutes():
        assert sorte.libelle[0].isupper()
        if sorte.indispensable:
            assert sorte.indispensable.endswith(".")
            assert sorte.defaut == Rythme.IMMEDIAT


def test_deux_sortes_ne_se_disputent_ni_un_nom_ni_un_gabarit():
    with pytest.raises(ValueError, match="autrement"):
        sortes.inscrire(Sorte("codes", "Autre chose", Public.COMPTE, ()))
    with pytest.raises(ValueError, match="autre sorte"):
        sortes.inscrire(Sorte("neuve", "Autre chose", Public.COMPTE, ("comptes/code_connexion",)))
    assert "neuve" not in {s.cle for s in sortes.toutes()}
