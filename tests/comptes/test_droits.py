"""Les capacités : qui peut quoi, et pourquoi non."""

import pytest

from esperluette.commun.permissions import OUI
from esperluette.comptes import droits
from esperluette.comptes.enums import Role
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique

REFUS_INSTRUIRE = "Ce geste revient aux référents et aux autorités de l’ARS."


@pytest.mark.parametrize(
    ("role", "commune", "motif"),
    [
        (Role.REFERENT, "Loudéac", ""),
        (Role.AUTORITE, "Loudéac", ""),
        (Role.REFERENT, "Avessac", droits.HORS_PERIMETRE),
        (Role.ADMIN, "Loudéac", REFUS_INSTRUIRE),
        (Role.ADMIN_REGIONAL, "Loudéac", REFUS_INSTRUIRE),
        (Role.MEMBRE_COMMISSION, "Loudéac", REFUS_INSTRUIRE),
    ],
)
def test_instruire_revient_a_l_ars_dans_son_perimetre(pays, role, commune, motif):
    region = None if role == Role.ADMIN else pays.bretagne
    compte = FonctionFabrique(role=role, region=region).compte
    permission = droits.peut_instruire(compte, pays.communes[commune])
    assert (bool(permission), permission.motif) == (not motif, motif)


def test_sans_fonction_on_n_instruit_pas(pays):
    assert droits.peut_instruire(CompteFabrique(), pays.communes["Redon"]).motif == REFUS_INSTRUIRE


@pytest.mark.parametrize(
    ("acteur", "role", "region", "accorde"),
    [
        ("admin", Role.REFERENT, "53", True),
        ("admin", Role.ADMIN, None, True),
        ("admin_regional", Role.REFERENT, "53", True),
        ("admin_regional", Role.ADMIN_REGIONAL, "53", True),
        ("admin_regional", Role.REFERENT, "52", False),
        ("admin_regional", Role.ADMIN, None, False),
        ("referent", Role.REFERENT, "53", False),
        (None, Role.ADMIN, None, True),
    ],
)
def test_qui_ouvre_une_fonction(pays, acteur, role, region, accorde):
    compte = None
    if acteur:
        compte = FonctionFabrique(**{acteur: True}, **({} if acteur == "admin" else {"region": pays.bretagne})).compte
    assert bool(droits.peut_ouvrir_fonction(compte, role, region)) is accorde


@pytest.fixture
def registre(monkeypatch):
    monkeypatch.setattr(droits, "_CAPACITES", {})


def test_une_app_inscrit_ses_capacites(pays, registre):
    sieger = droits.Capacite("sieger", (Role.PRESIDENT,), "Vous ne siégez pas.")
    droits.inscrire(sieger)
    droits.inscrire(sieger)
    assert droits.capacites() == {"sieger": sieger}
    assert droits.peut(FonctionFabrique(president=True, region=pays.bretagne).compte, "sieger") == OUI
    assert droits.peut(CompteFabrique(), "sieger").motif == "Vous ne siégez pas."
    with pytest.raises(ValueError, match="sieger"):
        droits.inscrire(droits.Capacite("sieger", (Role.ADMIN,), "Autre sens."))


def test_la_liste_des_capacites_inscrites():
    assert {"instruire", "tenir_les_comptes"} <= set(droits.capacites())
