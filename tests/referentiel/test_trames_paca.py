"""Les trames de Provence-Alpes-Côte d'Azur : la fiche de l'annexe 1, mot pour mot, et celles qui la suivent."""

import pytest
from pydantic import ValidationError

from esperluette.referentiel import lecture
from esperluette.referentiel.questionnaire import Champ, Option
from esperluette.referentiel.trames import ContexteTrame, completude, manques, normaliser

DEPARTEMENTS = ["04", "05", "06", "13", "83", "84"]
TRAMES = ["fiche-presentation-esp", "demande-aide-demarrage", "choix-structure-appui", "projet-sante-esp"]


@pytest.fixture(scope="module")
def paca():
    return lecture.edition("provence-alpes-cote-d-azur", "2022-02")


@pytest.fixture
def fiche(paca):
    return paca.trames["fiche-presentation-esp"]


# --- La fiche de présentation -----------------------------------------------------------------------

ECHELLE = "Echelle géographique du territoire (quartier, commune, canton, communauté de communes, bassin de vie, etc.)"
# L'annexe 1, dans son ordre : chaque intitulé, et les cases de chaque liste.
ANNEXE_1 = {
    "Fiche de présentation Projet d'Equipe de Soins Primaires": {
        "Département concerné": None,
        "Date de passage en CCOPD": None,
    },
    "Identification du porteur de projet": {"Nom": None, "Profession": None, "Téléphone": None, "Mail": None},
    "Coordonnées de l'ESP": {"Nom": None, "Adresse": None, "Téléphone": None, "Mail": None},
    "Statut juridique": {
        "Statut juridique": [
            "Pas de structuration juridique",
            "Association loi 1901 (préciser coordonnées)",
            "SISA",
            "Autres (à préciser)",
        ],
    },
    "Territoire d'intervention de l'ESP": {
        ECHELLE: None,
        "Nombre d'habitants": None,
        "Cochez les cases correspondantes": [
            "QPV (préciser le nom)",
            "Proche d'un QPV (préciser le nom)",
            "Zone d'action complémentaire (ZAC)*",
            "Zone d'intervention prioritaire (ZIP)*",
            "Zone rurale hors ZIP et ZAC",
        ],
    },
    "Descriptif général du projet": {},
    "Diagnostic territorial (population, besoins du territoire, problématiques spécifiques)": {
        "Diagnostic territorial (population, besoins du territoire, problématiques spécifiques)": None,
    },
    "Liste des professionnels de santé impliqués": {"Liste des professionnels de santé impliqués": None},
    "Présentation des modalités de travail des professionnels impliqués": {
        "Cochez les cases correspondantes": [
            "Echanges informels",
            "Echanges formalisés",
            "Téléphone",
            "Messagerie sécurisée",
            "Système d'information commun",
            "Protocoles de prise en charge communs",
            "Accueil de stagiaires",
            "Education Thérapeutique du Patient",
            "Continuité des soins organisée",
            "Soins non programmés organisés",
            "Autres (à préciser)",
        ],
    },
    "Thématiques de travail envisagées": {"Thématiques de travail envisagées": None},
    "Moyens d'action envisagés pour répondre à la ou aux problématiques identifiée(s)": {
        "Moyens d'action envisagés pour répondre à la ou aux problématiques identifiée(s)": [
            "Messagerie sécurisée",
            "Système d'information commun",
            "Réunions de concertation pluri-professionnelle",
            "Protocoles de prise en charge",
            "Groupes qualité pluri-professionnels",
            "Autres (à préciser)",
        ],
    },
    "Calendrier prévisionnel de réalisation du projet": {
        "Date prévisionnelle du dépôt du projet de santé": None,
        "Début de mise en œuvre": None,
    },
    "Atouts et freins éventuels à souligner": {"Atouts et freins éventuels à souligner": None},
}
PRECISIONS = {
    "association_coordonnees": ("structure_juridique", "association"),
    "structure_precision": ("structure_juridique", "autre"),
    "territoire_qpv": ("territoire_qualification", "qpv"),
    "territoire_proche_qpv": ("territoire_qualification", "proche_qpv"),
    "modalites_autres": ("modalites", "autres"),
    "moyens_action_autres": ("moyens_action", "autres"),
}


