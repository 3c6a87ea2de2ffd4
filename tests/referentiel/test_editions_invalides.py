"""Une édition invalide ne se charge pas : le fichier, la ligne et la cause sont dits, en français."""

import pytest

from esperluette.referentiel.assemblage import EditionInvalide

REMPLACEMENTS = [
    # fichier, texte d'origine, texte fautif, décalage de la ligne dite, cause
    ("criteres.yaml", "minimum: 1, exercice", "minimun: 1, exercice", 0, "clé inconnue « minimun »"),
    (
        "criteres.yaml",
        "{groupe: medecin-generaliste, minimum: 1,",
        "{groupe: medecin-generaliste,",
        0,
        "il manque « minimum »",
    ),
    ("criteres.yaml", "minimum: 1, exercice", 'minimum: "1", exercice', 0, "doit être un nombre"),
    ("criteres.yaml", "exercice: ville", "exercice: village", 0, "« village » n'est pas admis"),
    ("criteres.yaml", "fonction: effectif", "fonction: efectif", 0, "vouliez-vous dire « effectif »"),
    ("criteres.yaml", "groupe: medecin-generaliste", "groupe: medecins", 0, "« medecins » n'existe pas (groupe)"),
    ("criteres.yaml", "nature: composition", "nature: compo", 0, "« compo » n'est pas admis"),
    ("criteres.yaml", "formes: [esp]", "formes: [cpts]", 0, "la forme « cpts » n'existe pas"),
    (
        "criteres.yaml",
        "- id: paramedical",
        "- id: medecin-generaliste",
        0,
        "identifiant en double : « medecin-generaliste »",
    ),
    (
        "criteres.yaml",
        "document: portail-esp-2024",
        "document: portail-2024",
        -1,
        "vouliez-vous dire « portail-esp-2024 »",
    ),
    ("criteres.yaml", "    fonction: statut\n", "    fonction: statut\n    tous: []\n", -4, "un seul"),
    ("criteres.yaml", "criteres:\n", "critères:\n", 0, "clé inconnue « critères »"),
    (
        "demarches.yaml",
        "trame: projet-sante-esp",
        "trame: projet-sante-msp",
        0,
        "vouliez-vous dire « projet-sante-esp »",
    ),
    ("demarches.yaml", "instance: carpec", "instance: ccopd", 0, "l'instance « ccopd » n'existe pas"),
    (
        "demarches.yaml",
        "paramedical, association-creee",
        "paramedical, association",
        0,
        "le critère « association » n'existe pas",
    ),
    ("demarches.yaml", "recours: [gracieux,", "recours: [amiable,", 0, "la voie de recours « amiable » n'existe pas"),
    ("demarches.yaml", "suites: [projet-de-sante]", "suites: [fete]", 0, "la démarche « fete » n'existe pas"),
    (
        "demarches.yaml",
        "demarche: demande-accompagnement",
        "demarche: demande",
        0,
        "la démarche « demande » n'existe pas",
    ),
    ("demarches.yaml", "delai_mois: 2", "delai_mois: deux", 0, "doit être un nombre"),
    ("aides.yaml", "montant: null", "montant: 10000", 0, "un montant s'écrit entre guillemets"),
    ("aides.yaml", "montant: null", 'montant: "dix mille"', 0, "montant illisible"),
    ("aides.yaml", "montant: null", 'montant: "-5"', 0, "montant refusé"),
    (
        "aides.yaml",
        "    montant_note: Montant non publié ; il est fixé par l'ARS après examen de la demande.\n",
        "",
        -7,
        "montant_note",
    ),
    ("aides.yaml", "demarche: demande-accompagnement", "demarche: rien", 0, "la démarche « rien » n'existe pas"),
    ("instances.yaml", "- {id: urps,", "- {id: ars,", 0, "identifiant en double : « ars »"),
    ("instances.yaml", "niveau: regional", "niveau: cantonal", 0, "« cantonal » n'est pas admis"),
    ("local.yaml", '- "200069391"', "- 200069391", 0, 'écrivez "200069391" entre guillemets'),
    ("local.yaml", '- "200069391"', '- "20006939"', 0, "n'a pas la forme attendue"),
    ("local.yaml", 'departements: ["29"]', "departements: [29]", 0, 'écrivez "29" entre guillemets'),
    ("local.yaml", "territoire: {region: true}", "territoire: {}", 0, "un contact vaut quelque part"),
    ("local.yaml", '"243500618": "Le', '"243500617": "Le', -7, "codes absents du territoire"),
    ("local.yaml", "date: 2025-02-13", 'date: "13/02/2025"', 0, "doit être une date"),
    ("local.yaml", "date: 2025-02-13", "date: 2025-02-30", 0, "valeur illisible : 2025-02-30"),
    ("local.yaml", "date: 2025-02-13", "date: 2024-12-05", 0, "séance écrite deux fois : 05/12/2024"),
    ("local.yaml", "id: geco-lib", "id: essort", 0, "identifiant en double : « essort »"),
    ("edition.yaml", 'numero: "2024-10"', "numero: 2024-10", 0, None),
    ("edition.yaml", "cle: bretagne", "cle: bretagnes", 0, "est rangée dans le dossier « bretagne »"),
    ("edition.yaml", 'socle: "2026"', 'socle: "2031"', 0, "aucun socle national « 2031 »"),
    ("edition.yaml", 'code: "53"', "code: 53", 0, 'écrivez "53" entre guillemets'),
    ("edition.yaml", "en_vigueur_du: 2024-10-02", "en_vigueur_du: octobre", 0, "doit être une date"),
    (
        "edition.yaml",
        "en_vigueur_du: 2024-10-02",
        "en_vigueur_au: 2024-01-01\nen_vigueur_du: 2024-10-02",
        0,
        "finit avant",
    ),
    ("edition.yaml", "    date: 2024-10-02\n", "", -3, "« consulte_le »"),
    ("edition.yaml", "  - id: politique-regionale", "  - id: portail-esp-2024", 0, "identifiant en double"),
    ("trames/projet-sante-esp.yaml", "type: communes", "type: commune", 0, "« commune » n'est pas admis"),
    ("trames/projet-sante-esp.yaml", "id: projet-sante-esp", "id: projet", 0, "est écrite dans le fichier"),
    (
        "trames/projet-sante-esp.yaml",
        "id: patientele\n",
        "id: territoire\n",
        0,
        "identifiant en double : « territoire »",
    ),
    ("trames/projet-sante-esp.yaml", "id: territoire_qpv", "id: pilote", None, "identifiant en double : « pilote »"),
    ("trames/projet-sante-esp.yaml", "contient: qpv", "contient: qvp", 0, "vouliez-vous dire « qpv »"),
    (
        "trames/projet-sante-esp.yaml",
        "champ: modalites, contient",
        "champ: modalite, contient",
        0,
        "le champ « modalite » n'existe pas",
    ),
    ("trames/projet-sante-esp.yaml", "contient: autres}", "contient: autres, vaut: autres}", 0, "un seul des trois"),
    ("trames/projet-sante-esp.yaml", "obligatoire: true", "obligatoire: oui", 0, "vaut true ou false"),
    (
        "trames/projet-sante-esp.yaml",
        "{id: telephone,",
        "{id: si_commun,",
        None,
        "identifiant en double « si_commun »",
    ),
]


