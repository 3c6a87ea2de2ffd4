"""L'évaluation : le verdict de tête, ce qu'elle montre, sa forme JSON, sa vitesse."""

import datetime
import json
import time

import pytest

from esperluette.referentiel import lecture
from esperluette.referentiel.evaluation import DemarcheInconnue, FormeNonCouverte, evaluer
from esperluette.referentiel.modele import FaitMembre, Faits, Reponse3

LE = datetime.date(2026, 11, 21)
COMPLETE = (FaitMembre("10", "SM54", "liberal", "22136"), FaitMembre("60", None, "liberal", "22136"))


def _evaluer(edition, membres=COMPLETE, statut=None, forme="esp", demarche=None, **faits):
    return evaluer(edition, forme=forme, faits=Faits(membres, statut, **faits), le=LE, demarche=demarche)


@pytest.mark.parametrize(
    ("membres", "phrase"),
    [
        (COMPLETE, "Oui, vous pouvez former une équipe de soins primaires (ESP) en Bretagne."),
        (
            COMPLETE[:1],
            "Pas encore : une condition manque pour former une équipe de soins primaires (ESP) en Bretagne.",
        ),
        ((), "Pas encore : 2 conditions manquent pour former une équipe de soins primaires (ESP) en Bretagne."),
        (
            (FaitMembre("10", None, "liberal"), COMPLETE[1]),
            "Peut-être : il manque une précision pour savoir si vous pouvez former "
            "une équipe de soins primaires (ESP) en Bretagne.",
        ),
    ],
)
def test_la_phrase_dit_le_verdict(bretagne, membres, phrase):
    assert _evaluer(bretagne, membres).phrase == phrase


def test_ni_la_demarche_ni_la_declaration_ne_font_le_verdict_de_tete(bretagne):
    resultat = _evaluer(bretagne, statut="aucun", declaratifs={"patientele_commune": False})
    assert resultat.verdict.reponse is Reponse3.SATISFAIT
    assert {e.critere.id: e.verdict.reponse for e in resultat.criteres} == {
        "medecin-generaliste": Reponse3.SATISFAIT,
        "paramedical": Reponse3.SATISFAIT,
        "association-creee": Reponse3.NON_SATISFAIT,
        "reconnaissance-esp": Reponse3.A_PRECISER,
        "patientele-commune": Reponse3.NON_SATISFAIT,
    }


def test_chaque_verdict_porte_un_motif_et_sa_source_meme_satisfait(bretagne):
    resultat = _evaluer(bretagne, statut="association")
    for etat in (*resultat.criteres, *resultat.aides, *resultat.demarches):
        assert etat.verdict.motif
        assert etat.verdict.source is not None
        assert etat.verdict.source.passage


def test_une_demarche_restreint_les_criteres_les_aides_et_les_demarches(bretagne):
    projet = _evaluer(bretagne, demarche="projet-de-sante")
    assert [e.critere.id for e in projet.criteres] == ["medecin-generaliste", "paramedical", "patientele-commune"]
    assert [e.demarche.id for e in projet.demarches] == ["projet-de-sante"]
    assert projet.aides == ()
    demande = _evaluer(bretagne, demarche="demande-accompagnement")
    assert "association-creee" in [e.critere.id for e in demande.criteres]
    assert [e.aide.id for e in demande.aides] == ["indemnisation-elaboration"]


def test_les_conseils_ne_parlent_que_de_ce_qui_manque_a_la_composition(bretagne):
    assert _evaluer(bretagne).conseils == []
    assert _evaluer(bretagne, COMPLETE[1:], "aucun").conseils == [
        "Associez à votre projet un médecin généraliste du territoire."
    ]


def test_une_forme_ou_une_demarche_inconnue_est_refusee(bretagne):
    with pytest.raises(FormeNonCouverte, match="cpts"):
        _evaluer(bretagne, forme="cpts")
    with pytest.raises(DemarcheInconnue, match="vouliez-vous dire « projet-de-sante »"):
        _evaluer(bretagne, demarche="projet-sante")


