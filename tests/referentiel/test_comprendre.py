"""comprendre.yaml : le socle, ce que la région ajoute, ce qu'elle masque. Et ce que l'édition ignore."""

SOCLE = """missions:
  - {id: soins, texte: Soigner., source: {document: csp-l1411-11, passage: Article}}
  - {id: murs, formes: [msp], texte: Réunir sous un toit., source: {document: csp-l6323-3, passage: Article}}
questions:
  - {id: combien, question: Combien ?, reponse: Deux., source: {document: csp-l1411-11, passage: Article}}
"""
REGION = """masquer: [MASQUE]
missions:
  - {id: soins, texte: Soigner ici., source: {document: portail-esp-2024, passage: Étape 1}}
sans_financement:
  - {id: libre, effet: garde, texte: Sa liberté., source: {document: portail-esp-2024, passage: Étape 1}}
"""


def test_la_region_complete_et_masque(atelier):
    atelier.ecrire("national/2026/comprendre.yaml", SOCLE)
    atelier.ecrire("comprendre.yaml", REGION.replace("MASQUE", "soins, combien"))
    comprendre = atelier.charger().comprendre
    assert [m.texte for m in comprendre.missions] == ["Réunir sous un toit.", "Soigner ici."]
    assert comprendre.questions == ()
    assert [s.effet for s in comprendre.sans_financement] == ["garde"]


def test_ce_qui_vaut_pour_une_forme(atelier):
    atelier.ecrire("national/2026/comprendre.yaml", SOCLE)
    comprendre = atelier.charger().comprendre
    assert [m.id for m in comprendre.pour("msp").missions] == ["soins", "murs"]
    assert [m.id for m in comprendre.pour("esp").missions] == ["soins"]


def test_un_element_du_socle_redit_sans_etre_masque_se_refuse(atelier):
    atelier.ecrire("national/2026/comprendre.yaml", SOCLE)
    atelier.ecrire("comprendre.yaml", REGION.replace("MASQUE", ""))
    (probleme,) = atelier.problemes()
    assert (probleme.fichier, probleme.ligne) == ("bretagne/2024-10/comprendre.yaml", 3)
    assert "existe déjà dans le socle" in probleme.cause


def test_masquer_ce_qui_n_existe_pas_se_refuse(atelier):
    atelier.ecrire("comprendre.yaml", REGION.replace("MASQUE", "inexistant"))
    assert any("« inexistant » n'existe pas" in p.cause for p in atelier.problemes())


def test_sans_source_rien_ne_se_charge(atelier):
    atelier.ecrire("national/2026/comprendre.yaml", "missions:\n  - {id: soins, texte: Soigner.}\n")
    assert any("il manque « source »" in p.cause for p in atelier.problemes())


def test_une_inconnue_n_a_pas_de_source(atelier):
    atelier.ajouter(
        "edition.yaml", "inconnues:\n  - {id: montant, sujet: Le montant, texte: Non publié., aupres_de: l'ARS}\n"
    )
    (inconnue,) = atelier.charger().inconnues
    assert inconnue.aupres_de == "l'ARS"


def test_le_chemin_d_une_forme(atelier):
    atelier.remplacer("demarches.yaml", "  - id: rencontre\n", "  - id: rencontre\n    formes: [msp]\n")
    edition = atelier.charger()
    assert [e.id for e in edition.chemin_de("esp")] == [e.id for e in edition.chemin][1:]
    assert edition.chemin_de("msp") == edition.chemin


def test_une_attention_ne_conditionne_rien(atelier):
    atelier.remplacer("criteres.yaml", "nature: demarche", "nature: attention")
    assert any("le critère « association-creee » n'existe pas" in p.cause for p in atelier.problemes())
