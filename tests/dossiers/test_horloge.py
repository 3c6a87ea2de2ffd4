"""L'horloge, pure : ce qui court, ce qui est suspendu, l'échéance ; des propriétés, puis des cas du droit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.commun.dates import ajouter_mois
from esperluette.dossiers.horloge import Etape, horloge

DEPOT = date(2026, 10, 1)


@dataclass(frozen=True)
class Regime:
    effet: str = "rejet"
    delai_mois: int = 2


def etape(jour, vers, avant_le=None, heure=9):
    return Etape(datetime.combine(jour, time(heure)), vers, avant_le)


def le(jours):
    return DEPOT + timedelta(days=jours)


@st.composite
def histoires(draw, avec_limites=True):
    """Un dépôt, puis des demandes et des retours dans l'ordre, avec ou sans date limite."""
    etapes, jour = [etape(DEPOT, "depose")], 0
    for _ in range(draw(st.integers(0, 4))):
        jour += draw(st.integers(0, 40))
        limite = le(jour + draw(st.integers(1, 60))) if avec_limites and draw(st.booleans()) else None
        etapes.append(etape(le(jour), "a_completer", limite))
        if draw(st.booleans()):
            jour += draw(st.integers(0, 50))
            etapes.append(etape(le(jour), "a_signer"))
        jour += draw(st.integers(0, 50))
        etapes.append(etape(le(jour), draw(st.sampled_from(["depose", "en_instruction"])), heure=18))
    return etapes


effets = st.sampled_from(["rejet", "acceptation"])


@given(histoires(), st.integers(0, 600), effets)
def test_jours_courus_et_suspendus_font_la_duree_ecoulee(etapes, jours, effet):
    vue = horloge(etapes, Regime(effet), le=le(jours))
    assert vue.jours + vue.suspendus == (le(jours) - vue.debut).days
    assert vue.jours >= 0
    assert vue.suspendus >= 0


@given(histoires(), effets)
def test_une_suspension_ne_rapproche_jamais_l_echeance(etapes, effet):
    fin = etapes[-1].le.date()
    sans = horloge(etapes[:1], Regime(effet), le=fin).echeance
    avec = horloge(etapes, Regime(effet), le=fin).echeance
    assert avec is None or avec >= sans


@given(histoires(), st.integers(0, 600), st.randoms(), effets)
def test_l_ordre_dans_lequel_on_lit_les_passages_est_indifferent(etapes, jours, hasard, effet):
    melange = list(etapes)
    hasard.shuffle(melange)
    assert horloge(melange, Regime(effet), le=le(jours)) == horloge(etapes, Regime(effet), le=le(jours))


@given(st.permutations([etape(le(5), "a_completer"), etape(le(5), "en_instruction"), etape(le(5), "a_signer")]))
def test_deux_passages_du_meme_instant_se_lisent_dans_n_importe_quel_ordre(simultanes):
    vue = horloge([etape(DEPOT, "depose"), *simultanes], Regime(), le=le(20))
    assert (vue.jours, vue.suspendus, vue.suspendue_depuis) == (20, 0, None)


@given(st.integers(0, 100), st.integers(0, 300), st.integers(0, 300))
def test_une_horloge_suspendue_n_avance_pas(debut, un, autre):
    etapes = [etape(DEPOT, "depose"), etape(le(debut), "a_completer")]
    vues = [horloge(etapes, Regime(), le=le(debut + n)) for n in (un, autre)]
    assert vues[0].jours == vues[1].jours == debut
    assert all(v.echeance is None and v.suspendue_depuis == le(debut) for v in vues)


@given(histoires(), st.integers(0, 400), st.integers(0, 100))
def test_le_temps_qui_passe_ne_fait_jamais_reculer_les_jours_courus(etapes, jours, plus):
    avant, apres = (horloge(etapes, Regime(), le=le(j)) for j in (jours, jours + plus))
    assert apres.jours >= avant.jours


@given(histoires(avec_limites=False))
def test_chaque_jour_suspendu_decale_l_echeance_d_autant(etapes):
    vue = horloge(etapes, Regime(), le=etapes[-1].le.date())
    assert vue.echeance == ajouter_mois(DEPOT, 2) + timedelta(days=vue.suspendus)


def test_sans_depot_ou_sans_effet_rien_ne_court():
    assert horloge([], Regime(), le=DEPOT).phrase == ""
    assert horloge([etape(DEPOT, "a_signer")], Regime(), le=DEPOT).debut is None
    assert horloge([etape(DEPOT, "depose")], Regime("aucun"), le=DEPOT).echeance is None