@pytest.mark.parametrize(("fichier", "ancien", "nouveau", "decalage", "cause"), REMPLACEMENTS)
def test_une_faute_est_dite_avec_son_fichier_sa_ligne_et_sa_cause(atelier, fichier, ancien, nouveau, decalage, cause):
    ligne = atelier.remplacer(fichier, ancien, nouveau)
    if cause is None:  # le YAML 1.2 lit 2024-10 comme un texte : rien à refuser
        assert atelier.charger().numero == "2024-10"
        return
    problemes = atelier.problemes()
    dits = [p for p in problemes if cause in p.cause]
    assert dits, [str(p) for p in problemes]
    assert dits[0].fichier == f"bretagne/2024-10/{fichier}"
    if decalage is not None:
        assert dits[0].ligne == ligne + decalage


@pytest.mark.parametrize(
    ("fichier", "debut"),
    [
        ("criteres.yaml", "  - id: paramedical"),
        ("aides.yaml", "  - id: indemnisation-elaboration"),
        ("demarches.yaml", "  - id: rencontre"),
        ("demarches.yaml", "  - id: projet-de-sante"),
        ("instances.yaml", "  - id: carpec"),
        ("local.yaml", "  - id: ars-22-muller"),
        ("local.yaml", "  - {instance: carpec, date: 2025-04-03"),
        ("local.yaml", "  - id: essort"),
        ("trames/projet-sante-esp.yaml", "id: projet-sante-esp"),
    ],
)
def test_sans_source_rien_ne_se_charge(atelier, fichier, debut):
    """On retire la source qui suit ; le refus nomme l'élément qui n'en a plus."""
    chemin = atelier.chemin(fichier)
    texte = chemin.read_text(encoding="utf-8")
    depart = texte.index(debut)
    retrait = "\nsource:" if fichier.startswith("trames/") else "source:"
    rang = texte.index(retrait, depart) + retrait.index("s")
    chemin.write_text(texte[:rang] + "sourse:" + texte[rang + len("source:") :], encoding="utf-8")
    causes = [p.cause for p in atelier.problemes()]
    assert any(c.startswith("il manque « source »") for c in causes), causes
    assert any(c.startswith("clé inconnue « sourse »") for c in causes), causes


