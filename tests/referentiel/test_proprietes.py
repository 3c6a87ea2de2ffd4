"""Ce qui doit rester vrai quelle que soit l'équipe, quelle que soit la saisie."""

import datetime
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.faits import AVANCEMENTS, EXERCICES, STATUTS, FaitMembre, Faits
from esperluette.referentiel.modele import Reponse3
from esperluette.referentiel.trames import ContexteTrame, ValeurRefusee, completude, manques, normaliser

EDITION = lecture.edition("bretagne", "2024-10")
TRAME = EDITION.trames["projet-sante-esp"]
LE = datetime.date(2026, 11, 21)
RANG = {Reponse3.NON_SATISFAIT: 0, Reponse3.A_PRECISER: 1, Reponse3.SATISFAIT: 2}

membres = st.builds(
    FaitMembre,
    profession=st.sampled_from(["", "93", "zz", *EDITION.socle.professions]),
    savoir_faire=st.sampled_from([None, "SM54", "SM26", "SM04", "SI01", "autre"]),
    exercice=st.sampled_from(EXERCICES),
    professionnel=st.booleans(),
)
equipes = st.builds(
    Faits,
    membres=st.lists(membres, max_size=8),
    statut_juridique=st.sampled_from([None, *STATUTS]),
    statut_avancement=st.sampled_from(AVANCEMENTS),
    declaratifs=st.dictionaries(st.just("patientele_commune"), st.booleans()),
)
formes = st.sampled_from(sorted(EDITION.entete.formes))


@given(equipes, formes)
def test_toute_equipe_recoit_une_reponse_motivee_et_lisible_par_un_programme(faits, forme):
    resultat = evaluer(EDITION, forme=forme, faits=faits, le=LE)
    assert json.loads(json.dumps(resultat.en_json()))["verdict"] in {"satisfait", "non_satisfait", "a_preciser"}
    for etat in (*resultat.criteres, *resultat.aides, *resultat.demarches):
        assert etat.verdict.motif.endswith((".", "?"))


@given(equipes, membres, formes)
def test_accueillir_quelqu_un_n_eloigne_jamais_d_un_minimum(faits, nouveau, forme):
    avant = evaluer(EDITION, forme=forme, faits=faits, le=LE)
    apres = evaluer(EDITION, forme=forme, faits=Faits([*faits.membres, nouveau], faits.statut_juridique), le=LE)
    assert RANG[apres.verdict.reponse] >= RANG[avant.verdict.reponse]


@given(equipes, formes, st.randoms(use_true_random=False))
def test_l_ordre_des_membres_ne_change_pas_le_verdict(faits, forme, hasard):
    melanges = list(faits.membres)
    hasard.shuffle(melanges)
    avant = evaluer(EDITION, forme=forme, faits=faits, le=LE)
    apres = evaluer(EDITION, forme=forme, faits=Faits(melanges, faits.statut_juridique), le=LE)
    assert apres.verdict.reponse is avant.verdict.reponse


@given(equipes)
def test_une_aide_ou_une_demarche_ne_s_ouvre_pas_sans_ses_conditions(faits):
    resultat = evaluer(EDITION, forme="esp", faits=faits, le=LE)
    verdicts = {e.critere.id: e.verdict.reponse for e in resultat.criteres}
    for etat, conditions in [(e, e.aide.conditions) for e in resultat.aides] + [
        (e, e.demarche.conditions) for e in resultat.demarches
    ]:
        assert RANG[etat.verdict.reponse] == min(
            (RANG[verdicts[c]] for c in conditions), default=RANG[Reponse3.SATISFAIT]
        )


@given(equipes)
def test_qui_n_est_pas_soignant_ne_change_aucun_minimum(faits):
    avant = evaluer(EDITION, forme="esp", faits=faits, le=LE)
    psychologue = FaitMembre("93", None, "liberal", professionnel=False)
    apres = evaluer(EDITION, forme="esp", faits=Faits([*faits.membres, psychologue], faits.statut_juridique), le=LE)
    assert apres.verdict == avant.verdict


CHAMPS = {c.id: c for _, c in TRAME.champs() if c.type != "membres"}
saisies = st.dictionaries(
    st.sampled_from(sorted(CHAMPS)),
    st.text(max_size=30)
    | st.integers(0, 9)
    | st.lists(st.sampled_from(["22136", "zip", "qpv", "autres", "telephone"]), max_size=4)
    | st.lists(st.dictionaries(st.sampled_from(["thematique", "enjeu", "id"]), st.text(max_size=8)), max_size=3),
)


@settings(max_examples=200)
@given(saisies, st.integers(0, 3))
def test_la_completude_ne_depasse_jamais_l_attendu_et_compte_les_manques(brutes, nombre):
    valeurs = {}
    for cle, brut in brutes.items():
        try:
            valeurs[cle] = normaliser(CHAMPS[cle], brut)
        except ValeurRefusee:
            continue
    contexte = ContexteTrame(membres=nombre)
    comptes = completude(TRAME, valeurs, contexte)
    assert all(0 <= remplis <= attendus for remplis, attendus in comptes.values())
    restants = sum(attendus - remplis for remplis, attendus in comptes.values())
    assert len(manques(TRAME, valeurs, contexte)) == restants
