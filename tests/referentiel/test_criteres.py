"""Chaque fonction de critère, sur les faits qui la font changer de réponse ; et la liaison de ses paramètres."""

import pytest
from pydantic import ValidationError

from esperluette.referentiel.criteres import FONCTIONS, FonctionInconnue, RenvoiInconnu, Situation, critere, lier
from esperluette.referentiel.modele import FaitMembre, Faits, Reponse3

OUI, NON, PEUT_ETRE = Reponse3.SATISFAIT, Reponse3.NON_SATISFAIT, Reponse3.A_PRECISER
GENERALISTE = FaitMembre("10", "SM54", "liberal")
MEDECIN_SANS_QUALIFICATION = FaitMembre("10", None, "liberal")
INFIRMIER = FaitMembre("60", None, "liberal")


def _juger(socle, nom, faits, **parametres):
    return lier(nom, parametres, socle)(Situation(faits, socle))


@pytest.mark.parametrize(
    ("membres", "minimum", "reponse", "motif"),
    [
        ([GENERALISTE], 1, OUI, "1 médecin généraliste (minimum : 1)."),
        ([GENERALISTE, GENERALISTE], 1, OUI, "2 médecins généralistes (minimum : 1)."),
        ([], 1, NON, "Aucun médecin généraliste."),
        ([INFIRMIER], 1, NON, "Aucun médecin généraliste."),
        (
            [FaitMembre("10", "SM04", "liberal")],
            1,
            NON,
            "Aucun médecin généraliste : médecin d'une autre qualification.",
        ),
        ([MEDECIN_SANS_QUALIFICATION], 1, PEUT_ETRE, "À préciser : la qualification d'un médecin n'est pas indiquée."),
        ([GENERALISTE, MEDECIN_SANS_QUALIFICATION], 1, OUI, "1 médecin généraliste (minimum : 1)."),
        (
            [GENERALISTE, MEDECIN_SANS_QUALIFICATION],
            2,
            PEUT_ETRE,
            "À préciser : la qualification d'un médecin n'est pas indiquée.",
        ),
        (
            [MEDECIN_SANS_QUALIFICATION],
            2,
            NON,
            "Aucun médecin généraliste : la qualification d'un médecin n'est pas indiquée.",
        ),
        ([FaitMembre()], 1, PEUT_ETRE, "À préciser : la profession d'un membre n'est pas indiquée."),
    ],
)
def test_l_effectif_compte_les_certains_et_les_possibles(socle, membres, minimum, reponse, motif):
    verdict = _juger(socle, "effectif", Faits(membres), groupe="medecin-generaliste", minimum=minimum)
    assert (verdict.reponse, verdict.motif) == (reponse, motif)


@pytest.mark.parametrize("savoir_faire", ["SM26", "SM53", "SM54"])
def test_les_trois_qualifications_de_medecine_generale_comptent(socle, savoir_faire):
    faits = Faits([FaitMembre("10", savoir_faire, "liberal")])
    assert _juger(socle, "effectif", faits, groupe="medecin-generaliste", minimum=1).reponse is OUI


@pytest.mark.parametrize(
    ("exercice", "attendu", "reponse"),
    [
        ("liberal", "ville", OUI),
        ("mixte", "ville", OUI),
        ("salarie", "ville", PEUT_ETRE),
        ("", "ville", PEUT_ETRE),
        ("liberal", "liberal", OUI),
        ("salarie", "liberal", PEUT_ETRE),
        ("salarie", None, OUI),
        ("", None, OUI),
    ],
)
def test_un_salarie_reste_a_preciser_quand_le_texte_parle_de_liberaux_ou_de_ville(socle, exercice, attendu, reponse):
    parametres = {"exercice": attendu} if attendu else {}
    faits = Faits([FaitMembre("60", None, exercice)])
    verdict = _juger(socle, "effectif", faits, groupe="paramedical", minimum=1, **parametres)
    assert verdict.reponse is reponse


def test_le_motif_d_un_salarie_dit_pourquoi(socle):
    faits = Faits([FaitMembre("60", None, "salarie")])
    verdict = _juger(socle, "effectif", faits, groupe="paramedical", minimum=1, exercice="liberal")
    assert verdict.motif == "À préciser : infirmier salarié, alors que le texte parle de professionnels libéraux."


@pytest.mark.parametrize("code", ["60", "69", "70", "80", "94", "96", "91", "92", "98", "86", "26", "28", "81", "95"])
def test_les_auxiliaires_medicaux_sont_paramedicaux(socle, code):
    assert _juger(socle, "effectif", Faits([FaitMembre(code)]), groupe="paramedical", minimum=1).reponse is OUI


@pytest.mark.parametrize("code", ["10", "21", "31", "32", "35", "36", "37", "38", "39", "40", "50"])
def test_les_autres_professions_de_sante_ne_le_sont_pas(socle, code):
    assert _juger(socle, "effectif", Faits([FaitMembre(code)]), groupe="paramedical", minimum=1).reponse is NON


@pytest.mark.parametrize("membre", [FaitMembre("60", professionnel=False), FaitMembre("93"), FaitMembre("zz")])
def test_qui_n_est_pas_professionnel_de_sante_ne_compte_nulle_part(socle, membre):
    for groupe in socle.groupes:
        assert _juger(socle, "effectif", Faits([membre]), groupe=groupe, minimum=1).reponse is NON