def test_la_fiche_porte_chaque_intitule_et_chaque_case_de_l_annexe_1(fiche):
    lue = {
        (fiche.titre if r.id == "dossier" else r.titre): {
            c.libelle: [o.libelle for o in c.options] or None
            for c in r.champs
            if c.si is None and c.id != "departement_concerne"
        }
        for r in fiche.sans_chiffres().rubriques
    }
    attendue = {titre: dict(champs) for titre, champs in ANNEXE_1.items()}
    assert attendue[fiche.titre].pop("Département concerné") is None
    assert lue == attendue
    assert list(lue) == list(attendue)


def test_le_departement_concerne_est_l_un_des_six(fiche):
    champ = fiche.champ("departement_concerne")
    assert champ.libelle == "Département concerné"
    assert [o.id for o in champ.options] == DEPARTEMENTS


def test_la_date_de_passage_est_reservee_a_l_ars(fiche):
    champ = fiche.champ("date_ccopd")
    assert not champ.obligatoire
    assert "Réservé à l'ARS" in champ.aide


def test_chaque_a_preciser_a_sa_place(fiche):
    lues = {
        c.id: (c.si.champ, c.si.vaut or c.si.contient) for r in fiche.rubriques for c in r.champs if c.si is not None
    }
    assert lues == PRECISIONS


def test_les_thematiques_se_repetent_avec_leurs_quatre_lignes(fiche):
    thematiques = fiche.champ("axes_thematiques")
    assert (thematiques.presentation, thematiques.titre_ligne) == ("fiches", "Thématique {n}")
    assert [c.libelle for c in thematiques.colonnes] == [
        "Thématique",
        "Enjeux/difficultés constaté(e)s",
        "Objectif(s) attendu(s) pour les patients du territoire (améliorer l'accès aux soins, éviter les ruptures de "
        "prise en charge, améliorer le suivi, ...)",
        "Objectif(s) attendu(s) pour les professionnels impliqués",
        "Part de patientèle concernée par cette thématique",
    ]


def test_les_consignes_officielles_s_impriment(fiche):
    assert fiche.rubrique("territoire").mention == "*Arrêté de zonage des médecins libéraux du 02.02.22"
    mention = fiche.rubrique("thematiques").mention
    assert mention.startswith("Sur quelles thématiques, par rapport à votre patientèle,")
    assert mention.endswith("ainsi que la part des patients concernés.")


def test_les_zones_cochees_sont_des_zonages_connus(fiche, paca):
    ids = {o.id for o in fiche.champ("territoire_qualification").options} - {"rurale"}
    assert ids <= paca.socle.zonages.keys()


# --- Les trames se remplissent, et se suivent ---------------------------------------------------------


def _remplir(trame):
    """Une réponse à chaque champ visible, de la forme que son type demande."""
    exemples = {"nombre": 3100, "date": "2027-06-30", "communes": ["05061"]}
    valeurs = {}
    for _, champ in trame.champs():
        if champ.si is not None or champ.type in {"membres", "chiffres"}:
            continue
        if champ.type == "tableau":
            valeurs[champ.id] = normaliser(champ, [{c.id: "Notre réponse." for c in champ.colonnes}])
        elif champ.type == "cases":
            valeurs[champ.id] = [next(o.id for o in champ.options if o.id not in {"qpv", "proche_qpv"})]
        elif champ.type == "choix":
            valeurs[champ.id] = champ.options[0].id
        else:
            valeurs[champ.id] = normaliser(champ, exemples.get(champ.type, "Notre réponse."))
    return valeurs


@pytest.mark.parametrize("cle", TRAMES)
def test_une_trame_remplie_est_complete(paca, cle):
    trame, contexte = paca.trames[cle], ContexteTrame(membres=2)
    valeurs = _remplir(trame)
    assert manques(trame, valeurs, contexte) == []
    assert all(remplis == attendus for remplis, attendus in completude(trame, valeurs, contexte).values())


