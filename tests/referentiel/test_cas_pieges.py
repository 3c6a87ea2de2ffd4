"""Les équipes qui trompent : chacune a sa réponse, et ce qui l'en rapproche."""

import datetime

import pytest

from esperluette.referentiel.evaluation import evaluer
from esperluette.referentiel.modele import FaitMembre, Faits, Reponse3
from esperluette.referentiel.rapprochement import rapprocher
from tests.referentiel.region_d_essai import (
    AIDE,
    ASSOCIATION,
    COMPRENDRE,
    FRONTIERE,
    GENERALISTE_ET_PARAMEDICAL,
    GENERALISTE_ET_UN_AUTRE,
    ZONE_AIDEE,
    region_d_essai,
)

LE = datetime.date(2026, 11, 21)
OUI, NON, PEUT_ETRE = Reponse3.SATISFAIT, Reponse3.NON_SATISFAIT, Reponse3.A_PRECISER
GENERALISTE = FaitMembre("10", "SM54", "liberal")
MEDECIN = FaitMembre("10", None, "liberal")
SPECIALISTE = FaitMembre("10", "SM04", "liberal")
INFIRMIERE = FaitMembre("60", None, "liberal")
IPA = FaitMembre("60", "SI01", "liberal")
PHARMACIENNE = FaitMembre("21", None, "liberal")
SALARIE = FaitMembre("10", "SM54", "salarie")
SECRETAIRE = FaitMembre(professionnel=False)
AIDANTE = GENERALISTE_ET_PARAMEDICAL + ZONE_AIDEE + ASSOCIATION
HORS_ZONE = {"qpv": False, "zip": False, "zac": False}


def _juger(edition, membres, forme="esp", **faits):
    return evaluer(edition, forme=forme, faits=Faits(tuple(membres), **faits), le=LE)


def _proches(edition, membres, forme="esp", vise=None, **faits):
    return rapprocher(edition, forme=forme, faits=Faits(tuple(membres), **faits), le=LE, vise=vise)


@pytest.mark.parametrize(
    ("membres", "reponse", "morceau", "premier_pas"),
    [
        ((GENERALISTE, GENERALISTE), NON, "Aucun paramédical", "Ajoutez un paramédical ("),
        ((GENERALISTE, PHARMACIENNE), NON, "pharmacien (profession de la pharmacie)", "Ajoutez un paramédical ("),
        ((GENERALISTE, SECRETAIRE), NON, "Aucun paramédical", "Ajoutez un paramédical ("),
        ((GENERALISTE, IPA), OUI, "médecin généraliste", None),
        ((MEDECIN, INFIRMIERE), PEUT_ETRE, "qualification d'un médecin", "Précisez la qualification"),
        ((SPECIALISTE, INFIRMIERE), NON, "autre qualification", "Ajoutez un médecin généraliste."),
        ((SALARIE, INFIRMIERE), PEUT_ETRE, "salarié", "Ajoutez un second médecin généraliste."),
        ((), NON, "Aucun médecin généraliste", "Ajoutez un médecin généraliste et un paramédical ("),
    ],
    ids=["deux-mg", "pharmacien", "secretaire", "ipa", "sans-savoir-faire", "specialiste", "salarie", "personne"],
)
def test_un_generaliste_et_un_paramedical(atelier, membres, reponse, morceau, premier_pas):
    edition = region_d_essai(atelier)
    evaluation = _juger(edition, membres)
    assert evaluation.verdict.reponse is reponse
    assert morceau in evaluation.verdict.motif
    proches = _proches(edition, membres)
    if premier_pas is None:
        assert proches == []
    else:
        assert proches[0].phrase.startswith(premier_pas)
        assert evaluer(edition, forme="esp", faits=proches[0].faits, le=LE).verdict.reponse is OUI


@pytest.mark.parametrize(
    ("membres", "reponse"),
    [
        ((GENERALISTE, SPECIALISTE), OUI),  # « tout autre professionnel de santé »
        ((GENERALISTE, GENERALISTE), OUI),
        ((GENERALISTE, PHARMACIENNE), OUI),
        ((GENERALISTE, SECRETAIRE), NON),
        ((SPECIALISTE, INFIRMIERE), NON),
        ((MEDECIN, SPECIALISTE), PEUT_ETRE),
    ],
)
def test_un_generaliste_et_tout_autre_professionnel(atelier, membres, reponse):
    assert _juger(region_d_essai(atelier, GENERALISTE_ET_UN_AUTRE), membres).verdict.reponse is reponse


def test_une_maison_de_sante_a_un_seul_generaliste_en_demande_un_second(atelier):
    edition = region_d_essai(atelier)
    assert _juger(edition, (GENERALISTE, INFIRMIERE), "msp").verdict.reponse is NON
    (proche,) = _proches(edition, (GENERALISTE, INFIRMIERE), "msp")
    assert proche.phrase == "Ajoutez un second médecin généraliste."
    assert proche.apporte == ("Oui, vous pouvez former une maison de santé pluriprofessionnelle (MSP) dans l'Essai.",)