@pytest.mark.parametrize(
    ("contenu", "cause"),
    [
        ("criteres: [1", "YAML illisible"),
        ("criteres:\n - a\n  - b: c: d", "YAML illisible"),
        ("", "fichier vide"),
        ("# rien", "fichier vide"),
        ("criteres", "doit être un groupe de clés"),
        ("- a", "doit être un groupe de clés"),
        ("criteres: oui", "doit être une liste"),
        ("criteres: &a []\nautre: *a", "les renvois YAML"),
        ("criteres: !!python/object:os.system []", "étiquette YAML non admise"),
        ("criteres: []\ncriteres: []", "écrite deux fois"),
        ("1: []", 'écrivez "1" entre guillemets'),
        ("[" * 500, "YAML"),
        ("criteres: []", "n'a aucun critère de composition"),
    ],
)
def test_un_fichier_illisible_est_refuse_proprement(atelier, contenu, cause):
    atelier.chemin("criteres.yaml").write_text(contenu, encoding="utf-8")
    problemes = atelier.problemes()
    assert problemes[0].fichier == "bretagne/2024-10/criteres.yaml"
    assert cause in problemes[0].cause


def test_un_fichier_qui_n_est_pas_en_utf8_est_refuse(atelier):
    atelier.chemin("aides.yaml").write_bytes("aides: [été]".encode("latin-1"))
    assert [p.cause for p in atelier.problemes()] == ["le fichier n'est pas en UTF-8"]


def test_un_fichier_manquant_ou_inattendu_est_dit(atelier):
    atelier.chemin("criteres.yaml").rename(atelier.chemin("critere.yaml"))
    assert [str(p) for p in atelier.problemes()] == [
        "bretagne/2024-10/critere.yaml, ligne 1 : fichier inattendu dans une édition",
        "bretagne/2024-10/criteres.yaml, ligne 1 : ce fichier manque",
    ]


def test_les_problemes_se_disent_tous_a_la_fois(atelier):
    atelier.remplacer("aides.yaml", "montant: null", "montant: 10")
    atelier.remplacer("local.yaml", 'departements: ["29"]', "departements: [29]")
    atelier.remplacer("demarches.yaml", "delai_mois: 2", "delai_mois: deux")
    assert {p.fichier.rpartition("/")[2] for p in atelier.problemes()} == {
        "aides.yaml",
        "local.yaml",
        "demarches.yaml",
    }


def test_un_critere_de_demarche_qui_ne_sert_a_rien_est_refuse(atelier):
    atelier.remplacer("demarches.yaml", "paramedical, association-creee]", "paramedical]")
    atelier.remplacer("aides.yaml", "paramedical, association-creee]", "paramedical]")
    assert ["ne sert à rien" in p.cause for p in atelier.problemes()] == [True]


def test_une_regle_composee_fautive_dit_la_ligne_de_la_sous_regle(atelier):
    atelier.ajouter(
        "criteres.yaml",
        """
  - id: composee
    enonce: Essai
    nature: composition
    formes: [esp]
    au_moins_un:
      - {fonction: zonage, parametres: {zone: zip}}
      - {fonction: zonage, parametres: {zone: zit}}
    source: {document: portail-esp-2024, passage: Essai}
""",
    )
    (probleme,) = atelier.problemes()
    lignes = atelier.chemin("criteres.yaml").read_text(encoding="utf-8").splitlines()
    assert "zone: zit" in lignes[probleme.ligne - 1]
    assert "« zit » n'existe pas (zone)" in probleme.cause


@pytest.mark.parametrize(
    ("fichier", "ancien", "nouveau", "cause"),
    [
        ("national/2026/professions.yaml", '- id: "10"', "- id: 10", 'écrivez "10" entre guillemets'),
        ("national/2026/professions.yaml", 'id: "70"', 'id: "60"', "identifiant en double : « 60 »"),
        (
            "national/2026/professions.yaml",
            "famille: medicale",
            "famille: magique",
            "la famille « magique » n'existe pas",
        ),
        (
            "national/2026/professions.yaml",
            'professions: ["10"]',
            'professions: ["11"]',
            "la profession « 11 » n'existe pas",
        ),
        (
            "national/2026/professions.yaml",
            '"SM53", "SM54"]',
            '"SM53", "SM99"]',
            "le savoir-faire « SM99 » n'existe pas",
        ),
        (
            "national/2026/professions.yaml",
            "paramedicaux: true",
            "paramedicaux: true\n    toutes: true",
            "un seul des trois",
        ),
        ("national/2026/formes.yaml", "document: csp-l1411-11-1", "document: csp", "document inconnu « csp »"),
    ],
)
def test_un_socle_invalide_est_dit_dans_ses_propres_fichiers(atelier, fichier, ancien, nouveau, cause):
    ligne = atelier.remplacer(fichier, ancien, nouveau)
    with pytest.raises(EditionInvalide) as refus:
        atelier.charger()
    dits = [p for p in refus.value.problemes if cause in p.cause]
    assert dits, refus.value
    assert dits[0].fichier == fichier
    assert abs(dits[0].ligne - ligne) <= 3


def test_l_erreur_se_lit_comme_une_phrase(atelier):
    ligne = atelier.remplacer("criteres.yaml", "minimum: 1, exercice", "minimun: 1, exercice")
    with pytest.raises(EditionInvalide) as refus:
        atelier.charger()
    erreur = refus.value
    assert (erreur.fichier, erreur.ligne) == ("bretagne/2024-10/criteres.yaml", ligne)
    assert str(erreur).splitlines()[0] == f"bretagne/2024-10/criteres.yaml, ligne {ligne} : {erreur.cause}"
