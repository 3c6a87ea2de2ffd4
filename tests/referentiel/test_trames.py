"""Ce qui manque, ce qui est rempli, ce qui se montre."""

import pytest

from esperluette.referentiel.modele import Champ, Rubrique, Source, Trame
from esperluette.referentiel.trames import ContexteTrame, Manque, completude, est_vide, est_visible, manques

SOURCE = {"document": "Essai", "passage": "1", "date": __import__("datetime").date(2026, 1, 1)}


def _champ(cle, sorte, **suite):
    return Champ(id=cle, libelle=f"Libellé {cle} :", type=sorte, **suite)


OPTIONS = ({"id": "oui", "libelle": "Oui"}, {"id": "autres", "libelle": "Autres"})
TRAME = Trame(
    id="essai",
    titre="Essai",
    source=Source(**SOURCE),
    rubriques=(
        Rubrique(id="un", numero="1", niveau=1, titre="Un"),
        Rubrique(
            id="un-un",
            numero="1.1",
            titre="Un un",
            champs=(
                _champ("texte", "texte_riche", obligatoire=True),
                _champ("libre", "texte"),
                _champ("cases", "cases", obligatoire=True, options=OPTIONS),
                _champ("precision", "texte", obligatoire=True, si={"champ": "cases", "contient": "autres"}),
                _champ("statut", "choix", obligatoire=True, options=OPTIONS, prerempli="statut_juridique"),
                _champ("detail", "texte", obligatoire=True, si={"champ": "statut", "vaut": "autres"}),
                _champ("suite", "texte", obligatoire=True, si={"champ": "libre", "rempli": True}),
            ),
        ),
        Rubrique(
            id="un-deux",
            titre="Un deux",
            champs=(
                _champ("membres", "membres", obligatoire=True, minimum=2),
                _champ(
                    "axes",
                    "tableau",
                    obligatoire=True,
                    minimum=1,
                    titre_ligne="Axe {n}",
                    colonnes=(_champ("nom", "texte", obligatoire=True), _champ("part", "nombre")),
                ),
            ),
        ),
        Rubrique(id="deux", niveau=1, titre="Deux", champs=(_champ("nombre", "nombre", obligatoire=True),)),
    ),
)
COMPLET = {
    "texte": "<p>Oui</p>",
    "cases": ["oui"],
    "statut": "oui",
    "axes": [{"id": "a", "nom": "Diabète", "part": None}],
    "nombre": 0,
}


def _manquants(valeurs, contexte=None):
    return [m.champ_id for m in manques(TRAME, valeurs, contexte or ContexteTrame(membres=2))]


def test_rien_ne_manque_a_un_dossier_complet():
    assert _manquants(COMPLET) == []


def test_tout_manque_a_un_dossier_vide_sauf_ce_qui_ne_se_montre_pas():
    assert _manquants({}, ContexteTrame()) == ["texte", "cases", "statut", "membres", "axes", "nombre"]


@pytest.mark.parametrize(
    ("changement", "attendu"),
    [
        ({"texte": "  "}, ["texte"]),
        ({"cases": []}, ["cases"]),
        ({"cases": ["autres"]}, ["precision"]),
        ({"cases": ["autres"], "precision": "Oui"}, []),
        ({"statut": "autres"}, ["detail"]),
        ({"libre": "x"}, ["suite"]),
        ({"nombre": None}, ["nombre"]),
        ({"axes": []}, ["axes"]),
        ({"axes": [{"id": "a"}]}, ["axes"]),
    ],
)
def test_une_reponse_retiree_manque(changement, attendu):
    assert _manquants({**COMPLET, **changement}) == attendu


def test_un_champ_prerempli_par_l_equipe_ne_manque_pas():
    sans = {**COMPLET, "statut": None}
    assert _manquants(sans) == ["statut"]
    assert _manquants(sans, ContexteTrame(2, {"statut_juridique": "oui"})) == []
    assert _manquants(sans, ContexteTrame(2, {"statut_juridique": "autres"})) == ["detail"]
    assert _manquants({**COMPLET, "statut": "oui"}, ContexteTrame(2, {"statut_juridique": "autres"})) == []


