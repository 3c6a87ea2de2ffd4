"""Le plus petit changement : il suffit, rien n'y est de trop, et il se trouve vite."""

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import FormeNonCouverte, evaluer
from esperluette.referentiel.modele import FaitMembre, Faits, Reponse3
from esperluette.referentiel.rapprochement import ViseInconnu, rapprocher
from tests.referentiel.region_d_essai import (
    AIDE,
    ASSOCIATION,
    GENERALISTE_ET_PARAMEDICAL,
    ZONE_AIDEE,
    critere,
    region_d_essai,
)

LE = datetime.date(2026, 11, 21)
MEMBRE = st.builds(
    FaitMembre,
    profession=st.sampled_from(["10", "60", "21", "50", ""]),
    savoir_faire=st.sampled_from([None, "SM54", "SM04"]),
    exercice=st.sampled_from(["liberal", "salarie", "mixte", ""]),
    professionnel=st.booleans(),
)
FAITS = st.builds(
    Faits,
    membres=st.lists(MEMBRE, max_size=5).map(tuple),
    statut_juridique=st.sampled_from([None, "aucun", "association", "sisa", "autre"]),
    statut_avancement=st.sampled_from(["cree", "en_cours", "en_projet"]),
)


@given(
    faits=FAITS, forme=st.sampled_from(["esp", "msp"]), vise=st.sampled_from([None, "demarche:demande-accompagnement"])
)
@settings(deadline=None, max_examples=60)
def test_ce_qui_est_propose_suffit_et_rien_n_y_est_de_trop(faits, forme, vise):
    edition = lecture.edition("bretagne", "2024-10")
    if vise and forme == "msp":
        return

    def reponse(essai):
        evaluation = evaluer(edition, forme=forme, faits=essai, le=LE, demarche=vise and vise.partition(":")[2])
        return (evaluation.demarches[0].verdict if vise else evaluation.verdict).reponse

    proches = rapprocher(edition, forme=forme, faits=faits, le=LE, vise=vise)
    assert bool(proches) is (reponse(faits) is not Reponse3.SATISFAIT)
    for proche in proches:
        assert reponse(proche.faits) is Reponse3.SATISFAIT
        for retire in range(len(proche.changements)):
            essai = faits
            for rang, changement in enumerate(proche.changements):
                essai = changement.appliquer(essai) if rang != retire else essai
            assert reponse(essai) is not Reponse3.SATISFAIT
    assert [p.phrase for p in proches] == list(dict.fromkeys(p.phrase for p in proches))


@pytest.mark.parametrize("vise", ["aide:inconnue", "demarche:", "autre:chose", "n'importe"])
def test_viser_ce_qui_n_existe_pas_se_refuse(bretagne, vise):
    with pytest.raises(ViseInconnu, match="ni une aide ni une démarche"):
        rapprocher(bretagne, forme="esp", faits=Faits(), le=LE, vise=vise)


def test_une_forme_que_l_edition_ignore_se_refuse(bretagne):
    with pytest.raises(FormeNonCouverte):
        rapprocher(bretagne, forme="cpts", faits=Faits(), le=LE)


def test_deux_personnes_de_plus_se_disent_en_lettres(bretagne):
    (proche,) = rapprocher(bretagne, forme="msp", faits=Faits(), le=LE)
    assert proche.phrase.startswith("Ajoutez deux médecins généralistes et un paramédical (infirmier, ")
    assert len(proche.changements) == 3


def test_au_dela_de_trois_changements_on_ne_promet_rien(atelier):
    edition = region_d_essai(
        atelier,
        critere("foule", "effectif", "groupe: medecin-generaliste, minimum: 4", formes="esp, msp"),
    )
    assert rapprocher(edition, forme="esp", faits=Faits(), le=LE) == []
    assert rapprocher(edition, forme="esp", faits=Faits((FaitMembre("10", "SM54", "liberal"),)), le=LE)


def test_le_temps_est_borne_meme_pour_quarante_inconnus(atelier):
    edition = region_d_essai(
        atelier,
        critere("foule", "effectif", "groupe: medecin-generaliste, minimum: 60, exercice: ville", formes="esp, msp"),
    )
    faits = Faits(tuple(FaitMembre("10") for _ in range(40)))
    depart = time.perf_counter()
    rapprocher(edition, forme="esp", faits=faits, le=LE, delai=0.05)
    assert time.perf_counter() - depart < 0.5


def test_la_reponse_json_dit_le_changement_et_ce_qu_il_apporte(atelier):
    edition = region_d_essai(atelier, GENERALISTE_ET_PARAMEDICAL + ZONE_AIDEE + ASSOCIATION, aides=AIDE)
    (proche,) = rapprocher(edition, forme="esp", faits=Faits((FaitMembre("60", None, "liberal"),)), le=LE)
    assert proche.en_json() == {
        "phrase": "Ajoutez un médecin généraliste.",
        "changements": ["un médecin généraliste"],
        "possible": True,
        "information": False,
        "apporte": ["Oui, vous pouvez former une équipe de soins primaires (ESP) dans l'Essai."],
    }


def test_une_condition_non_publiee_se_demande_quoi_qu_on_change(atelier):
    criteres = GENERALISTE_ET_PARAMEDICAL + critere("secret", "non_publie", "texte: Demandez à l'ARS.", "aide")
    aides = AIDE.replace("zone-aidee, association", "secret")
    edition = region_d_essai(atelier, criteres, aides=aides)
    seule = Faits((FaitMembre("60", None, "liberal"),))
    complete = Faits((*seule.membres, FaitMembre("10", "SM54", "liberal")))
    (proche,) = rapprocher(edition, forme="esp", faits=seule, le=LE, vise="aide:demarrage")
    assert proche.phrase == "Ajoutez un médecin généraliste. Demandez à l'ARS."
    (reste,) = rapprocher(edition, forme="esp", faits=complete, le=LE, vise="aide:demarrage")
    assert (reste.changements, reste.phrase) == ((), "Ce qui est publié est rempli. Demandez à l'ARS.")
