"""Suspendre une reconnaissance, lever : motif, dates, droits, ce que voient l'équipe et l'annuaire."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.journal.lectures import evenements_de
from esperluette.notifications.models import Courriel
from esperluette.reconnaissances.actions.suspension import lever, suspendre
from esperluette.reconnaissances.lectures import annuaire
from esperluette.reconnaissances.models import Reconnaissance, Suspension
from tests.fabriques.reconnaissances import ReconnaissanceFabrique

pytestmark = pytest.mark.django_db
JOUR = timezone.localdate


def test_suspendre_se_dit_des_deux_cotes_et_a_l_annuaire(reconnaissance, autorite):
    suspension = suspendre(reconnaissance, acteur=autorite, debut=JOUR(), motif="Trop peu de médecins.")
    assert reconnaissance.etat.label == "Suspendue"
    assert reconnaissance.est_en_cours
    (fiche,) = annuaire()
    assert fiche.suspendue_depuis == JOUR()
    assert fiche.en_json()["suspendue_depuis"] == JOUR().isoformat()
    assert list(Reconnaissance.objects.suspendues()) == [reconnaissance]
    assert evenements_de(reconnaissance.equipe).filter(sorte="reconnaissance_suspendue").count() == 1
    textes = Courriel.objects.values_list("texte", flat=True)
    assert textes
    assert not any("Trop peu de médecins" in texte for texte in textes)
    lever(suspension, acteur=autorite)
    reconnaissance.refresh_from_db()
    assert reconnaissance.etat.label == "En cours"
    assert annuaire()[0].suspendue_depuis is None


def test_suspendre_et_lever_deux_fois_ne_font_rien_de_plus(reconnaissance, autorite):
    premiere = suspendre(reconnaissance, acteur=autorite, debut=JOUR(), motif="Un motif")
    assert suspendre(reconnaissance, acteur=autorite, debut=JOUR(), motif="Un motif") == premiere
    nombre = Courriel.objects.count()
    lever(premiere, acteur=autorite)
    leve = lever(premiere, acteur=autorite).levee_le
    assert lever(premiere, acteur=autorite).levee_le == leve
    assert Courriel.objects.count() == nombre + 2  # la porteuse et l'infirmier, une fois
    assert Suspension.objects.count() == 1


@pytest.mark.parametrize("role", ["referente", "presidente", "secretaire", "porteuse", "referent_ailleurs"])
def test_l_autorite_seule_suspend(reconnaissance, acteurs, role):
    with pytest.raises(Refus):
        suspendre(reconnaissance, acteur=acteurs[role], debut=JOUR(), motif="Un motif")
    suspension = suspendre(reconnaissance, acteur=acteurs["autorite"], debut=JOUR(), motif="Un motif")
    with pytest.raises(Refus):
        lever(suspension, acteur=acteurs[role])


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"motif": "  "}, "motif de la suspension"),
        ({"motif": "\0"}, "motif de la suspension"),
        ({"motif": "x" * 10_001}, "raccourcissez"),
        ({"debut": date(2026, 3, 1), "fin": date(2026, 2, 1)}, "après avoir commencé"),
        ({"debut": date(2020, 1, 1)}, "après la reconnaissance"),
    ],
)
def test_une_suspension_impossible_se_refuse(reconnaissance, autorite, champs, phrase):
    with pytest.raises(ErreurMetier, match=phrase):
        suspendre(reconnaissance, acteur=autorite, **{"debut": JOUR(), "motif": "Un motif", **champs})
    assert not Suspension.objects.exists()


def test_deux_suspensions_ne_se_chevauchent_pas(reconnaissance, autorite):
    suspendre(reconnaissance, acteur=autorite, debut=JOUR(), fin=JOUR() + timedelta(days=10), motif="Un motif")
    with pytest.raises(Conflit, match="déjà suspendue"):
        suspendre(reconnaissance, acteur=autorite, debut=JOUR() + timedelta(days=5), motif="Un autre motif")
    apres = suspendre(reconnaissance, acteur=autorite, debut=JOUR() + timedelta(days=11), motif="Un autre motif")
    assert not apres.court()


@pytest.mark.parametrize("trait", ["finie", "retiree"])
def test_rien_a_suspendre_apres_la_fin(autorite, equipe, trait):
    passee = ReconnaissanceFabrique(equipe=equipe, **{trait: True})
    with pytest.raises(ErreurMetier, match="rien à suspendre"):
        suspendre(passee, acteur=autorite, debut=JOUR(), motif="Un motif")


@given(
    debut=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    duree=st.none() | st.integers(0, 400),
    le=st.dates(date(2024, 6, 1), date(2029, 1, 1)),
)
def test_une_suspension_court_de_son_debut_a_sa_fin_et_pas_un_jour_de_plus(debut, duree, le):
    fin = None if duree is None else debut + timedelta(days=duree)
    suspension = Suspension(debut=debut, fin=fin)
    assert suspension.court(le) == (debut <= le and (fin is None or le <= fin))
    suspension.levee_le = timezone.now()
    assert not suspension.court(le)