def test_une_information_passe_avant_un_recrutement(atelier):
    proches = _proches(region_d_essai(atelier), (GENERALISTE, MEDECIN, INFIRMIERE), "msp")
    assert [p.information for p in proches] == [True, False]
    assert proches[0].phrase == "Précisez la qualification (médecin généraliste ?) d'un membre (médecin)."


def test_hors_zone_l_aide_est_fermee_et_cela_ne_se_change_pas(atelier):
    edition = region_d_essai(atelier, AIDANTE, aides=AIDE)
    evaluation = _juger(edition, (GENERALISTE, INFIRMIERE), zonages=HORS_ZONE, statut_juridique="association")
    assert evaluation.verdict.reponse is OUI
    assert evaluation.aides[0].verdict.reponse is NON
    (proche,) = _proches(
        edition, (GENERALISTE, INFIRMIERE), vise="aide:demarrage", zonages=HORS_ZONE, statut_juridique="aucun"
    )
    assert not proche.possible
    assert proche.phrase == (
        "Le territoire n'est classé ni en QPV, ni en ZIP, ni en ZAC : cela ne se change pas. "
        "Il faudrait aussi : créez la structure attendue (association loi 1901)."
    )


def test_la_structure_a_creer_rapproche_de_l_aide(atelier):
    edition = region_d_essai(atelier, AIDANTE, aides=AIDE)
    zone = {"qpv": False, "zip": True, "zac": False}
    (proche,) = _proches(
        edition, (GENERALISTE, INFIRMIERE), vise="aide:demarrage", zonages=zone, statut_juridique="aucun"
    )
    assert proche.phrase == "Créez la structure attendue (association loi 1901)."
    assert proche.apporte == ("Aide ouverte : Aide au démarrage.",)


def test_une_commune_mi_classee_pose_la_question(atelier):
    edition = region_d_essai(atelier, AIDANTE, aides=AIDE)
    faits = {
        "zonages": {"qpv": False, "zac": False},
        "zonages_partiels": {"zip": "Trois communes sur cinq le sont."},
        "statut_juridique": "association",
    }
    aide = _juger(edition, (GENERALISTE, INFIRMIERE), **faits).aides[0]
    assert aide.verdict.reponse is PEUT_ETRE
    assert "Trois communes sur cinq le sont." in aide.verdict.motif
    (proche, *_) = _proches(edition, (GENERALISTE, INFIRMIERE), vise="aide:demarrage", **faits)
    assert proche.phrase == "Précisez le classement du territoire (ZIP)."


def test_un_territoire_a_cheval_se_signale_hors_verdict(atelier):
    edition = region_d_essai(atelier, GENERALISTE_ET_PARAMEDICAL + FRONTIERE)
    evaluation = _juger(edition, (GENERALISTE, INFIRMIERE), regions=("Bretagne", "Pays de la Loire"))
    assert evaluation.verdict.reponse is OUI
    assert [e.critere.id for e in evaluation.a_regarder] == ["une-region"]
    assert "une-region" not in {e.critere.id for e in evaluation.criteres}
    assert "Bretagne, Pays de la Loire" in evaluation.en_json()["attentions"][0]["motif"]
    assert not _juger(edition, (GENERALISTE, INFIRMIERE), regions=("Bretagne",)).a_regarder


@pytest.mark.parametrize(
    ("membres", "statut", "dit"),
    [
        ((GENERALISTE, INFIRMIERE), "aucun", True),
        ((GENERALISTE, INFIRMIERE), "association", False),
        ((), "aucun", False),
    ],
)
def test_se_former_sans_financement(atelier, membres, statut, dit):
    edition = region_d_essai(atelier, AIDANTE, aides=AIDE, comprendre=COMPRENDRE)
    zone = {"zip": True}
    evaluation = _juger(edition, membres, zonages=zone, statut_juridique=statut)
    assert [s.effet for s in evaluation.sans_financement] == (["garde", "perd"] if dit else [])
    assert [a.id for a in evaluation.points_d_attention] == ["cpts"]
    assert not _juger(edition, membres, "msp").points_d_attention


def test_un_point_deja_ecrit_en_critere_ne_se_dit_pas_deux_fois(atelier):
    criteres = GENERALISTE_ET_PARAMEDICAL + FRONTIERE.replace("id: une-region", "id: cpts")
    edition = region_d_essai(atelier, criteres, comprendre=COMPRENDRE)
    evaluation = _juger(edition, (GENERALISTE, INFIRMIERE), regions=("Bretagne", "Normandie"))
    assert [a["id"] for a in evaluation.en_json()["attentions"]] == ["cpts"]
