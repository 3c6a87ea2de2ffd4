"""Le quorum et le dépouillement : les cas de la règle, puis ce qui doit toujours être vrai."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esperluette.deliberations.quorum import Mandat, Occupation, depouiller, quorum


@dataclass(frozen=True)
class Regles:
    quorum: Fraction = Fraction(1, 2)
    seconde_sans_quorum: bool = True
    mandats_par_membre: int = 1


DROIT_COMMUN = Regles()


def presents(*sieges):
    return [Occupation(siege, siege * 10) for siege in sieges]


@pytest.mark.parametrize(
    ("votants", "la", "necessaire", "atteint"),
    [(7, 3, 4, False), (7, 4, 4, True), (6, 3, 3, True), (6, 2, 3, False), (1, 1, 1, True), (1, 0, 1, False)],
)
def test_la_moitie_au_moins_des_sieges_pourvus(votants, la, necessaire, atteint):
    etat = quorum(DROIT_COMMUN, range(1, votants + 1), presents(*range(1, la + 1)))
    assert (etat.necessaire, etat.comptes, etat.total, etat.atteint) == (necessaire, la, votants, atteint)


def test_aucun_siege_pourvu_ne_fait_pas_une_commission():
    etat = quorum(DROIT_COMMUN, (), ())
    assert not etat.atteint
    assert etat.phrase == "Aucun siège votant n’est pourvu : la commission ne peut pas délibérer."


def test_le_titulaire_et_le_suppleant_ne_font_qu_un_siege():
    assert quorum(DROIT_COMMUN, range(1, 5), [Occupation(1, 10), Occupation(1, 11)]).comptes == 1


def test_un_observateur_ne_compte_pas():
    assert quorum(DROIT_COMMUN, (1, 2), presents(1, 99)).comptes == 1


def test_un_mandat_donne_a_un_present_compte():
    etat = quorum(DROIT_COMMUN, range(1, 5), presents(1), [Mandat(2, 1, 20)])
    assert (etat.comptes, etat.atteint, etat.voix) == (2, True, ((1, 1), (2, 1)))
    assert etat.phrase == "Quorum atteint : 1 siège présent et 1 représenté par mandat, 2 nécessaires sur 4."


@pytest.mark.parametrize(
    ("mandats", "motif"),
    [
        ([Mandat(2, 3, 20)], "le mandataire est absent"),
        ([Mandat(1, 1, 10)], "on ne se représente pas soi-même"),
        ([Mandat(99, 1, 990)], "un observateur n'a pas de voix à donner"),
        ([Mandat(2, 99, 20)], "un observateur n'en détient pas"),
    ],
)
def test_un_mandat_sans_objet_ne_compte_pas(mandats, motif):
    assert quorum(DROIT_COMMUN, range(1, 5), presents(1, 99), mandats).comptes == 1, motif


def test_un_membre_ne_detient_qu_un_mandat():
    mandats = [Mandat(2, 1, 20), Mandat(3, 1, 30)]
    assert quorum(DROIT_COMMUN, range(1, 7), presents(1), mandats).comptes == 2
    assert quorum(Regles(mandats_par_membre=2), range(1, 7), presents(1), mandats).comptes == 3
    assert quorum(Regles(mandats_par_membre=0), range(1, 7), presents(1), mandats).comptes == 1


def test_le_deporte_ne_compte_plus_et_le_nombre_a_atteindre_ne_baisse_pas():
    etat = quorum(DROIT_COMMUN, range(1, 5), presents(1, 2), deports={20})
    assert (etat.comptes, etat.necessaire, etat.atteint) == (1, 2, False)
    assert etat.phrase == "Quorum perdu : 1 siège présent, il en faut 2 sur 4. Il en manque 1."


def test_le_suppleant_d_un_deporte_garde_le_siege():
    etat = quorum(DROIT_COMMUN, range(1, 3), [Occupation(1, 10), Occupation(1, 11)], deports={10})
    assert etat.comptes == 1


@pytest.mark.parametrize("deporte", [20, 10])
def test_un_deporte_ne_donne_ni_ne_porte_de_mandat(deporte):
    etat = quorum(DROIT_COMMUN, range(1, 9), presents(1, 3), [Mandat(2, 1, 20)], deports={deporte})
    assert etat.comptes == (2 if deporte == 20 else 1)


def test_la_seconde_convocation_ne_demande_rien():
    etat = quorum(DROIT_COMMUN, range(1, 8), presents(1), seconde=True)
    assert etat.atteint
    assert etat.necessaire == 0
    assert "aucun quorum" in etat.phrase
    assert not quorum(Regles(seconde_sans_quorum=False), range(1, 8), presents(1), seconde=True).atteint


# --- Ce qui doit toujours être vrai ----------------------------------------------------------------

SIEGES = st.integers(1, 8)
OCCUPATIONS = st.lists(st.builds(Occupation, SIEGES, st.integers(1, 12)), max_size=12)
MANDATS = st.lists(st.builds(Mandat, SIEGES, SIEGES, st.integers(1, 12)), max_size=8)
REGLES = st.builds(
    Regles,
    quorum=st.fractions(min_value=Fraction(1, 10), max_value=1, max_denominator=10),
    seconde_sans_quorum=st.booleans(),
    mandats_par_membre=st.integers(0, 3),
)
SITUATION = {
    "regles": REGLES,
    "sieges": st.sets(SIEGES, max_size=8),
    "la": OCCUPATIONS,
    "mandats": MANDATS,
    "deports": st.sets(st.integers(1, 12), max_size=4),
}


@given(**SITUATION, arrivee=st.builds(Occupation, SIEGES, st.integers(1, 12)))
def test_une_arrivee_ne_fait_jamais_perdre_le_quorum(regles, sieges, la, mandats, deports, arrivee):
    avant = quorum(regles, sieges, la, mandats, deports)
    apres = quorum(regles, sieges, [*la, arrivee], mandats, deports)
    assert apres.comptes >= avant.comptes
    assert apres.atteint or not avant.atteint


@given(**SITUATION, hasard=st.randoms(use_true_random=False))
def test_l_ordre_ne_change_rien(regles, sieges, la, mandats, deports, hasard):
    melanges = sorted(la, key=lambda _: hasard.random()), sorted(mandats, key=lambda _: hasard.random())
    assert quorum(regles, sieges, la, mandats, deports) == quorum(regles, sieges, *melanges, deports)


@given(**SITUATION)
def test_on_ne_compte_jamais_plus_que_les_sieges_ni_deux_fois_le_meme(regles, sieges, la, mandats, deports):
    etat = quorum(regles, sieges, la, mandats, deports)
    assert etat.comptes <= etat.total == len(sieges)
    assert len(etat.voix) == etat.comptes == len({siege for siege, _ in etat.voix})
    assert {siege for paire in etat.voix for siege in paire} <= sieges


@given(**SITUATION)
def test_le_mandat_d_un_present_est_ignore(regles, sieges, la, mandats, deports):
    etat = quorum(regles, sieges, la, mandats, deports)
    occupes = {p.siege for p in la if p.personne not in deports}
    assert all(porteur == siege for siege, porteur in etat.voix if siege in occupes)
    assert etat == quorum(regles, sieges, la, [m for m in mandats if m.de not in occupes], deports)


@given(**SITUATION, autre=st.integers(1, 12))
def test_un_deport_n_aide_jamais_le_quorum(regles, sieges, la, mandats, deports, autre):
    # Une voix par siège et un mandat par donneur : sinon écarter un donneur laisserait valoir son second mandat.
    uniques = list({m.de: m for m in mandats}.values())
    avant = quorum(regles, sieges, la, uniques, deports)
    apres = quorum(regles, sieges, la, uniques, deports | {autre})
    assert apres.necessaire == avant.necessaire
    assert apres.comptes <= avant.comptes


@given(**SITUATION)
def test_personne_ne_porte_plus_de_mandats_que_la_regle(regles, sieges, la, mandats, deports):
    etat = quorum(regles, sieges, la, mandats, deports)
    for siege in sieges:
        assert sum(1 for de, a in etat.voix if a == siege and de != siege) <= regles.mandats_par_membre


# --- Les voix ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("voix", "preponderante", "sens", "phrase"),
    [
        ([], True, "", "0 pour, 0 contre, 0 abstention."),
        ([("pour", False), ("contre", False), ("pour", False)], True, "pour", "2 pour, 1 contre, 0 abstention."),
        ([("abstention", False), ("abstention", True), ("contre", False)], True, "contre",
         "0 pour, 1 contre, 2 abstentions."),
        ([("pour", True), ("contre", False)], True, "pour",
         "1 pour, 1 contre, 0 abstention. Partage égal : la voix du président, pour, l’emporte."),
        ([("pour", True), ("contre", False)], False, "",
         "1 pour, 1 contre, 0 abstention. Partage égal : aucune majorité."),
        ([("pour", False), ("contre", False), ("abstention", True)], True, "",
         "1 pour, 1 contre, 1 abstention. Partage égal : aucune majorité."),
    ],
)  # fmt: skip
def test_la_majorite_puis_la_voix_du_president(voix, preponderante, sens, phrase):
    resultat = depouiller(voix, preponderante=preponderante)
    assert (resultat.sens, resultat.phrase) == (sens, phrase)


@given(st.lists(st.tuples(st.sampled_from(("pour", "contre", "abstention")), st.just(False))), st.booleans())
def test_echanger_pour_et_contre_echange_le_resultat(voix, preponderante):
    inverse = {"pour": "contre", "contre": "pour", "abstention": "abstention", "": ""}
    droit = depouiller(voix, preponderante=preponderante)
    renverse = depouiller([(inverse[s], p) for s, p in voix], preponderante=preponderante)
    assert renverse.sens == inverse[droit.sens]