def test_la_regle_change_avec_la_date():
    """Un généraliste et un pharmacien : oui en 2023, non en 2026."""
    membres = (COMPLETE[0], FaitMembre("21", None, "liberal"))
    reponses = {}
    for le in (datetime.date(2024, 10, 1), datetime.date(2024, 10, 2), LE):
        edition = lecture.edition_en_vigueur("bretagne", le)
        reponses[edition.numero, le] = _evaluer(edition, membres).verdict.reponse
    assert list(reponses.values()) == [Reponse3.SATISFAIT, Reponse3.NON_SATISFAIT, Reponse3.NON_SATISFAIT]
    assert [numero for numero, _ in reponses] == ["2019-10", "2024-10", "2024-10"]


def test_la_forme_json_a_les_cles_promises(bretagne):
    reponse = _evaluer(bretagne, statut="association").en_json()
    assert json.loads(json.dumps(reponse)) == reponse
    assert {"region", "edition", "forme", "le", "verdict", "criteres", "aides", "demarches"} <= reponse.keys()
    assert (reponse["region"], reponse["edition"], reponse["le"]) == ("bretagne", "2024-10", "2026-11-21")
    for critere in reponse["criteres"]:
        assert {"id", "enonce", "verdict", "motif", "source"} <= critere.keys()
        assert {"document", "passage", "date"} <= critere["source"].keys()
    assert reponse["aides"]
    for aide in reponse["aides"]:
        assert {"id", "libelle", "montant", "beneficiaire", "verdict", "motif", "source"} <= aide.keys()
        assert aide["montant"] is None
        assert aide["montant_note"]
    for demarche in reponse["demarches"]:
        assert {"id", "libelle", "verdict", "motif"} <= demarche.keys()


def test_un_montant_publie_s_ecrit_avec_ses_centimes(atelier):
    atelier.remplacer("aides.yaml", "montant: null", 'montant: "10000"')
    assert _evaluer(atelier.charger()).en_json()["aides"][0]["montant"] == "10000.00"


def test_une_regle_composee_rend_un_seul_verdict(atelier):
    """Les combinaisons s'écrivent dans l'édition : au moins une zone, au moins deux déclarations."""
    atelier.ajouter(
        "criteres.yaml",
        """
  - id: zones
    enonce: Le territoire est en ZIP ou en ZAC, et deux engagements au moins sont pris.
    nature: composition
    formes: [esp]
    tous:
      - au_moins_un:
          - {fonction: zonage, parametres: {zone: zip}}
          - {fonction: zonage, parametres: {zone: zac}}
      - au_moins_n:
          n: 2
          parmi:
            - {fonction: declaration, parametres: {cle: a, question: a.}}
            - {fonction: declaration, parametres: {cle: b, question: b.}}
            - {fonction: declaration, parametres: {cle: c, question: c.}}
    source: {document: portail-esp-2024, passage: Essai}
""",
    )
    edition = atelier.charger()
    engagements = {"a": True, "b": True}

    def reponse(**faits):
        return _evaluer(edition, **faits).verdict.reponse

    assert reponse(zonages={"zac": True}, declaratifs=engagements) is Reponse3.SATISFAIT
    assert reponse(zonages={"zip": False}, declaratifs=engagements) is Reponse3.A_PRECISER
    assert reponse(zonages={"zip": False, "zac": False}, declaratifs=engagements) is Reponse3.NON_SATISFAIT
    assert reponse(zonages={"zip": True}, declaratifs={"a": True, "b": False, "c": False}) is Reponse3.NON_SATISFAIT
    assert reponse(zonages={"zip": True}, declaratifs={"a": True}) is Reponse3.A_PRECISER


def test_une_evaluation_prend_moins_d_une_milliseconde_a_chaud(bretagne):
    membres = COMPLETE * 15
    _evaluer(bretagne, membres)
    durees = []
    for _ in range(50):
        debut = time.perf_counter()
        _evaluer(bretagne, membres, "association")
        durees.append(time.perf_counter() - debut)
    assert sorted(durees)[len(durees) // 2] < 0.001
