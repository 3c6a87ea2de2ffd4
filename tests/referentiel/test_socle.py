"""Le socle national, et ce qu'une région y complète, y renomme ou y masque."""

import pytest

from esperluette.referentiel.assemblage import EditionInvalide

ADAPTATION = """
  renommer:
    professions: {"60": Infirmière ou infirmier}
    groupes: {paramedical: auxiliaire médical}
  masquer:
    professions: ["36"]
    autres_metiers: [chiropracteur]
"""


def test_le_socle_tient_les_professions_de_sante(socle):
    assert len(socle.professions) == 29
    assert all(code == p.code and code.isdigit() and len(code) == 2 for code, p in socle.professions.items())
    assert {c for c, p in socle.professions.items() if p.famille == "autre-soignant"} == {"31", "35", "36", "37"}
    assert all(p.paramedical == (p.famille == "auxiliaire-medical") for p in socle.professions.values())


def test_la_liste_courte_commence_par_les_plus_frequentes(socle):
    courte = socle.professions_frequentes()
    assert [p.libelle for p in courte[:3]] == ["Médecin", "Infirmier", "Masseur-kinésithérapeute"]
    assert len(courte) == len({p.frequente for p in courte}) == 12
    assert len(socle.professions_par_libelle()) == len(socle.professions)


def test_les_qualifications_utiles_sont_celles_de_la_nomenclature(socle):
    assert [s.code for s in socle.professions["10"].savoir_faire] == ["SM26", "SM53", "SM54"]
    assert [s.code for s in socle.professions["60"].savoir_faire] == [f"SI0{n}" for n in range(1, 9)]


def test_aucun_autre_metier_ne_partage_un_code_avec_une_profession(socle):
    codes = [m.code for m in socle.autres_metiers.values() if m.code]
    assert len(codes) == len(set(codes))
    assert not set(codes) & socle.professions.keys()
    assert socle.autre_metier_de_code("93").id == "psychologue"
    assert socle.autre_metier_de_code("94") is None


def test_la_bretagne_complete_les_zonages_du_socle(bretagne, socle):
    assert "zar" not in socle.zonages
    assert bretagne.socle.zonages["zar"].libelle == "Zone d'accompagnement régional"
    assert bretagne.socle.zonages.keys() - {"zar"} == socle.zonages.keys()


def test_une_region_renomme_et_masque(atelier):
    atelier.remplacer("edition.yaml", "adaptation:\n", "adaptation:" + ADAPTATION)
    adapte = atelier.charger().socle
    assert adapte.professions["60"].libelle == "Infirmière ou infirmier"
    assert adapte.groupes["paramedical"].singulier == "auxiliaire médical"
    assert "36" not in adapte.professions
    assert "chiropracteur" not in adapte.autres_metiers
    assert "36" in atelier.socle().professions


@pytest.mark.parametrize(
    ("adaptation", "cause"),
    [
        ('  masquer: {professions: ["99"]}\n', "« 99 » n'existe pas dans le socle"),
        ("  masquer: {metiers: [a]}\n", "collection inconnue « metiers »"),
        ('  renommer: {professions: {"6O": Infirmier}}\n', "« 6O » n'existe pas dans le socle"),
        ("  masquer: {professions: [36]}\n", 'écrivez "36" entre guillemets'),
    ],
)
def test_une_adaptation_fautive_dit_sa_ligne(atelier, adaptation, cause):
    ligne = atelier.remplacer("edition.yaml", "adaptation:\n", "adaptation:\n" + adaptation)
    with pytest.raises(EditionInvalide) as refus:
        atelier.charger()
    assert (refus.value.fichier, refus.value.ligne) == ("bretagne/2024-10/edition.yaml", ligne + 1)
    assert cause in refus.value.cause


@pytest.mark.parametrize(
    ("ancien", "nouveau", "cause"),
    [
        ("      - id: zar", "      - id: zac", "« zac » existe déjà dans le socle"),
        ("    zonages:\n      - id: zar", "    zonage:\n      - id: zar", "la collection « zonage » n'existe pas"),
        ("        sigle: ZAR", "        sigles: ZAR", "clé inconnue « sigles »"),
    ],
)
def test_un_complement_fautif_dit_sa_ligne(atelier, ancien, nouveau, cause):
    ligne = atelier.remplacer("edition.yaml", ancien, nouveau)
    (probleme, *_) = atelier.problemes()
    assert probleme.ligne == ligne
    assert cause in probleme.cause