@pytest.mark.parametrize(
    ("statut", "avancement", "reponse"),
    [
        (None, "cree", PEUT_ETRE),
        ("aucun", "cree", NON),
        ("association", "cree", OUI),
        ("association", "en_cours", PEUT_ETRE),
        ("association", "en_projet", PEUT_ETRE),
        ("sisa", "cree", NON),
        ("sisa", "en_projet", NON),
        ("autre", "cree", PEUT_ETRE),
    ],
)
def test_le_statut_en_projet_n_est_jamais_satisfait(socle, statut, avancement, reponse):
    faits = Faits(statut_juridique=statut, statut_avancement=avancement)
    verdict = _juger(socle, "statut", faits, admis=("association",), a_confirmer=("autre",))
    assert verdict.reponse is reponse
    assert verdict.motif.endswith(".")


@pytest.mark.parametrize(
    ("zonages", "declares", "reponse", "morceau"),
    [
        ({}, (), PEUT_ETRE, "n'est pas connu"),
        ({"zip": True}, (), OUI, "Territoire classé : zone d'intervention prioritaire."),
        ({"zip": True}, ("zip",), OUI, "(déclaré)"),
        ({"zip": False}, (), NON, "Territoire non classé"),
        ({"zac": True}, (), PEUT_ETRE, "n'est pas connu"),
    ],
)
def test_un_zonage_inconnu_devient_une_question(socle, zonages, declares, reponse, morceau):
    faits = Faits(zonages=zonages, zonages_declares=frozenset(declares))
    verdict = _juger(socle, "zonage", faits, zone="zip")
    assert verdict.reponse is reponse
    assert morceau in verdict.motif


@pytest.mark.parametrize(("declaratifs", "reponse"), [({}, PEUT_ETRE), ({"x": True}, OUI), ({"x": False}, NON)])
def test_une_declaration_se_dit_telle(socle, declaratifs, reponse):
    verdict = _juger(socle, "declaration", Faits(declaratifs=declaratifs), cle="x", question="ce que vous faites.")
    assert verdict.reponse is reponse


@pytest.mark.parametrize(
    ("parametres", "debut"),
    [({}, "À décrire dans le projet : "), ({"ou": "demande"}, "À dire dans la demande : ")],
)
def test_une_declaration_dit_ou_on_la_fera(socle, parametres, debut):
    verdict = _juger(socle, "declaration", Faits(), cle="x", question="ce que vous faites.", **parametres)
    assert verdict.motif == f"{debut}ce que vous faites."


def test_toutes_les_fonctions_sont_essayees_ici():
    assert set(FONCTIONS) == {"effectif", "statut", "zonage", "meme_region", "declaration", "non_publie"}


@pytest.mark.parametrize(
    ("nom", "parametres", "erreur"),
    [
        ("efectif", {}, FonctionInconnue),
        ("effectif", {"groupe": "paramedical"}, ValidationError),
        ("effectif", {"groupe": "paramedical", "minimum": 1, "minimun": 2}, ValidationError),
        ("effectif", {"groupe": "paramedical", "minimum": "1"}, ValidationError),
        ("effectif", {"groupe": "paramedical", "minimum": True}, ValidationError),
        ("effectif", {"groupe": "paramedical", "minimum": 0}, ValidationError),
        ("effectif", {"groupe": "paramedical", "minimum": 1, "exercice": "prive"}, ValidationError),
        ("effectif", {"groupe": "paramédical", "minimum": 1}, RenvoiInconnu),
        ("zonage", {"zone": "zzz"}, RenvoiInconnu),
        ("statut", {"admis": ("assoc",)}, ValidationError),
    ],
)
def test_une_faute_dans_les_parametres_se_voit_a_la_liaison(socle, nom, parametres, erreur):
    with pytest.raises(erreur):
        lier(nom, parametres, socle)


def test_un_critere_aux_parametres_non_nommes_est_refuse():
    def bancal(situation, minimum: int):
        raise AssertionError

    with pytest.raises(TypeError, match="nommés"):
        critere(bancal)


@pytest.mark.parametrize(
    ("regions", "reponse", "morceau"),
    [
        ((), PEUT_ETRE, "ne sont pas indiquées"),
        (("Bretagne", "Bretagne"), OUI, "une seule région (Bretagne)"),
        (("Bretagne", "Normandie"), NON, "plusieurs régions : Bretagne, Normandie"),
    ],
)
def test_un_territoire_a_cheval_sur_deux_regions_se_dit(socle, regions, reponse, morceau):
    verdict = _juger(socle, "meme_region", Faits(regions=regions))
    assert verdict.reponse is reponse
    assert morceau in verdict.motif


@pytest.mark.parametrize(
    ("zonages", "declares", "reponse"),
    [
        ({}, (), PEUT_ETRE),
        ({"zip": True}, ("zip",), OUI),
        ({"zip": False}, ("zip",), NON),
        ({"zip": True}, (), PEUT_ETRE),
    ],
)
def test_un_territoire_mi_classe_reste_a_preciser_sauf_reponse_declaree(socle, zonages, declares, reponse):
    faits = Faits(
        zonages=zonages, zonages_declares=frozenset(declares), zonages_partiels={"zip": "Deux communes sur trois."}
    )
    verdict = _juger(socle, "zonage", faits, zone="zip")
    assert verdict.reponse is reponse
    assert ("Deux communes sur trois." in verdict.motif) is (reponse is PEUT_ETRE)


def test_une_condition_non_publiee_n_est_jamais_ni_oui_ni_non(socle):
    verdict = _juger(socle, "non_publie", Faits(declaratifs={"x": True}), texte="Demandez-la à l'ARS.")
    assert (verdict.reponse, verdict.motif) == (PEUT_ETRE, "Demandez-la à l'ARS.")