def test_un_seul_membre_ne_suffit_pas():
    (manque,) = manques(TRAME, COMPLET, ContexteTrame(membres=1))
    assert manque == Manque("membres", "un-deux", "Libellé membres :", "Ajoutez les membres de l'équipe (2 au moins).")


def test_une_fiche_commencee_dit_la_case_qui_manque():
    axes = [{"id": "a", "nom": "Diabète", "part": 3}, {"id": "b", "nom": "", "part": 5}, {"id": "c"}]
    assert manques(TRAME, {**COMPLET, "axes": axes}, ContexteTrame(2)) == [
        Manque("axes", "un-deux", "Axe 2 : Libellé nom", "Cette réponse est vide.", "b", "nom"),
        Manque("axes", "un-deux", "Axe 3", "Remplissez cette fiche, ou retirez-la.", "c"),
    ]


def test_la_completude_compte_par_rubrique_ce_qui_est_attendu():
    assert completude(TRAME, {}, ContexteTrame()) == {"un-un": (0, 3), "un-deux": (0, 2), "deux": (0, 1)}
    assert completude(TRAME, COMPLET, ContexteTrame(2)) == {"un-un": (3, 3), "un-deux": (3, 3), "deux": (1, 1)}
    avec = {**COMPLET, "cases": ["autres"]}
    assert completude(TRAME, avec, ContexteTrame(2))["un-un"] == (3, 4)


def test_la_completude_et_les_manques_disent_la_meme_chose():
    for valeurs in ({}, COMPLET, {**COMPLET, "axes": [{"id": "b", "part": 1}]}):
        comptes = completude(TRAME, valeurs, ContexteTrame(1))
        restants = {cle: attendus - remplis for cle, (remplis, attendus) in comptes.items()}
        dits = [m.rubrique_id for m in manques(TRAME, valeurs, ContexteTrame(1))]
        assert restants == {cle: dits.count(cle) for cle in comptes}


@pytest.mark.parametrize(
    ("cle", "valeur", "vide"),
    [
        ("texte", "", True),
        ("texte", " \n", True),
        ("texte", "<p>x</p>", False),
        ("nombre", 0, False),
        ("nombre", None, True),
        ("cases", [], True),
        ("cases", ["oui"], False),
        ("axes", [], True),
        ("axes", None, True),
        ("axes", [{"id": "a", "nom": " ", "part": None}], True),
        ("axes", [{"id": "a", "part": 0}], False),
    ],
)
def test_le_vide_depend_du_type(cle, valeur, vide):
    assert est_vide(TRAME.champ(cle), valeur) is vide


def test_un_champ_sans_condition_se_montre_toujours():
    assert est_visible(TRAME, TRAME.champ("texte"), {}, ContexteTrame())
    assert not est_visible(TRAME, TRAME.champ("precision"), {}, ContexteTrame())


def test_les_chapitres_groupent_les_rubriques():
    groupes = [(chapitre.id, [r.id for r in suite]) for chapitre, suite in TRAME.chapitres()]
    assert groupes == [("un", ["un-un", "un-deux"]), ("deux", ["deux"])]
    assert TRAME.rubrique("un-un").intitule == "1.1. Un un"
    assert TRAME.rubrique_de("axes").id == "un-deux"
    with pytest.raises(KeyError):
        TRAME.champ("inconnu")


@pytest.mark.parametrize(
    "champ",
    [
        {"type": "cases"},
        {"type": "texte", "options": OPTIONS},
        {"type": "tableau"},
        {"type": "texte", "presentation": "fiches"},
        {"type": "cases", "options": (OPTIONS[0], OPTIONS[0])},
        {"type": "tableau", "colonnes": ({"id": "id", "libelle": "Id", "type": "texte"},)},
        {"type": "tableau", "colonnes": ({"id": "m", "libelle": "M", "type": "membres"},)},
    ],
)
def test_un_champ_incoherent_est_refuse(champ):
    with pytest.raises(ValueError, match="validation error"):
        Champ.model_validate({"id": "x", "libelle": "X", **champ})
