"""La trame du projet de santé : fidèle au document de l'ARS Bretagne, complète, sans donnée réelle inventée."""

import pytest

from esperluette.referentiel.trames import ContexteTrame, completude, manques, normaliser

INTITULES = [
    "1. Présentation de l'environnement",
    "1.1. Le territoire de réalisation du projet",
    "1.2. La patientèle",
    "1.3. L'offre de soins",
    "1.4. Les difficultés rencontrées par les professionnels",
    "2. Organisation de l'exercice coordonné",
    "2.1. Professionnels impliqués dans la démarche",
    "2.2. Pilotage et fonctionnement",
    "2.3. L'organisation de travail existante",
    "2.4. Les modalités de travail existantes",
    "2.5. Les axes du projet de santé",
    "2.6. Calendrier prévisionnel de réalisation du projet",
    "Signature du projet de santé",
    "Annexes",
    "Annexe 1 : Liste des professionnels participant au fonctionnement du projet de santé",
]
REPONSES = {
    "territoire_communes": ["22136"],
    "territoire_qualification": ["zip"],
    "structure_juridique": "association",
    "modalites": ["telephone"],
    "calendrier_depot": "2027-01-31",
    "calendrier_debut": "2027-06-01",
}


@pytest.fixture
def trame(bretagne):
    return bretagne.trames["projet-sante-esp"]


def _remplir(trame):
    """Une réponse à chaque champ obligatoire et visible."""
    valeurs = dict(REPONSES)
    for _, champ in trame.champs():
        if champ.type in {"texte", "texte_riche"} and champ.si is None:
            valeurs[champ.id] = normaliser(champ, "Notre réponse.")
    axes = trame.champ("axes_thematiques")
    valeurs["axes_thematiques"] = normaliser(axes, [{c.id: "Notre réponse." for c in axes.colonnes}])
    return valeurs


def test_les_rubriques_portent_les_intitules_et_les_numeros_officiels(trame):
    assert [r.intitule for r in trame.rubriques] == INTITULES


def test_la_numerotation_deduite_est_dite_telle(trame):
    deduites = [r.numero for r in trame.rubriques if r.numero_deduit]
    assert deduites == ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    assert trame.source.interprete
    assert "déduction" in trame.notes[0]


def test_les_modalites_ont_leurs_huit_cases_et_la_precision(trame):
    modalites = trame.champ("modalites")
    assert [o.libelle for o in modalites.options] == [
        "des temps d'échange informels",
        "des temps d'échange formalisés",
        "Téléphone",
        "Messagerie sécurisée",
        "Système d'information commun",
        "Temps d'échange réguliers",
        "Protocoles de prise en charge",
        "Autres",
    ]
    precision = trame.champ("modalites_autres")
    assert (precision.libelle, precision.si.champ, precision.si.contient) == (
        "Autres : Précisez",
        "modalites",
        "autres",
    )


def test_un_axe_a_les_six_lignes_de_la_trame(trame):
    axes = trame.champ("axes_thematiques")
    assert (axes.presentation, axes.titre_ligne, axes.minimum) == ("fiches", "Axe thématique {n}", 1)
    assert [c.libelle for c in axes.colonnes] == [
        "Thématique",
        "Référent(s) de l'action",
        "Enjeu/ difficulté identifié(e)",
        "Objectifs pour les patients du territoire",
        "Objectifs pour les professionnels impliqués",
        "Part de la patientèle concernée",
        "Description de l'action réalisée",
    ]


@pytest.mark.parametrize(
    ("rubrique", "nombre"),
    [("offre-de-soins", 6), ("difficultes", 2), ("calendrier", 3), ("territoire", 6), ("pilotage", 7)],
)
def test_les_rubriques_ont_tous_leurs_champs(trame, rubrique, nombre):
    assert len(trame.rubrique(rubrique).champs) == nombre


def test_le_territoire_se_qualifie_comme_la_trame_le_demande(trame):
    assert [o.id for o in trame.champ("territoire_qualification").options] == [
        "zip",
        "zac",
        "vigilance",
        "zrr",
        "qpv",
        "aucune",
    ]


def test_les_qualifications_sont_des_zonages_connus(trame, bretagne):
    ids = {o.id for o in trame.champ("territoire_qualification").options} - {"aucune"}
    assert ids <= bretagne.socle.zonages.keys()


def test_chaque_exemple_se_dit_fictif(trame):
    colonnes = trame.champ("axes_thematiques").colonnes
    exemples = [e for c in (*(c for _, c in trame.champs()), *colonnes) for e in c.exemples]
    assert len(exemples) >= 15
    assert [e for e in exemples if not e.startswith("(Exemple fictif) ")] == []


def test_une_trame_remplie_est_complete(trame):
    valeurs = _remplir(trame)
    contexte = ContexteTrame(membres=2)
    assert manques(trame, valeurs, contexte) == []
    assert all(remplis == attendus for remplis, attendus in completude(trame, valeurs, contexte).values())


def test_une_trame_vide_manque_de_ce_que_l_equipe_n_apporte_pas(trame):
    contexte = ContexteTrame(2, {"communes": ["22136"], "statut_juridique": "association"})
    manquants = {m.champ_id for m in manques(trame, {}, contexte)}
    assert "territoire_communes" not in manquants
    assert "professionnels" not in manquants
    assert "structure_juridique" not in manquants
    assert {"patientele_description", "axes_thematiques", "modalites", "calendrier_depot"} <= manquants


@pytest.mark.parametrize(
    ("changement", "manquant"),
    [
        ({"modalites": ["autres"]}, "modalites_autres"),
        ({"structure_juridique": "sisa"}, "structure_avancement"),
        ({"structure_juridique": "autre"}, "structure_precision"),
        ({"territoire_qualification": ["qpv"]}, "territoire_qpv"),
    ],
)
def test_une_precision_ne_manque_que_si_on_la_demande(trame, changement, manquant):
    valeurs = {**_remplir(trame), **changement}
    assert [m.champ_id for m in manques(trame, valeurs, ContexteTrame(2))] == [manquant]
