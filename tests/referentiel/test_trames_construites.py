"""Les trames construites d'une région : sérieuses, sourcées, et qui se reprennent l'une l'autre."""

import pytest

from esperluette.referentiel import lecture

CONSTRUITES = [
    "demande-accompagnement-esp",
    "demande-accompagnement-msp",
    "projet-sante-msp",
    "mise-en-oeuvre-msp",
]
LIBRES = {"texte", "texte_riche"}


@pytest.fixture(params=CONSTRUITES)
def trame(request, bretagne):
    return bretagne.trames[request.param]


def tous_les_champs(trame):
    for _, champ in trame.champs():
        yield champ
        yield from champ.colonnes


def test_une_trame_construite_dit_pourquoi_et_de_quoi(trame):
    assert trame.modele == "construit"
    assert "n'est pas fourni" in trame.modele_note
    assert "construite de ce que di" in trame.modele_note
    assert trame.source.interprete


def test_l_officielle_le_reste(bretagne):
    assert bretagne.trames["projet-sante-esp"].modele == "officiel"


def test_chaque_exemple_se_dit_fictif_et_il_y_en_a(trame):
    exemples = [e for c in tous_les_champs(trame) for e in c.exemples]
    assert len(exemples) >= 4
    assert [e for e in exemples if not e.startswith("(Exemple fictif) ")] == []


def test_chaque_rubrique_qui_demande_quelque_chose_aide_a_repondre(trame):
    """Une introduction, une attente ou ce que regarde la commission : jamais un formulaire nu."""
    nues = [
        r.id
        for r in trame.rubriques
        if r.champs and not (r.introduction or r.attendu or r.commission or any(c.aide for c in r.champs))
    ]
    assert nues == []
    assert sum(bool(r.commission) for r in trame.rubriques) >= 5


def test_chaque_trame_s_appuie_sur_des_passages(trame):
    assert sum(r.source is not None for r in trame.rubriques) >= 4


def test_chaque_trame_a_ses_membres_sa_signature_et_son_annexe(trame):
    assert trame.champ("professionnels").type == "membres"
    assert trame.champ("professionnels").minimum == (2 if trame.id.endswith("-esp") else 3)
    assert trame.rubrique("signature").titre.startswith("Signature")
    assert [r.id for r in trame.rubriques if r.annexe] == ["annexe-1"]


@pytest.mark.parametrize(
    ("de", "vers", "au_moins"),
    [
        (
            "demande-accompagnement-esp",
            "projet-sante-esp",
            {
                "territoire_communes",
                "territoire_description",
                "territoire_qualification",
                "structure_juridique",
                "pilote",
                "patientele_description",
                "difficultes_professionnels",
                "axes_thematiques",
                "calendrier_construction",
                "calendrier_depot",
            },
        ),
        (
            "demande-accompagnement-msp",
            "projet-sante-msp",
            {
                "territoire_communes",
                "structure_juridique",
                "sites",
                "pilote",
                "coordination",
                "acces_aux_soins",
                "travail_en_equipe",
                "partage_informations",
                "axes_thematiques",
            },
        ),
        (
            "projet-sante-msp",
            "mise-en-oeuvre-msp",
            {"msp_nom", "structure_juridique", "pilote", "coordination", "aci_situation", "aci_ecart"},
        ),
        ("projet-sante-esp", "projet-sante-msp", {"offre_ambulatoire", "organisation_existante", "modalites"}),
    ],
)
def test_la_demarche_suivante_reprend_les_reponses_communes(bretagne, de, vers, au_moins):
    avant, apres = bretagne.trames[de], bretagne.trames[vers]
    notions = {c.cle_de_reprise: c for _, c in avant.champs()}
    communes = {c.cle_de_reprise for _, c in apres.champs()} & set(notions)
    assert au_moins <= communes
    for _, champ in apres.champs():
        if champ.cle_de_reprise in communes:
            assert champ.type == notions[champ.cle_de_reprise].type


def test_les_thematiques_de_la_demande_sont_des_axes_du_projet(bretagne):
    for de, vers in (
        ("demande-accompagnement-esp", "projet-sante-esp"),
        ("demande-accompagnement-msp", "projet-sante-msp"),
    ):
        demandees = {c.id: c.type for c in bretagne.trames[de].champ("axes_thematiques").colonnes}
        developpees = {c.id: c.type for c in bretagne.trames[vers].champ("axes_thematiques").colonnes}
        assert demandees.items() <= developpees.items()


def test_une_option_reprise_existe_dans_la_trame_suivante(bretagne):
    """Un choix repris d'une démarche à l'autre garde les mêmes options : rien ne se perd."""
    options = {}
    for trame in bretagne.trames.values():
        for _, champ in trame.champs():
            if champ.type in {"choix", "cases"}:
                ids = [o.id for o in champ.options]
                assert options.setdefault(champ.cle_de_reprise, ids) == ids, (trame.id, champ.id)


def test_le_plan_d_actions_sert_les_quatre_objectifs(bretagne):
    trame = bretagne.trames["mise-en-oeuvre-msp"]
    servis = next(c for c in trame.champ("plan_actions").colonnes if c.id == "objectifs_servis")
    libelles = [o.libelle for o in servis.options]
    demandes = [c.libelle for _, c in trame.champs() if c.id.startswith("objectif_")]
    assert libelles == demandes
    assert len(libelles) == 4


def test_la_fourchette_d_une_trame_est_celle_de_l_aide(bretagne):
    paires = {
        ("demande-accompagnement-esp", "reunions_nombre"): "indemnisation-elaboration",
        ("demande-accompagnement-msp", "jours_consultant"): "msp-consultant-labellise",
        ("demande-accompagnement-msp", "jours_coordinateurs"): "msp-pool-de-coordinateurs",
        ("demande-accompagnement-msp", "jours_professionnels"): "msp-redaction-par-les-professionnels",
    }
    for (nom, champ), aide in paires.items():
        question, quantite = bretagne.trames[nom].champ(champ), bretagne.aide(aide).quantite
        assert (question.minimum, question.maximum) == (quantite.minimum, quantite.maximum)


def test_chaque_trame_de_la_region_sert_une_demarche():
    edition = lecture.edition("bretagne", "2024-10")
    assert {d.trame for d in edition.demarches} | {edition.avenant.trame} == set(edition.trames)