@pytest.mark.parametrize("cle", TRAMES)
def test_une_trame_vide_manque_de_quelque_chose(paca, cle):
    assert manques(paca.trames[cle], {}, ContexteTrame(membres=2))


@pytest.mark.parametrize(("precision", "condition"), PRECISIONS.items())
def test_une_precision_ne_manque_que_si_on_la_demande(fiche, precision, condition):
    champ, valeur = condition
    choisie = valeur if fiche.champ(champ).type == "choix" else [valeur]
    valeurs = {**_remplir(fiche), champ: choisie}
    assert [m.champ_id for m in manques(fiche, valeurs, ContexteTrame(2))] == [precision]


def test_le_projet_de_sante_porte_les_elements_que_le_document_exige(paca):
    titres = [r.titre for r in paca.trames["projet-sante-esp"].rubriques]
    assert titres == [
        "La liste des professionnels impliqués dans le projet",
        "Le territoire d'intervention de l'ESP",
        "Le diagnostic relatif à la ou aux problématiques de santé identifiée par ces professionnels",
        "Le périmètre de l'action",
        "Les modalités de la coordination pluri-professionnelle",
        "Modalités de travail existantes entre les professionnels impliqués",
        "Axes d'action et modalités envisagées par les professionnels impliqués pour répondre à la problématique "
        "identifiée",
        "Partenariats extérieurs développés",
        "Signature du projet de santé",
    ]


@pytest.mark.parametrize(
    ("suivante", "reprises"),
    [
        (
            "projet-sante-esp",
            {
                "professionnels",
                "territoire_echelle",
                "territoire_habitants",
                "territoire_qualification",
                "diagnostic",
                "modalites",
                "moyens_action",
                "axes_thematiques",
            },
        ),
        (
            "demande-aide-demarrage",
            {"departement_concerne", "porteur_nom", "porteur_courriel", "association_coordonnees", "territoire_qpv"},
        ),
        ("choix-structure-appui", {"equipe_nom", "porteur_nom", "porteur_telephone", "calendrier_depot"}),
    ],
)
def test_les_reponses_de_la_lettre_d_intention_se_reprennent(paca, fiche, suivante, reprises):
    avant = {c.cle_de_reprise: c for _, c in fiche.champs()}
    communes = {c.cle_de_reprise: c for _, c in paca.trames[suivante].champs() if c.cle_de_reprise in avant}
    assert reprises <= communes.keys()
    for cle, champ in communes.items():
        assert champ.type == avant[cle].type, cle
        assert {o.id for o in avant[cle].options} <= {o.id for o in champ.options}, cle
        assert {c.id: c.type for c in avant[cle].colonnes}.items() <= {c.id: c.type for c in champ.colonnes}.items()


def test_chaque_exemple_se_dit_fictif(paca):
    champs = [c for trame in paca.trames.values() for _, c in trame.champs()]
    exemples = [e for c in (*champs, *(c for d in champs for c in d.colonnes)) for e in c.exemples]
    assert len(exemples) >= 8
    assert [e for e in exemples if not e.startswith("(Exemple fictif) ")] == []


@pytest.mark.parametrize(
    ("type_", "presentation"),
    [("cases", "cases"), ("texte", "cases"), ("choix", "fiches"), ("tableau", "cases")],
)
def test_une_presentation_va_avec_son_type(type_, presentation):
    options = () if type_ in {"texte", "tableau"} else (Option(id="a", libelle="A"),)
    colonnes = (Champ(id="b", libelle="B", type="texte"),) if type_ == "tableau" else ()
    with pytest.raises(ValidationError, match="presentation"):
        Champ(id="c", libelle="C", type=type_, presentation=presentation, options=options, colonnes=colonnes)


@pytest.mark.parametrize(
    ("trame", "champ"), [("fiche-presentation-esp", "structure_juridique"), ("projet-sante-esp", "perimetre")]
)
def test_un_choix_que_le_document_presente_en_cases_s_imprime_en_cases(paca, trame, champ):
    assert paca.trames[trame].champ(champ).presentation == "cases"