def test_la_demande_suspend_et_le_depot_relance():
    demande = [etape(DEPOT, "depose"), etape(le(12), "a_completer", le(42))]
    vue = horloge(demande, Regime(), le=le(20))
    assert vue.phrase == "12 jours sur 61, suspendue depuis le 13 octobre 2026"
    assert vue.reprise_le == le(43)
    retour = horloge([*demande, etape(le(22), "depose")], Regime(), le=le(30))
    assert (retour.jours, retour.suspendus) == (20, 10)
    assert retour.echeance == date(2026, 12, 11)
    assert retour.phrase == "20 jours sur 61, jusqu’au 11 décembre 2026"


def test_le_delai_donne_passe_sans_depot_l_horloge_repart():
    """CRPA, L. 114-5 : suspendue pendant le délai imparti, que la production des pièces abrège."""
    demande = [etape(DEPOT, "depose"), etape(le(10), "a_completer", le(20))]
    assert horloge(demande, Regime(), le=le(20)).suspendue_depuis == le(10)
    vue = horloge(demande, Regime(), le=le(21))
    assert (vue.suspendue_depuis, vue.suspendus) == (None, 11)
    assert vue.echeance == ajouter_mois(DEPOT, 2) + timedelta(days=11)
    tardif = horloge([*demande, etape(le(50), "depose")], Regime(), le=le(50))
    assert tardif.echeance == vue.echeance


def test_quand_le_silence_vaut_acceptation_le_delai_repart_du_depot_du_complement():
    etapes = [etape(DEPOT, "depose"), etape(le(10), "a_completer", le(20)), etape(le(30), "depose")]
    vue = horloge(etapes, Regime("acceptation"), le=le(30))
    assert (vue.debut, vue.jours, vue.echeance) == (le(30), 0, ajouter_mois(le(30), 2))


@pytest.mark.parametrize("fin", ["accepte", "refuse", "sans_suite", "retire"])
def test_une_fin_arrete_l_horloge(fin):
    etapes = [etape(DEPOT, "depose"), etape(le(15), fin)]
    vue = horloge(etapes, Regime(), le=le(90))
    assert (vue.jours, vue.arretee_le, vue.echeance) == (15, le(15), None)
    suspendue_ensuite = horloge([*etapes, etape(le(20), "a_completer")], Regime(), le=le(90))
    assert (suspendue_ensuite.arretee_le, suspendue_ensuite.jours) == (le(15), 15)


@pytest.mark.parametrize("fin", ["accepte", "refuse"])
def test_rouverte_apres_une_decision_l_horloge_repart_entiere(fin):
    """Recours gracieux, ou accord retiré : le silence vaut de nouveau rejet au bout de deux mois."""
    etapes = [etape(DEPOT, "depose"), etape(le(5), "a_completer"), etape(le(10), "depose"), etape(le(15), fin)]
    vue = horloge([*etapes, etape(le(40), "en_instruction")], Regime(), le=le(50))
    assert (vue.debut, vue.jours, vue.suspendus, vue.arretee_le) == (le(40), 10, 0, None)
    assert vue.echeance == ajouter_mois(le(40), 2)
    assert vue.rouverte
    encore = [*etapes, etape(le(40), "en_instruction"), etape(le(45), "a_completer", le(60))]
    assert horloge(encore, Regime(), le=le(50)).suspendue_depuis == le(45)
    assert horloge([*encore, etape(le(70), fin)], Regime(), le=le(90)).arretee_le == le(70)


@given(histoires(), st.sampled_from(["accepte", "refuse"]), st.integers(0, 60), st.integers(0, 200), effets)
def test_ce_qui_precede_la_reouverture_ne_compte_plus(etapes, fin, attente, jours, effet):
    derniere = (etapes[-1].le.date() - DEPOT).days
    reprise = derniere + 1 + attente
    suite = [*etapes, etape(le(derniere), fin, heure=20), etape(le(reprise), "en_instruction")]
    vue = horloge(suite, Regime(effet), le=le(reprise + jours))
    assert (vue.debut, vue.jours, vue.suspendus) == (le(reprise), jours, 0)
    assert vue.echeance == ajouter_mois(le(reprise), 2)


def test_un_delai_passe_se_dit():
    vue = horloge([etape(DEPOT, "depose")], Regime(), le=le(62))
    assert vue.depassee
    assert "délai dépassé depuis le 1er décembre 2026" in vue.phrase


def test_les_passages_a_venir_ne_comptent_pas_encore():
    etapes = [etape(DEPOT, "depose"), etape(le(10), "a_completer")]
    assert horloge(etapes, Regime(), le=le(5)).suspendue_depuis is None
